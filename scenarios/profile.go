package scenarios

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Profile is the rate of arrivals over time, piece by piece. The last rate goes on for ever, whatever its For says.
type Profile []Piece

// Piece is one rate.
type Piece struct {
	For time.Duration // how long it holds; 0: for ever, in the last piece only
	Gap time.Duration // mean time between arrivals; 0: nobody arrives
}

// Unit is one arrival in operational time, in which arrivals come at a mean rate of one whatever the clock's rate is: there
// gaps are drawn, and [Profile.After] takes them to the clock. What rounding takes from a gap at a boundary is less than a
// nanosecond where the mean gap is below a quarter of an hour.
const Unit = 1 << unitBits

const unitBits = 40

// After is when the rates since now add up to need Units; Forever: never. A gap that crosses a boundary goes on at the next
// rate with what is left of it, so that arrivals are the renewal process of unit mean with its time changed, and constant
// gaps give the moments at which the integrated rate is whole. It is rounded down to a nanosecond.
func (p Profile) After(now time.Duration, need uint64) time.Duration {
	end := time.Duration(0)
	for i, x := range p {
		if end += x.For; i == len(p)-1 {
			end = agentchaos.Forever
		}
		if now >= end {
			continue
		}
		if x.Gap > 0 {
			hi, lo := bits.Mul64(need, uint64(x.Gap)) // the wait
			leftHi, left := bits.Mul64(uint64(end-now), Unit)
			if hi < leftHi || hi == leftHi && lo <= left {
				return now + time.Duration(hi<<(64-unitBits)|lo>>unitBits)
			}
			used, _ := bits.Div64(leftHi, left, uint64(x.Gap)) // less than need
			need -= used
		}
		now = end
	}
	return agentchaos.Forever
}

// latest is the last moment up to t at which somebody may arrive.
func (p Profile) latest(t time.Duration) time.Duration {
	begin, last := time.Duration(0), time.Duration(0)
	for i, x := range p {
		end := begin + x.For
		if i == len(p)-1 {
			end = agentchaos.Forever
		}
		if x.Gap > 0 && begin < t {
			last = min(end, t)
		}
		begin = end
	}
	return last
}

// length is how long all of its pieces take; a last one for ever counts as [defaultTail].
func (p Profile) length() (d time.Duration) {
	for _, x := range p {
		d += x.For
	}
	if n := len(p); n > 0 && p[n-1].For == 0 {
		d += defaultTail
	}
	return d
}

// dries reports whether nobody comes any more at the end.
func (p Profile) dries() bool { return len(p) > 0 && p[len(p)-1].Gap == 0 }

var pieceSection = &section[Piece]{name: "piece of a profile", doc: "a rate of arrivals, and how long it holds", strict: true, fields: []field[Piece]{
	positiveDurationField("for", "how long the rate holds", "ever after, in the last piece only", "", func(t *Piece) *time.Duration { return &t.For }),
	needed(rateField("rate", "mean rate of arrivals; 0/s: nobody arrives", true, func(t *Piece) *time.Duration { return &t.Gap })),
}}

func profileField() field[Arrivals] {
	return field[Arrivals]{
		key: "profile", doc: "the rate over time, in place of rate, piece by piece; the last one goes on for ever",
		shape: shape{"type": "array", "minItems": 1, "items": pieceSection.shape()},
		read: func(d *decoder, v at, t *Arrivals) {
			before := len(d.problems)
			d.list(v, "a list of rates such as {for: 60s, rate: 5/s}", func(v at) {
				var x Piece
				pieceSection.read(d, v, &x)
				t.Profile = append(t.Profile, x)
			})
			if len(d.problems) == before {
				t.Profile.check(d, v)
			}
		},
	}
}

// check is what concerns several pieces.
func (p Profile) check(d *decoder, v at) {
	comes, whole := false, time.Duration(0)
	for i, x := range p {
		comes = comes || x.Gap > 0
		if whole += x.For; whole > maxTime {
			d.fail(v.items[i].keyNode("for"), v.item(i).path, "up to here the profile takes more than a year", "")
			return
		}
		if x.For == 0 && i < len(p)-1 {
			d.fail(v.items[i], v.item(i).path, `"for" is missing: only the last piece may be without it`, "such as {for: 60s, rate: 5/s}")
			return
		}
	}
	if !comes {
		d.fail(v.node, v.path, "nobody ever arrives", "give a piece a rate above 0/s")
	}
}

// dry says that a scenario may wait for ever for tasks. Only of constant gaps it is sure how many come.
func (l *loader) dry(sc *scenario, out *Scenario) {
	a := out.Agent.Arrivals
	if out.Tasks == 0 || !a.Profile.dries() || a.Burstiness == 0 && a.after(out.Tasks) < agentchaos.Forever {
		return
	}
	v := sc.agent.place.child("arrivals").child("profile")
	v = v.item(len(v.items) - 1)
	l.fail(v.keyNode("rate"), v.path, fmt.Sprintf("nobody comes any more in the end, and the scenario %s waits for %s", out.Name, many(out.Tasks, "task")),
		"give the scenario a duration in place of tasks, or the last piece a rate")
}

// goesOn warns of an end of the last piece that is none.
func (l *loader) goesOn(r *reviewed) {
	p := r.out.Agent.Arrivals.Profile
	if len(p) == 0 || p[len(p)-1].For == 0 {
		return
	}
	until := r.out.Duration
	if r.out.Tasks > 0 {
		until = max(until, r.out.Agent.Arrivals.after(r.out.Tasks))
	}
	if until <= p.length() {
		return
	}
	v := r.agent.place.child("arrivals").child("profile")
	v = v.item(len(v.items) - 1)
	l.warn(v.keyNode("for"), join(v.path, "for"), "the profile is over after "+p.length().String()+", and the scenario "+r.out.Name+" is not: the last rate goes on after it",
		"add {rate: …} to change it, or leave out the last \"for\"")
}
