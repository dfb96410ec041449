// Package resilience is the reference resilience stack, and the agent that runs tasks through it.
//
// A [Policy] is the whole stack as one settings struct; what is left out is off and costs nothing. From the outside in:
//
//	fallback chain → per target [ repair → retry with budget → hedge → breaker → bulkhead → attempt timeout → validation ] → target
//
// Every policy can also be used alone. They share one form: X.Start(env, target) makes the state, fresh, and returns a
// [agentchaos.Middleware] that guards the one target of that name; what it wraps shares the state. Only [Fallback], which
// chooses the target, is started without one. [RetryBudget] has no form of its own: it belongs to a Policy's retries and
// hedges.
//
// Breaker, budget and bulkhead are shared by all tasks that run through the same Start. Policies wait through the
// [agentchaos.Clock] only, draw from the [agentchaos.Seed] only, and hold no lock while they wait, call on, or report, so
// the same code runs in virtual time and on the wall.
package resilience
