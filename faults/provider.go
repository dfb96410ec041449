package faults

import (
	"math/bits"
	"sync"
	"time"

	"github.com/agentchaos/agentchaos"
)

// provider is one target: everything that an attempt on it needs, found beforehand.
type provider struct {
	target              string
	mu                  *sync.Mutex          // of the Providers: held by who calls open
	first, pace         agentchaos.Quantiles // ns; a tool's latency is its first
	firstLuck, paceLuck agentchaos.Seed
	limits              buckets // of requests, input and output tokens; nil: none
	slots               slots
	slowdown            uint64 // ns for each request at work; 0: none
	rules               []armed
	gauges              []gauge       // the token buckets of the rules
	ledger              *Ledger       // of a write tool
	keep                time.Duration // for how long it keeps keys; 0: it knows none
	dialect             agentchaos.Dialect
	known               bool // false: nobody has heard of it
	plain               bool // a tool: its answer has no tokens
	cancel              bool // the work of a client that has gone ends
	attempts            uint64
	services            uint64
}

func newLimits(l Limits) buckets {
	if l == (Limits{}) {
		return nil
	}
	return buckets{newBucket(l.RequestsPerMinute, l.Burst), newBucket(l.InputTokensPerMinute, 0), newBucket(l.OutputTokensPerMinute, 0)}
}

// open: the faults, then the limits, then the capacity. Only what is admitted takes from a bucket, occupies a slot, or does
// anything in the world.
func (p *provider) open(now time.Duration, req *agentchaos.Request, s *agentchaos.Script) {
	p.attempts++
	start, room := p.slots.start(int64(now))
	for i := range p.rules { // every rule sees every attempt: none disturbs another's counters
		if r := &p.rules[i]; r.strikes(now, time.Duration(start), req.ID, p.attempts) {
			r.spoil(now, req, s)
		}
	}
	switch s.End.Form {
	case agentchaos.Refuse:
		p.status(&s.End)
		if !p.deny(now, req, s) {
			return
		}
		s.Effect = agentchaos.Effect{} // its first word stands
	case agentchaos.Silence:
		return
	case agentchaos.Event:
		p.status(&s.End)
	}
	if !p.known {
		p.refuse(s, agentchaos.NotFound)
		return
	}
	cost := [...]int64{1, tokens(req.Input), tokens(req.Output)}
	if wait := p.limits.wait(now, cost[:]); wait > 0 {
		p.refuse(s, agentchaos.RateLimit)
		if wait != never {
			s.End.RetryAfter = agentchaos.After(wait)
		}
		return
	}
	if !room {
		p.refuse(s, agentchaos.Overloaded)
		return
	}
	p.limits.take(now, cost[:])
	if p.slowdown > 0 {
		s.First = p.crowding(int64(now), start)
	}
	p.work(req, s)
	if p.ledger != nil {
		p.perform(now, time.Duration(start)+s.Over(), req, s)
		if s.End.Form == agentchaos.Refuse {
			return
		}
	}
	p.book(int64(now), start, s)
}

// refuse is the provider's own doing: no fault is to blame, and none that would have come later shows.
func (p *provider) refuse(s *agentchaos.Script, k agentchaos.Kind) {
	s.Effect = agentchaos.Effect{End: agentchaos.Ending{Form: agentchaos.Refuse, Kind: k}}
	p.status(&s.End)
}

// status fills in the dialect's. A fault's own comes with the error body that the dialect has for the kind, and the kind is
// then what a strict client makes of the two. Tools have no wire to read it from.
func (p *provider) status(e *agentchaos.Ending) {
	if e.Status == 0 {
		e.Status = p.dialect.Status(e.Kind)
		return
	}
	if w, ok := p.dialect.Wire(e.Kind); ok {
		w.Status = e.Status
		e.Kind = agentchaos.Classify(w)
	}
}

// longest bounds every time of a script, so that no sum of three and no product with the number of tokens overflows.
const longest = 1 << 60

// crowding is by how much a service that begins at start is lengthened by those at work then, itself included.
func (p *provider) crowding(now, start int64) time.Duration {
	return time.Duration(ratio(p.slowdown, uint64(p.slots.atWork(now, start)+1), 1, longest))
}

// work is how long the answer takes, on top of the First that s has, and how much of it comes.
func (p *provider) work(req *agentchaos.Request, s *agentchaos.Script) {
	first := min(uint64(p.first.Value(p.firstLuck.At(req.ID)))+uint64(s.First), longest) // the tail of an exponential year is longer
	gen, most := uint64(0), uint64(longest)
	if !p.plain && req.Output > 0 {
		s.N = req.Output
		most /= uint64(s.N)
		gen = ratio(uint64(p.pace.Value(p.paceLuck.At(req.ID))), uint64(s.N), 1, most)
	}
	if s.Slow > 0 {
		first = ratio(first, uint64(1000+s.Slow), 1000, longest)
		gen = ratio(gen, uint64(1000+s.Slow), 1000, most)
	}
	s.First, s.Gen, s.Sent = time.Duration(first), time.Duration(gen), s.N
	switch s.End.Form {
	case agentchaos.CutEOF, agentchaos.CutFIN, agentchaos.CutRST, agentchaos.Event, agentchaos.Stall, agentchaos.Short:
		s.Sent = int(ratio(uint64(s.N), uint64(s.End.At), 1000, uint64(s.N)))
	}
}

// ratio is x·num/den rounded down, at most limit.
func ratio(x, num, den, limit uint64) uint64 {
	hi, lo := bits.Mul64(x, num)
	if hi >= den {
		return limit
	}
	q, _ := bits.Div64(hi, lo, den)
	return min(q, limit)
}

// book occupies the slot. While abandoned work runs on, Leave stays nil.
func (p *provider) book(now, start int64, s *agentchaos.Script) {
	end := start + int64(s.Over()) // Wait is not yet in it
	s.Wait = time.Duration(start - now)
	p.services++
	number := p.slots.occupy(now, start, end, p.services)
	switch {
	case !p.cancel:
	case number < 0 && p.slowdown == 0:
		s.Leave = stopped
	default:
		s.Leave = p.leaving(start, end, number, p.services)
	}
}

// leaving costs an allocation, which only cancelled work pays.
func (p *provider) leaving(start, end int64, number int, service uint64) func(time.Duration) {
	return func(now time.Duration) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.slots.leave(int64(now), start, end, number, service)
	}
}

// stopped is the Leave of work that ends with its client and occupies nothing.
func stopped(time.Duration) {}
