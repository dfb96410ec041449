package harness_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/resilience"
)

// What counts against a breaker (CONTRACT.md §2); of malformed answers those that are not even of the provider's format.
var breaksOn = []agentchaos.Kind{
	agentchaos.Overloaded, agentchaos.Unavailable, agentchaos.Timeout, agentchaos.Reset, agentchaos.Truncated, agentchaos.ToolError,
}

func breaks(a agentchaos.Attempt) bool {
	return slices.Contains(breaksOn, a.Kind) || a.Kind == agentchaos.Malformed && a.Variant.Protocol()
}

// No attempt is begun on a target whose breaker is open. It opens with the failure that its settings name and with no other,
// is half-open no sooner than after the recovery, lets no more than its probes through, refuses nobody else's place, and closes with the success of the
// last of them. Every result of a target is replayed; those of attempts that began before the latest change change nothing.
// What the report counts as probes began while it was half-open.
func breakersDoAsTheyAreSet(r *played) error {
	twins := map[string]*breakerTwin{}
	var last any
	for _, record := range r.records {
		switch x := record.(type) {
		case agentchaos.Attempt:
			if b := twinOf(twins, r, x.Target); b != nil {
				if err := b.attempt(x); err != nil {
					return err
				}
			}
		case agentchaos.Change:
			if x.What == agentchaos.Refused && x.Kind == agentchaos.BreakerOpen {
				if b := twinOf(twins, r, x.Target); b != nil && !b.refuses(r, x) {
					return fmt.Errorf("the breaker is %v since %v: %+v", b.state, b.since, x)
				}
			}
			if x.What < agentchaos.BreakerOpened || x.What > agentchaos.BreakerClosed {
				break
			}
			b := twinOf(twins, r, x.Target)
			if b == nil {
				return fmt.Errorf("there is no breaker: %+v", x)
			}
			if err := b.change(x, last); err != nil {
				return err
			}
		}
		last = record
	}
	sure, perhaps := int64(0), int64(0) // probes
	for _, b := range twins {
		if b.due != 0 {
			return fmt.Errorf("the breaker should have %v", b.due)
		}
		for _, a := range r.attempts {
			if err := b.admits(a); err != nil {
				return err
			}
			x, y := b.probe(a)
			sure, perhaps = sure+int64(btoi(x)), perhaps+int64(btoi(y))
		}
	}
	if n := r.cell.Counts[report.Probes]; n < sure || n > sure+perhaps {
		return fmt.Errorf("%d probes, but %d began half-open, and %d perhaps", n, sure, perhaps)
	}
	return nil
}

// breakerTwin is a breaker made of lists.
type breakerTwin struct {
	target string
	set    resilience.Breaker
	state  agentchaos.What // the latest change
	since  time.Duration   // when; before everything at first
	row    int             // failures in a row
	ends   []ending
	good   int             // probes
	due    agentchaos.What // the change that must come now; 0: none
	unsure bool            // an attempt began at the very instant of the latest change: nobody can tell before from after

	open, half []span          // so far
	last       []agentchaos.ID // of the attempt that ended each of half
}

// ending is the end of a call that counts.
type ending struct {
	at     time.Duration
	failed bool
}

func twinOf(twins map[string]*breakerTwin, r *played, target string) *breakerTwin {
	if r.policy().Breaker == nil {
		return nil
	}
	if twins[target] == nil {
		s := *r.policy().Breaker
		for _, d := range []struct {
			at    *time.Duration
			value time.Duration
		}{{&s.Window, 30 * time.Second}, {&s.Recovery, 30 * time.Second}} {
			if *d.at == 0 {
				*d.at = d.value
			}
		}
		s.Probes, s.MinCalls = max(1, s.Probes), max(s.MinCalls, 10*btoi(s.MinCalls == 0))
		twins[target] = &breakerTwin{target: target, set: s, state: agentchaos.BreakerClosed, since: -1}
	}
	return twins[target]
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// attempt takes down a result, and which change it calls for.
func (b *breakerTwin) attempt(a agentchaos.Attempt) error {
	if b.due != 0 {
		return fmt.Errorf("the breaker of %s should have %v before %+v", b.target, b.due, a)
	}
	if a.Begin < b.since || b.state == agentchaos.BreakerOpened {
		return nil // late
	}
	failed := breaks(a)
	if !failed && a.Kind != agentchaos.None {
		return nil // says nothing of the target
	}
	if b.state == agentchaos.BreakerClosed && a.Begin == b.since {
		b.unsure = true
	}
	if b.state == agentchaos.BreakerHalfOpened {
		if failed {
			b.due = agentchaos.BreakerOpened
		} else if b.good++; b.good == b.set.Probes {
			b.due = agentchaos.BreakerClosed
		}
		return nil
	}
	b.ends = append(b.ends, ending{a.End, failed})
	if b.row++; !failed {
		b.row = 0
		return nil
	}
	if b.set.Failures > 0 && b.row >= b.set.Failures || b.set.Failures == 0 && b.set.FailureRate == 0 && b.row >= 5 || b.rated(a.End) {
		b.due = agentchaos.BreakerOpened
	}
	if b.unsure {
		b.due = 0
	}
	return nil
}

// rated reports whether the share of failures within the window is reached.
func (b *breakerTwin) rated(now time.Duration) bool {
	if b.set.FailureRate == 0 {
		return false
	}
	calls, failures := 0, 0
	for _, e := range b.ends {
		if now-e.at < b.set.Window {
			calls, failures = calls+1, failures+btoi(e.failed)
		}
	}
	return calls >= b.set.MinCalls && float64(failures) >= b.set.FailureRate*float64(calls)-1e-9
}

// change takes down what the breaker says that it has become; before is the record that it follows.
func (b *breakerTwin) change(x agentchaos.Change, before any) error {
	bad := func(why string) error { return fmt.Errorf("%s: %+v", why, x) }
	switch x.What {
	case agentchaos.BreakerOpened:
		a, ok := before.(agentchaos.Attempt)
		switch {
		case b.due != agentchaos.BreakerOpened && !b.unsure:
			return bad("it has no reason to open")
		case !ok || a.ID != x.ID || a.Target != x.Target || a.Kind != x.Kind || a.End != x.At:
			return bad(fmt.Sprintf("it opens without a failure, after %+v", before))
		case x.For != b.set.Recovery:
			return bad("it opens for another time than its recovery")
		}
	case agentchaos.BreakerHalfOpened:
		if b.state != agentchaos.BreakerOpened || x.At < b.since+b.set.Recovery {
			return bad(fmt.Sprintf("it has been %v since %v", b.state, b.since))
		}
		b.open = append(b.open, span{b.since, x.At})
	case agentchaos.BreakerClosed:
		if b.due != agentchaos.BreakerClosed {
			return bad(fmt.Sprintf("it closes after %d good probes", b.good))
		}
	}
	if b.state == agentchaos.BreakerHalfOpened {
		b.half, b.last = append(b.half, span{b.since, x.At}), append(b.last, x.ID)
	}
	b.state, b.since, b.row, b.ends, b.good, b.due, b.unsure = x.What, x.At, 0, nil, 0, 0, false
	return nil
}

// refuses reports whether the breaker has reason to: it is open, or half-open with its probes all taken, by those that are
// under way and those that have succeeded. Who has waited in a bulkhead's line is asked again.
func (b *breakerTwin) refuses(r *played, x agentchaos.Change) bool {
	if r.policy().Bulkhead.Concurrency > 0 {
		return b.state != agentchaos.BreakerClosed
	}
	if b.state == agentchaos.BreakerOpened {
		return x.At < b.since+b.set.Recovery
	}
	probes := b.good
	for _, a := range r.attempts {
		probes += btoi(a.Target == b.target && a.Begin >= b.since && a.Begin <= x.At && a.End >= x.At)
	}
	return b.state == agentchaos.BreakerHalfOpened && probes >= b.set.Probes
}

// probe reports whether an attempt began while the breaker was half-open; at the instant at which another ended that,
// perhaps.
func (b *breakerTwin) probe(a agentchaos.Attempt) (sure, perhaps bool) {
	half := b.half
	if b.state == agentchaos.BreakerHalfOpened {
		half = append(slices.Clone(half), span{b.since, agentchaos.Forever})
	}
	for i, s := range half {
		if a.Target != b.target || a.Begin < s.from || a.Begin > s.until {
			continue
		}
		if a.Begin < s.until || b.last[i] == a.ID {
			return true, false
		}
		perhaps = true
	}
	return false, perhaps
}

// admits reports an attempt that was let in while the breaker was open.
func (b *breakerTwin) admits(a agentchaos.Attempt) error {
	open := b.open
	if b.state == agentchaos.BreakerOpened {
		open = append(slices.Clone(open), span{b.since, agentchaos.Forever})
	}
	for _, s := range open {
		if a.Target == b.target && a.Begin > s.from && a.Begin < s.until {
			return fmt.Errorf("the breaker is open from %v to %v: %+v", s.from, s.until, a)
		}
	}
	return nil
}

// Never more attempts in flight on a target than its bulkhead has slots; nobody is refused while one is free, and nobody is in
// line, whoever has died.
func bulkheadsHold(r *played) error {
	slots := r.policy().Bulkhead.Concurrency
	inFlight := map[string][]span{}
	for _, a := range r.attempts {
		inFlight[a.Target] = append(inFlight[a.Target], span{a.Begin, a.End})
	}
	for target, spans := range inFlight {
		if n, at := most(spans); slots > 0 && n > slots {
			return fmt.Errorf("%d attempts on %s at %v", n, target, at)
		}
	}
	for _, record := range r.records {
		x, ok := record.(agentchaos.Change)
		if !ok || x.What != agentchaos.Queued && x.Kind != agentchaos.BulkheadFull || x.What == agentchaos.RetryWait || x.What == agentchaos.FellBack {
			continue
		}
		taken := 0
		for _, s := range inFlight[x.Target] {
			taken += btoi(s.from <= x.At && x.At <= s.until)
		}
		if taken < slots || slots == 0 {
			return fmt.Errorf("only %d of %d slots are taken: %+v", taken, slots, x)
		}
	}
	for _, c := range r.every() {
		all, err := c.reasons()
		if err != nil {
			return err
		}
		for k, w := range all {
			if !w.queued || c.saturated() {
				continue
			}
			until := c.End
			switch twin := all[k.twin()]; {
			case w.begun:
				until = w.began
			case w.refused != agentchaos.None:
				until = w.end
			case twin != nil && twin.begun:
				until = min(until, twin.end)
			}
			if at, free := firstBelow(inFlight[k.target], slots, span{w.at, until}); free {
				return fmt.Errorf("a slot is free at %v, and in line since %v until %v is %+v of %+v", at, w.at, until, k, c.Called)
			}
		}
	}
	return nil
}

// firstBelow is the first time within in at which there are fewer than so many spans, for longer than an instant.
func firstBelow(spans []span, many int, in span) (when time.Duration, found bool) {
	n, last := 0, time.Duration(0)
	for _, m := range append(marks(spans), mark{agentchaos.Forever, 0}) {
		if from, until := max(last, in.from), min(m.at, in.until); from < until && n < many {
			return from, true
		}
		n, last = n+m.count, m.at
	}
	return 0, false
}

// A retry or a copy is granted when the balance on its target is at least 1, else it is refused: ratio × first attempts of the
// last 10 s + 10 s of the reserve − what was granted in the last 10 s. In every life of its task a call has a first attempt.
// One of the very instant may have come before or after.
func budgetsHold(r *played) error {
	budget := r.policy().RetryBudget
	first, spent := r.firstAttempts(), map[string][]time.Duration{}
	for _, record := range r.records {
		x, ok := record.(agentchaos.Change)
		if !ok {
			continue
		}
		grant := x.What == agentchaos.RetryWait || x.What == agentchaos.Hedged
		refusal := x.What == agentchaos.Refused && x.Kind == agentchaos.BudgetExhausted
		if !grant && !refusal {
			continue
		}
		if budget == nil {
			if refusal {
				return fmt.Errorf("there is no budget: %+v", x)
			}
			continue
		}
		sure, perhaps, recent := 0, 0, 0
		for _, at := range first[x.Target] {
			sure += btoi(at < x.At && x.At-at < 10*time.Second)
			perhaps += btoi(at == x.At)
		}
		for _, at := range spent[x.Target] {
			recent += btoi(x.At-at < 10*time.Second)
		}
		balance := func(first int) float64 {
			return math.Round((budget.Ratio*float64(first)+budget.MinPerSecond*10-float64(recent))*1e6) / 1e6
		}
		if grant && balance(sure+perhaps) < 1 || refusal && balance(sure) >= 1 {
			return fmt.Errorf("the balance is %v to %v: %+v", balance(sure), balance(sure+perhaps), x)
		}
		if grant {
			spent[x.Target] = append(spent[x.Target], x.At)
		}
	}
	return nil
}

// firstAttempts are when calls were first tried, by target.
func (r *played) firstAttempts() map[string][]time.Duration {
	at := map[string][]time.Duration{}
	for _, c := range r.every() {
		for _, a := range attemptsIn(c.records) {
			if a.ID.Attempt <= c.first() && a.ID.Copy == 0 {
				at[a.Target] = append(at[a.Target], a.Begin)
			}
		}
	}
	return at
}
