package published_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/stretchr/testify/require"
)

var budgets = chapter{
	name: "budgets",
	kind: others,
	source: "Retries multiply load, budgets bound it. Google, *Site Reliability Engineering*, \"Handling Overload\" and \"Addressing Cascading Failures\", 2016; " +
		"AWS Builders' Library, *Timeouts, retries, and backoff with jitter*; Marc Brooker, *Fixing retries with token buckets and circuit breakers*, 2022, with mbrooker/simulator_example, retry_sim; " +
		"twitter/finagle, RetryBudgetTest.scala; gRPC proposal A6, *client retries*. " +
		"Brooker's bucket and breaker and gRPC's throttle are other algorithms than ours: they are written as small middlewares here, around the same simulated clients, and ours stands beside them. " +
		"\"20%\" has three meanings: ours and Finagle's is retries per first attempt of the last 10 s; Brooker's and gRPC's are tokens put back by a call or by a success; " +
		"Envoy's is concurrency, not rate: active retries of at most 20% of the active requests, or 3 (from memory). " +
		"What 1 + 0.2 is the limit of has no rate in its source, and the limit is that of dense calls: a place in the budget that has become free waits for the next failure, " +
		"and at p = 20% failures are hardly more than places. All rows of one call are at 10,000 calls a second, and those of 1 + 0.2 last two of the budget's windows of 10 s. " +
		"Tolerance of what is drawn: three standard errors and half of the last published digit.",
	tell: tellBudgets,
}

func tellBudgets(t *testing.T, b *board) {
	tellLayers(t, b)
	tellIndependent(t, b.of(theory))
	tellFleet(t, b)
	tellFinagle(t, b)
	tellThrottle(t, b)
}

// dense is the rate of the rows of one call, a second.
const dense = 10_000

// oneCall is an agent of so many calls a second to a target that fails that share of attempts, under one policy.
func oneCall(policy string, rate, tasks int, fails string) string {
	return fmt.Sprintf(`
version: 1
seeds: 1
models: {x/a: {}}
agents: {one: {arrivals: {rate: %d/s, burstiness: 0}, steps: [model: {output_tokens: 1}]}}
policies: {p: {models: [x/a], %s}}
scenarios: {s: {agent: one, tasks: %d, faults: [{target: primary, kind: unavailable, when: {probability: %s}}], policies: [p]}}
`, rate, policy, tasks, fails)
}

// tellLayers is what happens when everything fails.
func tellLayers(t *testing.T, b *board) {
	tasks := sized(100_000)
	load := func(policy string) float64 {
		return value(t, playOne(t, oneCall(policy, dense, tasks, "100%")), "amplification")
	}
	three := load("retry: {attempts: 3}")
	b.add(claim{
		what: "SRE book: at most three attempts, when everything fails", published: "somewhere just below 3X", measured: fmt.Sprintf("%.3fx", three),
		tolerance: "exactly 3", holds: three == 3,
	})
	budget := load("retry: {attempts: 3}, retry_budget: {ratio: 10%, min_per_second: 0}")
	b.add(claim{
		what: "SRE book: with a per-client budget of 10%, \"just 1.1x in the general case\"", published: "1.1x", measured: fmt.Sprintf("%.4fx", budget),
		tolerance: "± 0.0005x", holds: math.Abs(budget-1.1) <= .0005,
	})
	b.exact("SRE book: three layers of 4 attempts each, a request at the bottom for every one at the top", "64", fmt.Sprint(stacked(t, 3, 4)))
	b.exact("AWS Builders' Library: five layers of 3 attempts each", "243", fmt.Sprint(stacked(t, 5, 3)))
}

// stacked counts the attempts that reach a target which always fails through layers that all try again.
func stacked(t *testing.T, layers, attempts int) (reached int) {
	env := agentchaos.Env{Clock: frozen{}}
	var ms []agentchaos.Middleware
	for i := range layers {
		ms = append(ms, resilience.Retry{Attempts: attempts}.Start(env, fmt.Sprint("layer", i)))
	}
	call := agentchaos.Chain(ms...)(func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) {
		reached++
		return nil, unavailable
	})
	_, err := call(t.Context(), &agentchaos.Request{ID: agentchaos.ID{Task: 1, Step: 1, Attempt: 1}})
	require.ErrorIs(t, err, agentchaos.Unavailable)
	return reached
}

var unavailable = &agentchaos.Error{Kind: agentchaos.Unavailable}

// tellIndependent is up to four attempts that fail with probability p each, whatever else happens.
func tellIndependent(t *testing.T, b *board) {
	const attempts = 4
	tasks, windows := sized(50_000), sized(200_000)
	tolerance := .0005
	if testing.Short() { // half a second, at whose end some places still wait for a failure
		tolerance = .002
	}
	for _, c := range []struct{ p, load, success float64 }{{.2, 1.248, .9984}, {.3, 1.417, .9919}, {.5, 1.875, .9375}, {.9, 3.439, .3439}} {
		p, percent := c.p, fmt.Sprintf("%.0f%%", 100*c.p)
		arm := playOne(t, oneCall("retry: {attempts: 4}", dense, tasks, percent))
		b.sampled("p = "+percent+", 4 attempts: load (1−p⁴)/(1−p)", "", 3, c.load, value(t, arm, "amplification"), attemptsSD(p, attempts)/math.Sqrt(float64(tasks)))
		b.sampled("p = "+percent+", 4 attempts: success 1−p⁴", "", 4, c.success, value(t, arm, "completion_rate"), binomialError(c.success, tasks))
		arm = playOne(t, oneCall("retry: {attempts: 4}, retry_budget: {ratio: 20%}", dense, windows, percent))
		b.near("p = "+percent+", 4 attempts, budget of 20%: load 1 + 0.2", "%.5f", 1.2, value(t, arm, "amplification"), tolerance)
	}
	sparse := value(t, playOne(t, oneCall("retry: {attempts: 4}, retry_budget: {ratio: 20%}", dense/10, tasks, "20%")), "amplification")
	b.add(claim{
		what: "p = 20%, the same at 1000 calls a second: short of the limit", published: "below 1.2", measured: fmt.Sprintf("%.5f", sparse),
		tolerance: "the bound", holds: sparse < 1.2,
	})
}

// attemptsSD is the standard deviation of the number of attempts of a call, the geometric distribution cut at n.
func attemptsSD(p float64, n int) float64 {
	mean, square := 0.0, 0.0
	for k := 1; k <= n; k++ {
		share := power(p, k-1) // of calls that make attempt k
		mean += share
		square += float64(float64(2*k-1) * share)
	}
	return math.Sqrt(square - float64(mean*mean))
}

// tellFinagle asks Finagle's questions of ours: a deposit is a first attempt, a withdrawal a retry, all at one instant. Its
// time to live varies; what it makes of it is ttl × minimum in reserve, ours 10 s × min_per_second.
func tellFinagle(t *testing.T, b *board) {
	const requests = 10_000
	for _, c := range []struct{ percent, reserve float64 }{
		{.1, 0}, {.5, 0}, {.25, 0}, {.75, 0}, {.99, 0}, {.999, 0}, {.9999, 0}, {.01, 0}, {.001, 0}, {.0001, 0}, {0, 0}, {0, 10}, {.1, 10}, {.5, 10},
	} {
		call, granted := budgeted(t, c.percent, c.reserve, 2)
		for range requests {
			call(unavailable)
		}
		b.near(fmt.Sprintf("Finagle: 10,000 × (deposit, try), %g%% and %g in reserve: retries", 100*c.percent, c.reserve), "%.0f",
			math.Trunc(requests*c.percent)+c.reserve, float64(*granted), 1)
	}
	call, granted := budgeted(t, 2, 0, resilience.MaxAttempts)
	for range requests {
		call(nil)
	}
	more := 0 // calls that ask for the balance, and pay in themselves
	for refused := false; !refused && more < requests; more++ {
		before := *granted
		call(unavailable)
		refused = *granted-before < resilience.MaxAttempts-1
	}
	b.exact("Finagle: 10,000 deposits at 200%, then the balance", "20000", fmt.Sprint(*granted-2*more))
	tellBounds(b)
}

func tellBounds(b *board) {
	verdict := func(s resilience.RetryBudget) string {
		p := resilience.Policy{Models: []string{"x/a"}, Retry: resilience.Retry{Attempts: 2}, RetryBudget: &s}
		if p.Validate() == nil {
			return "taken"
		}
		return "refused"
	}
	b.exact("Finagle: a negative minimum", "refused", verdict(resilience.RetryBudget{Ratio: .1, MinPerSecond: -1}))
	b.exact("Finagle: a negative percentage", "refused", verdict(resilience.RetryBudget{Ratio: -1}))
}

// budgeted is a stack with a budget in a world where time stands still, and the count of its retries.
func budgeted(t *testing.T, percent, reserve float64, attempts int) (call func(outcome error), granted *int) {
	granted = new(int)
	p := resilience.Policy{
		Models: []string{"x/a"}, TrustAnswers: true,
		Retry:       resilience.Retry{Attempts: attempts},
		RetryBudget: &resilience.RetryBudget{Ratio: percent, MinPerSecond: reserve / 10},
	}
	var outcome error
	ask := p.Start(agentchaos.Env{Clock: frozen{}, Trace: agentchaos.Trace{Change: func(c agentchaos.Change) {
		if c.What == agentchaos.RetryWait {
			*granted++
		}
	}}})(func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) {
		return &agentchaos.Response{}, outcome
	})
	return func(o error) {
		outcome = o
		_, _ = ask(t.Context(), &agentchaos.Request{ID: agentchaos.ID{Task: 1, Step: 1}})
	}, granted
}

// frozen is a clock that stands still. Nobody may wait on it.
type frozen struct{ agentchaos.Clock }

func (frozen) Now() time.Duration { return 0 }
