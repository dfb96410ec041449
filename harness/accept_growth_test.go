package harness_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// flightWorld is benchWorld, policy stack, at a size: the rate of arrivals says how many tasks are in flight, and what the
// provider has grows with it, so that they meet the same at every size. Refusals take three seconds, and the breaker
// bears ten of them: else a fast start, in which refusals come long before answers do, would open it.
const flightWorld = `
version: 1
models:
  anthropic/a: {first_token: {p50: 941ms, p95: 2939ms, p99: 4787ms, max: 5453ms}, per_token: {p50: 16ms, p99: 40ms, max: 80ms}, limits: {requests_per_minute: %[2]d}, capacity: {concurrency: %[3]d, queue: %[3]d}, price: {input: 3, output: 15}}
  openai/b:    {first_token: {p50: 639ms, p95: 1144ms, p99: 4517ms, max: 7010ms}, per_token: 14ms, price: {input: 2.5, output: 10}}
agents:
  eight:
    arrivals: {rate: %[1]g/s, burstiness: 1}
    deadline: 10m
    steps: [model: &m {input_tokens: 300, output_tokens: 60}, model: *m, model: *m, model: *m, model: *m, model: *m, model: *m, model: *m]
policies:
  stack:
    models: [anthropic/a, openai/b]
    timeout: {first_token: 20s, idle: 10s, attempt: 60s}
    retry: {attempts: 4, backoff: {initial: 500ms, factor: 2, max: 30s, jitter: full}}
    retry_budget: {ratio: 20%%, min_per_second: 1}
    breaker: {failures: 10, recovery: 30s, probes: 1}
scenarios:
  flight:
    agent: eight
    tasks: %[4]d
    faults:
      - {target: primary, kind: overloaded, delay: 3s, when: {probability: 5%%}}
      - {target: primary, kind: slow, factor: 4, when: {probability: 5%%}}
    policies: [stack]
`

// inFlight is the jobs of a run with about n tasks in flight.
func inFlight(t testing.TB, n float64, tasks, seeds int) []harness.Job {
	t.Helper()
	const lasts = 25.7 // seconds, a task on average
	rate := n / lasts
	text := fmt.Sprintf(flightWorld, rate, int(6000*n), int(2*n), tasks)
	suite, err := scenarios.Load("flight.yaml", []byte(text), scenarios.Options{Seeds: seeds})
	require.NoError(t, err)
	return harness.Jobs(suite)
}

// perAttempt plays jobs with one worker, and gives the time of an attempt.
func perAttempt(t testing.TB, jobs []harness.Job) (time.Duration, int64) {
	attempts, _, took := runBench(t, jobs, 1)
	return took / time.Duration(attempts), attempts
}

// TestAcceptTasks: ten times the tasks cost ten times the time. What they cost in memory is a row of TestAcceptMemory. Ten
// runs of the few last as long as one of the many, so that a busy machine finds both alike.
func TestAcceptTasks(t *testing.T) {
	asTheCommand(t)
	few, many := inFlight(t, 200, acceptance.Size(50_000, 500), 10), inFlight(t, 200, acceptance.Size(500_000, 5_000), 1)
	bestFew, bestMany := time.Hour, time.Hour
	for range acceptance.Size(7, 1) {
		_, _, took := runBench(t, few, 1)
		bestFew = min(bestFew, took)
		_, _, took = runBench(t, many, 1)
		bestMany = min(bestMany, took)
	}
	growth := 10 * bestMany.Seconds() / bestFew.Seconds()
	acceptance.Row(t, "ten times the tasks", "10 times the time, ± 10 %", fmt.Sprintf("%.2f times", growth), growth >= 9 && growth <= 11)
}

// TestAcceptFlight: the same tasks, arriving ten times as fast, are ten times as many in flight.
func TestAcceptFlight(t *testing.T) {
	asTheCommand(t)
	sizes := []int{10, 100, 1_000, 10_000}
	jobs, best := make([][]harness.Job, len(sizes)), make([]time.Duration, len(sizes))
	for i, n := range sizes {
		jobs[i], best[i] = inFlight(t, float64(n), acceptance.Size(100_000, 500), 1), time.Hour
	}
	made := map[int64]bool{}
	for range acceptance.Size(5, 1) {
		for i := range sizes {
			each, attempts := perAttempt(t, jobs[i])
			best[i] = min(best[i], each)
			made[attempts] = true
		}
	}
	if *acceptance.Full {
		require.Len(t, made, 1, "the same attempts, whatever the rate: what is compared is the same work")
	}
	for i := range sizes[1:] {
		growth := float64(best[i+1]) / float64(best[i])
		acceptance.Row(t, fmt.Sprintf("from %d to %d agents in flight", sizes[i], sizes[i+1]), "an attempt takes at most 1.3 times as long",
			fmt.Sprintf("%.2f times: %v, then %v", growth, best[i], best[i+1]), growth <= 1.3)
	}
}
