package harness_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/agentchaos/agentchaos/report"
	"github.com/stretchr/testify/require"
)

// Worlds whose answers are known, played by the whole engine from a scenario file. Where there is luck in it, the tolerance
// is four standard errors of that luck.

// within is |got - want| ≤ 4 standard errors of a share p over n.
func within(t *testing.T, want, got float64, n int64, msg string) {
	t.Helper()
	se := math.Sqrt(want * (1 - want) / float64(n))
	require.InDelta(t, want, got, 4*se, "%s: want %v, four standard errors are %v", msg, want, 4*se)
}

const oneCall = `
version: 1
seeds: 4
models:
  x/a: {}
  x/b: {}
  x/c: {}
agents:
  one: {arrivals: {rate: 10/s, burstiness: 0}, steps: [{model: {input_tokens: 10, output_tokens: 10}}]}
`

func TestKnownRetriesOfIndependentFailures(t *testing.T) {
	for _, c := range []struct {
		p string
		q float64
		n int
	}{{"30%", .3, 4}, {"50%", .5, 3}, {"90%", .9, 4}, {"10%", .1, 2}} {
		arm := playOne(t, oneCall+fmt.Sprintf(`
policies: {p: {models: [x/a], retry: {attempts: %d}}}
scenarios:
  s: {agent: one, tasks: 20000, faults: [{target: primary, kind: unavailable, when: {probability: %s}}], policies: [p]}
`, c.n, c.p))
		fail := math.Pow(c.q, float64(c.n))
		tasks := arm.Total.Counts[report.Tasks]
		within(t, 1-fail, value(t, arm, "completion_rate"), tasks, "completion")
		// attempts are geometric, cut at n: their variance is below that of the geometric, q/(1-q)²
		want := (1 - fail) / (1 - c.q)
		se := math.Sqrt(c.q) / (1 - c.q) / math.Sqrt(float64(tasks))
		require.InDelta(t, want, value(t, arm, "amplification"), 4*se, "amplification")
		within(t, c.q, value(t, arm, "retry_rate"), tasks, "retry rate")
	}
}

func TestKnownSharesOfAFallbackChain(t *testing.T) {
	arm := playOne(t, oneCall+`
policies: {p: {models: [x/a, x/b, x/c]}}
scenarios:
  s: {agent: one, tasks: 20000, faults: [{target: "x/*", kind: overloaded, when: {probability: 40%}}], policies: [p]}
`)
	n := arm.Total.Counts[report.Tasks]
	within(t, 1-.4*.4*.4, value(t, arm, "completion_rate"), n, "completion")
	answered := arm.Total.Counts[report.TasksCompleted]
	for model, p := range map[string]float64{"x/a": .6, "x/b": .24, "x/c": .096} {
		within(t, p/.936, served(arm, model)/float64(answered), answered, model)
	}
	within(t, .336/.936, value(t, arm, "fallback_rate"), answered, "fallback rate")
}

func TestKnownWaits(t *testing.T) {
	const faulty = `
scenarios:
  s: {agent: one, tasks: %d, faults: [{target: primary, kind: overloaded, when: {call_first: 3}}], policies: [p]}
`
	for _, c := range []struct {
		jitter   string
		mean, sd float64 // of the sum of three waits: 1, 2 and 4 s before jitter
	}{
		{"none", 7, 0},
		{"full", 3.5, math.Sqrt((1 + 4 + 16) / 12.)},
		{"equal", 5.25, math.Sqrt((1 + 4 + 16) / 12. / 4)},
		{"[0.75, 1]", 6.125, math.Sqrt((1 + 4 + 16) / 12. / 16)},
	} {
		const tasks = 5000
		arm := playOne(t, oneCall+fmt.Sprintf(`
policies: {p: {models: [x/a], retry: {attempts: 4, backoff: {initial: 1s, factor: 2, max: 30s, jitter: %s}}}}`, c.jitter)+fmt.Sprintf(faulty, tasks))
		require.InDelta(t, c.mean, value(t, arm, "mean_time_to_completion"), 4*c.sd/math.Sqrt(4*tasks)+1e-9, c.jitter)
		require.EqualValues(t, 1, value(t, arm, "completion_rate"))
		require.EqualValues(t, 4, value(t, arm, "amplification"))
	}
}

// A bucket of 300 a minute with a burst of one lets through one request every 200 ms, however many come.
func TestKnownThroughputOfATokenBucket(t *testing.T) {
	arm := playOne(t, oneCall+`
policies: {p: {models: [x/a]}}
scenarios:
  s:
    agent: one
    duration: 10m
    faults: [{target: primary, kind: rate_limit, requests_per_minute: 300, burst: 1}]
    policies: [p]
`)
	// arrivals at 100 ms, 200 ms, … 599.9 s; admitted at 100, 300, … ms
	require.EqualValues(t, 4*5999, arm.Total.Counts[report.Tasks])
	require.EqualValues(t, 4*3000, arm.Total.Counts[report.TasksCompleted])
}

// While the target is out for ten minutes and a call comes every 100 ms: five failures open the breaker, then one probe
// every 30 s, at exactly the recovery: the first at 0.1 × 5 + 30 s.
func TestKnownCallsOfABreakerDuringAnOutage(t *testing.T) {
	arm := playOne(t, oneCall+`
policies: {p: {models: [x/a], breaker: {failures: 5, recovery: 30s, probes: 1}}}
scenarios:
  s:
    agent: one
    duration: 10m
    faults: [{target: primary, kind: unavailable}]
    policies: [p]
`)
	const probes = 19 // (599.9 - 0.5) / 30, in whole ones
	require.EqualValues(t, 4*(5+probes), arm.Total.Counts[report.Attempts])
	require.EqualValues(t, 4*probes, value(t, arm, "probes"))
	require.EqualValues(t, 4*5999, arm.Total.Counts[report.TasksFailed])
}

// Two policies that differ in nothing but their name have identical figures.
func TestKnownTwins(t *testing.T) {
	rep := play(t, oneCall+`
policies:
  p: {models: [x/a, x/b], retry: {attempts: 3, backoff: {initial: 1s, jitter: full}}}
  q: {extends: p}
scenarios:
  s: {agent: one, tasks: 500, faults: [{target: primary, kind: overloaded, when: {probability: 40%}}], policies: [p, q]}
`)
	require.Len(t, rep.Arms, 2)
	p, q := rep.Arms[0], rep.Arms[1]
	require.Equal(t, p.Total, q.Total)
	require.Equal(t, p.Metrics, q.Metrics)
	require.NotZero(t, p.Total.Counts[report.Attempts]-p.Total.Counts[report.Calls])
}
