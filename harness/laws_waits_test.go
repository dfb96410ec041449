package harness_test

import (
	"fmt"
	"math"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// Waits without jitter are exact, those with it lie in their range. A Retry-After comes first, and the jittered wait on top
// of it; one that is too long, or that reaches the deadline, is not waited for.
func waitsAreAsSet(r *played) error {
	policy, longest := r.policy().Retry, r.longestHint()
	for _, c := range r.every() {
		all, err := c.reasons()
		if err != nil {
			return err
		}
		if c.saturated() {
			continue
		}
		n, before := 1, policy.Backoff.Initial // the failures in a row, and the wait before
		for _, record := range c.records {
			x, ok := record.(agentchaos.Change)
			if !ok {
				continue
			}
			k := tryID{x.Target, x.ID.Attempt, 0}
			switch x.What {
			case agentchaos.Reasked, agentchaos.FellBack:
				n, before = 1, policy.Backoff.Initial
			case agentchaos.RetryGivenUp:
				if x.At+x.For < r.deadline(c.Called.ID.Task) && !r.asksTooMuch(x, all) {
					return fmt.Errorf("given up without need: %+v", x)
				}
			case agentchaos.RetryWait:
				low, high := backoff(policy.Backoff, n, before)
				if hint := all[k].askedFor(all[k.twin()]); hint > 0 {
					if policy.Backoff.Jitter == resilience.NoJitter {
						low, high = 0, 0
					}
					before = x.For - hint
					low, high = low+hint, high+hint
					if hint > longest {
						return fmt.Errorf("a Retry-After of %v is above %v: %+v", hint, longest, x)
					}
				} else {
					before = x.For
				}
				if x.For < low || x.For > high {
					return fmt.Errorf("wait %d is %v, not between %v and %v: %+v", n, x.For, low, high, x)
				}
				n++
			}
		}
	}
	return nil
}

// longestHint is the longest Retry-After that is waited for.
func (r *played) longestHint() time.Duration {
	if longest := r.policy().Retry.MaxRetryAfter; longest > 0 {
		return longest
	}
	return 60 * time.Second
}

// asksTooMuch reports whether a try was given up because its Retry-After is longer than any that is waited for.
func (r *played) asksTooMuch(x agentchaos.Change, all map[tryID]*reason) bool {
	k := tryID{x.Target, x.ID.Attempt, 0}
	if all[k] == nil {
		return false
	}
	hint := all[k].askedFor(all[k.twin()])
	return hint > r.longestHint() && x.For == hint
}

// askedFor is the Retry-After of an attempt that failed, or of its twin.
func (w *reason) askedFor(twin *reason) time.Duration {
	if twin == nil || !twin.begun {
		return w.hint
	}
	return max(w.hint, twin.hint)
}

// backoff is the range of the wait after failure n (CONTRACT.md §2): initial·factor^(n−1), at most max, times the jitter.
func backoff(b resilience.Backoff, n int, before time.Duration) (low, high time.Duration) {
	top, factor := math.Inf(1), 2.0
	if b.Max > 0 {
		top = float64(b.Max)
	}
	if b.Factor > 0 {
		factor = b.Factor
	}
	wait := math.Min(top, float64(b.Initial)*math.Pow(factor, float64(n-1)))
	lo, hi := wait, wait
	switch j := b.Jitter; {
	case b.Initial == 0:
		return 0, 0
	case j.Decorrelated:
		lo, hi = math.Min(top, float64(b.Initial)), math.Min(top, math.Max(float64(b.Initial), 3*float64(before)))
	case j != resilience.NoJitter:
		lo, hi = j.Lo*wait, j.Hi*wait
	}
	return time.Duration(math.Round(lo)), time.Duration(math.Round(hi))
}

// No further attempt on a target before the longest Retry-After has run out that the call has got from it in this life.
func retryAfterIsHonoured(r *played) error {
	for _, c := range r.every() {
		for _, a := range c.attempts() {
			for _, b := range c.attempts() {
				if due := b.End + b.RetryAfter; b.Target == a.Target && b.ID.Attempt < a.ID.Attempt && b.Kind != agentchaos.None && b.RetryAfter > 0 && a.Begin < due {
					return fmt.Errorf("%+v is not to come before %v: %+v", a, due, b)
				}
			}
		}
	}
	return nil
}

// No attempt begins at or after the deadline of its task, which counts from its arrival whatever dies in between, and none
// outlives it; no wait reaches it, nothing is tried again at it. A task ends at its deadline at the latest, or, if its process
// is away then, when the next one begins. That a deadline was hit is said of a task that failed at it or is partial, and of no
// other: when it is hit, or of a partial one earlier, when a step has failed and is not tried again for want of time.
func theDeadlineIsHard(r *played) error {
	hit := map[uint32]time.Duration{}
	for _, record := range r.records {
		switch x := record.(type) {
		case agentchaos.Attempt:
			if by := r.deadline(x.ID.Task); x.Begin >= by || x.End > by {
				return fmt.Errorf("the deadline is %v: %+v", by, x)
			}
		case agentchaos.Change:
			by := r.deadline(x.ID.Task)
			switch x.What {
			case agentchaos.RetryWait, agentchaos.Reasked, agentchaos.FellBack, agentchaos.Hedged:
				if by != agentchaos.Forever && x.At+x.For >= by && x.What != agentchaos.Hedged || x.At >= by {
					return fmt.Errorf("the deadline is %v: %+v", by, x)
				}
			case agentchaos.DeadlineHit:
				if hit[x.ID.Task] = x.At; x.For != by-r.arrived[x.ID.Task] {
					return fmt.Errorf("the deadline is %v: %+v", by, x)
				}
			}
		case agentchaos.Task:
			by := r.deadline(x.Task)
			if lives := r.lives[x.Task]; len(lives) > 1 {
				by = max(by, lives[len(lives)-1].from)
			}
			at, said := hit[x.Task]
			early := x.Outcome == agentchaos.Partial && x.End < by && r.tooLate(r.lives[x.Task][len(r.lives[x.Task])-1], x)
			if x.End > by || said != (x.Kind == agentchaos.Cancelled || x.Outcome == agentchaos.Partial) || said && (at != x.End || x.End != by && !early) {
				return fmt.Errorf("the deadline is %v, hit at %v (%v): %+v", by, at, said, x)
			}
		}
	}
	return nil
}

// No attempt takes longer than its limit; no stream begins later than the limit of its first token, nor is silent for longer
// than the limit between two.
func limitsOfAnAttempt(r *played) error {
	limit := r.policy().Timeout
	for _, a := range r.attempts {
		took := a.End - a.Begin
		if limit.Attempt > 0 && took > limit.Attempt {
			return fmt.Errorf("%v is longer than %v: %+v", took, limit.Attempt, a)
		}
		step := r.plan(a.ID.Task).leaf(a.ID.Step)
		if a.Use != agentchaos.UseModel || step.Plain {
			continue
		}
		first := a.First
		switch {
		case a.Got > 0:
		case a.Kind == agentchaos.Timeout || a.Kind == agentchaos.Cancelled || a.Kind == agentchaos.Crash:
			continue // cut by its context, or with its process: the record does not say what had come
		default:
			first = took // nothing came before the end
		}
		if limit.FirstToken > 0 && first > limit.FirstToken {
			return fmt.Errorf("the first token after %v is later than %v: %+v", first, limit.FirstToken, a)
		}
		if limit.Idle > 0 && a.Got > 0 && took-a.First > limit.Idle*time.Duration(a.Got) {
			return fmt.Errorf("%d tokens in %v with at most %v between two: %+v", a.Got, took-a.First, limit.Idle, a)
		}
	}
	return nil
}
