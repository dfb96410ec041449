package scenarios_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
)

// numbers is a file with one of each, to be filled in.
const numbers = `version: 1
models: {a/b: {first_token: %[1]s, price: {input: %[2]s}}}
agents: {a: {arrivals: {rate: %[3]s, burstiness: %[4]s}, steps: [model: {}]}}
policies: {p: {models: [a/b], retry: {attempts: 2, backoff: {initial: 1s, jitter: %[5]s}}, retry_budget: {ratio: %[6]s}}}
scenarios: {s: {agent: a, tasks: %[7]s}}
`

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		in         [7]any
		first, gap time.Duration
		price      int64
		burst      float64
		jitter     resilience.Jitter
		ratio      float64
		tasks      int
	}{
		{[7]any{"250ms", "3.00", "5/s", "1.2", "full", "5%", "300"}, 250 * time.Millisecond, 200 * time.Millisecond, 3000, 1.2, resilience.FullJitter, 0.05, 300},
		{[7]any{"1m30s", "0.075", "11.2/s", "0", "none", "0.05", "1"}, 90 * time.Second, 89285714, 75, 0, resilience.NoJitter, 0.05, 1},
		{[7]any{"0", "$15", "300/m", "6", "equal", "100%", "10000000"}, 0, 200 * time.Millisecond, 15000, 6, resilience.EqualJitter, 1, 10_000_000},
		{[7]any{`"1.5h"`, "0", "2000/h", ".5", "[0.75, 1]", `"12.5%"`, "42"}, 90 * time.Minute, 1800 * time.Millisecond, 0, 0.5, resilience.Jitter{Lo: 0.75, Hi: 1}, 0.125, 42},
		{[7]any{"1ns", "1000000", "3/s", "1", "decorrelated", "0.1%", "7"}, 1, 333333333, 1_000_000_000, 1, resilience.DecorrelatedJitter, 0.001, 7},
	} {
		s := load(t, fmt.Sprintf(numbers, c.in[:]...))
		sc := s.Scenarios[0]
		m, p := sc.Models["a/b"], sc.Arms[0].Settings
		require.Equal(t, c.first, time.Duration(m.FirstToken.Max()))
		require.Equal(t, faults.Price{Input: c.price}, m.Price)
		require.Equal(t, scenarios.Arrivals{Gap: c.gap, Burstiness: c.burst}, sc.Agent.Arrivals)
		require.Equal(t, c.jitter, p.Retry.Backoff.Jitter)
		require.Equal(t, c.ratio, p.RetryBudget.Ratio)
		require.Equal(t, c.tasks, sc.Tasks)
	}
}

func TestQuantiles(t *testing.T) {
	s := load(t, fmt.Sprintf(numbers, "{p50: 1s, p99.9: 3s}", "1", "1/s", "1", "full", "5%", "1"))
	q := s.Scenarios[0].Models["a/b"].FirstToken
	at := func(p float64) time.Duration {
		return time.Duration(q.Value(uint64(p * (1 << 63) * 2))).Round(time.Millisecond)
	}
	require.Equal(t, 500*time.Millisecond, at(0), "p0 left out is half of p50")
	require.Equal(t, time.Second, at(0.5))
	require.Equal(t, 2*time.Second, at(0.5+0.499/2), "linear between")
	require.Equal(t, 3*time.Second, at(0.9999))
	require.Equal(t, 3*time.Second, time.Duration(q.Max()), "max left out is the highest given")
}

func TestExponentialLatencies(t *testing.T) {
	s := load(t, `version: 1
models: {a/b: {first_token: {exponential: 1s, x-why: M/M/1}, per_token: {exponential: 10ms}}, a/none: {first_token: {exponential: 0s}}}
tools: {look: {kind: read, latency: {exponential: 300ms}}}
policies: {p: {models: [a/b]}}
scenarios: {s: {agent: one-call}}
`)
	m, none := s.Models["a/b"], s.Models["a/none"]
	require.Equal(t, agentchaos.Exponential(1e9).Quantiles(), m.FirstToken)
	require.Equal(t, agentchaos.Exponential(1e7).Quantiles(), m.PerToken)
	require.Equal(t, agentchaos.Exponential(3e8).Quantiles(), s.Scenarios[0].Tools["tool/look"].Latency)
	require.True(t, none.FirstToken.Zero())
}
