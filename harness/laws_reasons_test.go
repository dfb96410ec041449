package harness_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
)

// tryID is one attempt of a call: which target, which number, original or copy.
type tryID struct {
	target        string
	attempt, copy uint8
}

func tryOf(a agentchaos.Attempt) tryID { return tryID{a.Target, a.ID.Attempt, a.ID.Copy} }
func (k tryID) twin() tryID            { return tryID{k.target, k.attempt, 1 - k.copy} }

// reason is why an attempt may begin, and what became of it.
type reason struct {
	at      time.Duration // when it is to begin
	why     string
	queued  bool // it waited for a slot of a bulkhead
	begun   bool // it is an attempt
	refused agentchaos.Kind
	began   time.Duration // when it began
	end     time.Duration // of the attempt, or when it was refused
	kind    agentchaos.Kind
	hint    time.Duration // its Retry-After
}

// reasons explains every attempt of a call by what was said before: the call's beginning, a wait for a retry, a re-ask, the
// fallback to another model, a hedge. What cannot be explained is an error.
func (c *callRecords) reasons() (map[tryID]*reason, error) {
	all := map[tryID]*reason{{c.Preferred, c.first(), 0}: {at: c.Begin, why: "the call begins"}}
	add := func(k tryID, at time.Duration, why string) error {
		if was := all[k]; was != nil && !(k.attempt == 255 && (was.begun || was.refused != agentchaos.None)) {
			return fmt.Errorf("two reasons for %+v: %s at %v, %s at %v", k, all[k].why, all[k].at, why, at)
		}
		all[k] = &reason{at: at, why: why}
		return nil
	}
	for _, record := range c.records {
		var err error
		switch x := record.(type) {
		case agentchaos.Attempt:
			err = all[tryOf(x)].begin(x)
		case agentchaos.Change:
			k := tryID{x.Target, x.ID.Attempt, x.ID.Copy}
			next := tryID{x.Target, numberAfter(x.ID.Attempt), 0}
			switch x.What {
			case agentchaos.RetryWait:
				err = add(next, x.At+x.For, "a retry is due")
			case agentchaos.Reasked:
				err = add(next, x.At, "a re-ask")
			case agentchaos.FellBack:
				err = add(tryID{x.Target, c.first(), 0}, x.At, "a fallback")
			case agentchaos.Hedged:
				err = add(k, x.At, "a hedge")
			case agentchaos.Queued:
				err = all[k].queue(x)
			case agentchaos.Refused:
				err = all[k].refuse(x)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("call %+v: %w", c.Called.ID, err)
		}
	}
	return all, nil
}

// begin is the attempt that the reason was for.
func (w *reason) begin(a agentchaos.Attempt) error {
	switch {
	case w == nil:
		return fmt.Errorf("no reason for %+v", a)
	case w.begun || w.refused != agentchaos.None:
		return fmt.Errorf("%s at %v, a second time: %+v", w.why, w.at, a)
	case a.Begin != w.at && !(w.queued && a.Begin > w.at):
		return fmt.Errorf("%s at %v, but it begins at %v: %+v", w.why, w.at, a.Begin, a)
	}
	w.begun, w.began, w.end, w.kind, w.hint = true, a.Begin, a.End, a.Kind, a.RetryAfter
	return nil
}

func (w *reason) queue(c agentchaos.Change) error {
	if w == nil || w.begun || w.queued || w.refused != agentchaos.None || c.At != w.at {
		return fmt.Errorf("nobody can be in line for %+v", c)
	}
	w.queued = true
	return nil
}

// refuse is a refusal in place of an attempt. One by the retry budget comes before there is a reason.
func (w *reason) refuse(c agentchaos.Change) error {
	if c.Kind == agentchaos.BudgetExhausted {
		return nil
	}
	if w == nil || w.begun || w.refused != agentchaos.None || c.At != w.at && !w.queued {
		return fmt.Errorf("nobody can be refused as in %+v", c)
	}
	w.refused, w.kind, w.end = c.Kind, c.Kind, c.At
	return nil
}

// Every attempt begins at the very moment at which something said before is due, and everything that was said becomes one
// attempt, or is refused, or is cut in a bulkhead's line, or comes too
// late: for a process that has died, for a fork that has failed, after a wait for the store until the deadline. So calls, retries,
// re-asks, fallbacks and hedges add up to attempts, refusals and these two, and a call is at least one of these four.
func everyAttemptHasAReason(r *played) error {
	cut := int64(0)
	for _, c := range r.every() {
		all, err := c.reasons()
		if err != nil {
			return err
		}
		for k, w := range all {
			switch {
			case w.begun || w.refused != agentchaos.None:
			case w.queued, c.cutShort() && w.at >= c.End, w.at >= r.deadline(c.ID.Task):
				cut++
			default:
				return fmt.Errorf("call %+v: %s at %v for %+v, and nothing happens", c.Called.ID, w.why, w.at, k)
			}
		}
	}
	said := int64(len(r.every())) + r.changes(agentchaos.RetryWait) + r.changes(agentchaos.Reasked) + r.changes(agentchaos.FellBack) + r.changes(agentchaos.Hedged)
	refused := r.cell.Refused[agentchaos.BreakerOpen] + r.cell.Refused[agentchaos.BulkheadFull]
	if got := int64(len(r.attempts)) + refused + cut; got != said {
		return fmt.Errorf("%d attempts + %d refused + %d cut are not the %d that were due", len(r.attempts), refused, cut, said)
	}
	return nil
}

// cutShort reports whether the call died, or was ended by the failure of a step beside it.
func (c *callRecords) cutShort() bool {
	return !c.over || c.Kind == agentchaos.Cancelled && c.leaf != nil && len(c.leaf.sides) > 0
}

// changes counts those of a sort.
func (r *played) changes(what agentchaos.What) (n int64) {
	for _, x := range r.records {
		if c, ok := x.(agentchaos.Change); ok && c.What == what {
			n++
		}
	}
	return n
}

// What a policy does about a failure, it does at the instant of the failure, and names its kind: after a try that was
// answered nobody tries again. A call is answered if and only if one of its tries was.
func everyFailureHasItsConsequence(r *played) error {
	for _, c := range r.every() {
		all, err := c.reasons()
		if err != nil {
			return err
		}
		if c.saturated() {
			continue
		}
		answered := false
		for _, a := range c.attempts() {
			answered = answered || a.Kind == agentchaos.None
		}
		if c.over && answered != (c.Kind == agentchaos.None) {
			return fmt.Errorf("an attempt was answered: %v; the call: %+v", answered, c.Called)
		}
		at := c.Begin
		for _, record := range c.records[:c.waited] {
			switch x := record.(type) {
			case agentchaos.Attempt:
				at = x.End
			case agentchaos.Change:
				if err := follows(all, x, at, r.deadline(c.ID.Task)); err != nil {
					return err
				}
				at = x.At
			}
		}
	}
	return nil
}

// follows checks what a change says of the failure that it follows. The record before it was made at that time; the task's
// time is up at by, until when a copy may be in line.
func follows(all map[tryID]*reason, x agentchaos.Change, before, by time.Duration) error {
	k := tryID{x.Target, x.ID.Attempt, 0}
	first, twin := all[k], all[k.twin()]
	switch x.What {
	case agentchaos.FellBack:
		if x.At != before || !slices.Contains(fallBackOn, x.Kind) {
			return fmt.Errorf("a fallback for %v, after what happened at %v: %+v", x.Kind, before, x)
		}
	case agentchaos.RetryWait, agentchaos.RetryGivenUp, agentchaos.Reasked:
		if first == nil || first.kind != x.Kind && !first.yields(twin, x.Kind) || x.Kind == agentchaos.None {
			return fmt.Errorf("the attempt ended as %+v, and then: %+v", first, x)
		}
		end := first.end
		if twin != nil {
			end = max(end, twin.end)
			if twin.queued && !twin.begun && twin.refused == agentchaos.None {
				end = by
			}
		}
		if end != x.At || twin != nil && twin.begun && twin.kind == agentchaos.None {
			return fmt.Errorf("the attempt ended at %v, its twin is %+v, and then: %+v", first.end, twin, x)
		}
	}
	return nil
}

// yields reports whether a malformed answer has given way to a twin of that kind that was told to come back later.
func (w *reason) yields(twin *reason, k agentchaos.Kind) bool {
	return w.kind == agentchaos.Malformed && twin != nil && twin.kind == k && twin.hint > w.hint
}

// What the contract says of kinds (CONTRACT.md §2): those that are tried again on the same target unless `on` says otherwise,
// and those that another model may help with.
var (
	retryOn = []agentchaos.Kind{
		agentchaos.Overloaded, agentchaos.Unavailable, agentchaos.Timeout, agentchaos.Reset, agentchaos.Truncated,
		agentchaos.Malformed, agentchaos.RateLimit, agentchaos.Conflict, agentchaos.ToolError,
	}
	fallBackOn = []agentchaos.Kind{
		agentchaos.Overloaded, agentchaos.Unavailable, agentchaos.Timeout, agentchaos.Reset, agentchaos.Truncated,
		agentchaos.Malformed, agentchaos.RateLimit, agentchaos.Quota, agentchaos.Auth, agentchaos.NotFound, agentchaos.ContextLength,
		agentchaos.BreakerOpen, agentchaos.BulkheadFull, agentchaos.BudgetExhausted,
	}
)

// No retry after a failure of a kind outside `on`, nor after a malformed answer that repair asks for again.
func noKindOutsideOn(r *played) error {
	on, repair := r.policy().Retry.On, r.policy().Repair.Attempts > 0
	if on == nil {
		on = retryOn
	}
	for _, c := range r.every() {
		for _, record := range c.records {
			x, ok := record.(agentchaos.Change)
			if !ok || x.What != agentchaos.RetryWait {
				continue
			}
			if !slices.Contains(on, x.Kind) || repair && x.Kind == agentchaos.Malformed {
				return fmt.Errorf("a retry after %v: %+v", x.Kind, x)
			}
		}
	}
	return nil
}

// On a target a call is tried at most so often as `attempts` says, again so often after each re-ask, of which there are at
// most `repair`; in another life of its task it begins anew. It goes down the step's chain in order, and no model is met twice.
func triesAreBounded(r *played) error {
	for _, c := range r.every() {
		retries, reasks, place := 0, 0, 0
		for _, record := range c.records {
			x, ok := record.(agentchaos.Change)
			if !ok {
				continue
			}
			switch x.What {
			case agentchaos.RetryWait:
				retries++
			case agentchaos.Reasked:
				retries, reasks = 0, reasks+1
			case agentchaos.FellBack:
				retries, reasks, place = 0, 0, place+1
				if chain := r.chain(c.leaf); place >= len(chain) || chain[place] != x.Target {
					return fmt.Errorf("fallback number %d in the chain %v: %+v", place, chain, x)
				}
			}
			if retries > max(0, r.policy().Retry.Attempts-1) || reasks > r.policy().Repair.Attempts {
				return fmt.Errorf("%d retries and %d re-asks on a target: %+v", retries, reasks, x)
			}
		}
	}
	return nil
}
