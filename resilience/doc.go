// Package resilience is the reference resilience stack, and the agent that runs tasks through it.
//
// A [Policy] is the whole stack as one settings struct; what is left out is off and costs nothing. From the outside in:
//
//	checkpoint → deadline → degradation → result log → fallback chain →
//		per target [ repair → retry with budget → hedge → breaker → bulkhead → attempt timeout → validation ] → target
//
// The first two are about tasks and belong to who runs them: a [Policy.Worker], which keeps their progress in a [Store] and
// makes the best of their time. The rest is about calls: [Policy.Start]. Degradation and the result log ([Idempotency]) have
// no form of their own either, nor has [RetryBudget], which belongs to a Policy's retries and hedges.
//
// Every other policy can also be used alone. They share one form: X.Start(env, target) makes the state, fresh, and returns a
// [agentchaos.Middleware] that guards the one target of that name; what it wraps shares the state. Only [Fallback], which
// chooses the target, is started without one.
//
// Breaker, budget and bulkhead are shared by all tasks that run through the same Start. Policies wait through the
// [agentchaos.Clock] only, draw from the [agentchaos.Seed] only, and hold no lock while they wait, call on, or report, so
// the same code runs in virtual time and on the wall. One lock is held while the store works: a task's own, so that no older
// checkpoint follows a newer one.
package resilience
