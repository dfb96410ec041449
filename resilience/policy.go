package resilience

import "github.com/agentchaos/agentchaos"

// Policy is one configuration of the stack. The zero value is a bare call that validates answers: no second attempt, no
// limit.
type Policy struct {
	Models      []string     // the fallback chain, best first; none: a model call goes to the target it names
	Timeout     Timeout      // of an attempt; zero: none
	Retry       Retry        // per target; zero: none
	RetryBudget *RetryBudget // per target; nil: retries and hedges are not bounded in number
	Breaker     *Breaker     // per target; nil: none
	Hedge       Hedge        // per target; zero: none
	Bulkhead    Bulkhead     // per target; zero: none
	Repair      Repair       // per target; zero: none

	Idempotency *Idempotency   // of write tools; nil: none
	Checkpoint  *Checkpointing // of tasks, by who runs them ([Policy.Worker]); nil: progress is not kept
	Degrade     Degrade        // of tasks; zero: what fails for good fails the task
	Run         string         // names the run in keys and checkpoints: the same tasks in another run are others; "": the seed's number
	Store       Store          // where Idempotency and Checkpoint keep what they keep; nil: a [Memory] of its own

	// Check says how an answer is malformed, so that it is asked for again, by [Retry] or [Repair]; NoVariant: it is well. Nil:
	// [Validate], which knows the answers of this module's simulated models and no others: a real agent sets it.
	Check func(*agentchaos.Request, agentchaos.Content) agentchaos.Variant

	// TrustAnswers takes every answer for good: one that is malformed, and a stream that ended cleanly without saying that
	// it was complete. That is what the official SDKs do whose stream is read to its end (probed, November 2026).
	TrustAnswers bool
}

// Start makes the whole stack, fresh: a Middleware around the leaf that every call of the agent goes to. What it wraps
// shares its state. It reports attempts, calls and changes to env.Trace. Settings must pass [Policy.Validate].
//
// Of an ended context the leaf returns ctx.Err(), or an [agentchaos.Error] of kind cancelled that carries what it had
// received; the stack knows whether that is a timeout.
func (p Policy) Start(env agentchaos.Env) agentchaos.Middleware { return newStack(p, &env).around }

// guard is the part of the stack that belongs to one target, with state of its own, and its bulkhead; nil: it has none.
func (p *Policy) guard(env *agentchaos.Env, target string) (agentchaos.Middleware, *hold) {
	var ms []agentchaos.Middleware
	var h *hold
	b := newBudget(p.RetryBudget)
	if p.Repair.Attempts > 0 {
		ms = append(ms, p.Repair.Start(*env, target))
	}
	if p.Retry.Attempts > 1 {
		ms = append(ms, newRetrier(p.Retry, env, target, b, p.Repair.Attempts > 0).around)
	}
	if p.Hedge.After > 0 {
		ms = append(ms, newHedger(p.Hedge, env, target, b).around)
	}
	var f *fuse
	if p.Breaker != nil {
		f = newFuse(*p.Breaker, env, target)
		ms = append(ms, f.around)
	}
	if p.Bulkhead.Concurrency > 0 {
		h = newHold(p.Bulkhead, env, target, nil)
		if f != nil {
			h.still = f.still
		}
		ms = append(ms, h.around)
	}
	ms = append(ms, newWatch(env, target, b).around, p.Timeout.Start(*env, target))
	if p.TrustAnswers {
		ms = append(ms, trust)
	} else {
		ms = append(ms, newValidation(target, p.Check).around)
	}
	return agentchaos.Chain(ms...), h
}
