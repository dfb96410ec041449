package harness_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// lostReceipts is a tool of which one answer in ten is lost after it has done its work, and a client that asks up to four
// times.
const lostReceipts = `
version: 1
seeds: 4
models: {x/a: {}}
tools: {refund: {kind: write, latency: 300ms}}
agents: {one: {arrivals: {rate: 20/s, burstiness: 1}, deadline: 10m, steps: [{model: {}}, {tool: refund}]}}
policies:
  bare: {models: [x/a], timeout: {attempt: 2s}, retry: {attempts: 4, backoff: {initial: 500ms, jitter: full}}}
  keyed: {extends: bare, idempotency: {}}
scenarios:
  s: {agent: one, tasks: %d, policies: [%s], faults: [{target: tool/refund, kind: commit_then_timeout, when: {probability: 10%%}}]}
`

// Every attempt does its work, so a task has done it once more for every attempt beyond its first: q + q² + q³ on average.
// The number of attempts is geometric, cut at four: its variance is below that of the geometric, q/(1-q)².
func TestAcceptDuplicates(t *testing.T) {
	const q = .1
	tasks := acceptance.Size(200_000, 20_000)
	arm := playOne(t, fmt.Sprintf(lostReceipts, tasks/4, "bare"))
	got := value(t, arm, "duplicate_effects") / float64(tasks)
	want, se := q+q*q+q*q*q, math.Sqrt(q)/(1-q)/math.Sqrt(float64(tasks))
	acceptance.Row(t, fmt.Sprintf("answers lost at 10%%, no keys, %d tasks", tasks), fmt.Sprintf("%.4f duplicates a task, to four standard errors (%.4f)", want, 4*se),
		fmt.Sprintf("%.4f", got), math.Abs(got-want) <= 4*se)
	require.InDelta(t, want, got, 4*se)
	within(t, 1-math.Pow(q, 4), value(t, arm, "completion_rate"), int64(tasks), "completion")

	tasks = acceptance.Size(1_000_000, 20_000)
	arm = playOne(t, fmt.Sprintf(lostReceipts, tasks/4, "keyed"))
	require.EqualValues(t, tasks, arm.Total.Counts[report.Tasks])
	duplicates, lost := value(t, arm, "duplicate_effects"), value(t, arm, "lost_effects")
	acceptance.Row(t, fmt.Sprintf("answers lost at 10%%, keys, %d tasks", tasks), "no duplicate, none lost", fmt.Sprintf("%.0f and %.0f; %d answers lost", duplicates, lost, arm.Total.Faults[0].Fired()), duplicates+lost == 0)
	require.Zero(t, duplicates)
	require.Zero(t, lost)
	within(t, 1-math.Pow(q, 4), value(t, arm, "completion_rate"), int64(tasks), "completion")
}

// keptWorld is benchWorld with a write in every second place, and a policy that keeps everything.
func keptWorld() string {
	s := strings.Replace(benchWorld, "model: *m, model: *m, model: *m, model: *m, model: *m, model: *m, model: *m", "tool: pay, model: *m, tool: pay, model: *m, tool: pay, model: *m, tool: pay", 1)
	s = strings.Replace(s, "policies:\n", "tools: {pay: {kind: write, latency: {p50: 300ms, p99: 2s, max: 5s}}}\npolicies:\n  kept: {extends: stack, idempotency: {}, checkpoint: {every: step}}\n", 1)
	return strings.Replace(s, "[stack, full]", "[stack, kept]", 1)
}

// loadKept is the jobs of one arm of keptWorld.
func loadKept(t testing.TB, policy string, seeds int) []harness.Job {
	t.Helper()
	suite, err := loadSuite(t, keptWorld(), scenarios.Options{Seeds: seeds}).Select(nil, []string{policy})
	require.NoError(t, err)
	return harness.Jobs(suite)
}

func TestAcceptSpeedOfKeeping(t *testing.T) {
	asTheCommand(t)
	speed := func(policy string) float64 {
		n, _, took := runBench(t, loadKept(t, policy, acceptance.Size(4, 1)), 1)
		return float64(n) / took.Seconds()
	}
	with, without := 0.0, 0.0
	for range acceptance.Size(7, 1) {
		with, without = max(with, speed("kept")), max(without, speed("stack")) // in turn, so that both have the same machine
	}
	acceptance.Row(t, "keys and checkpoints in memory, every second step a write", "at least 60% of the attempts a second without",
		fmt.Sprintf("%.0f%% (%.0f of %.0f)", 100*with/without, with, without), with >= .6*without)
}

// BenchmarkKeeping is what keys, the log of results and checkpoints cost, for the profile.
func BenchmarkKeeping(b *testing.B) {
	for _, policy := range []string{"stack", "kept"} {
		b.Run(policy, func(b *testing.B) {
			jobs := loadKept(b, policy, 2)
			b.ReportAllocs()
			attempts := int64(0)
			for b.Loop() {
				n, _, _ := runBench(b, jobs, 1)
				attempts += n
			}
			b.ReportMetric(float64(attempts)/b.Elapsed().Seconds(), "attempts/s")
		})
	}
}
