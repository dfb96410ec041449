package harness_test

import (
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// crashWorld answers in whole seconds, so that its figures can be worked out by hand.
const crashWorld = `
version: 1
seeds: 1
models:
  x/a: {first_token: 1s, per_token: 100ms, price: {input: 3, output: 15}}
  x/b: {first_token: 1s, quality: 0.5}
tools:
  refund: {kind: write, latency: 1s}
  lookup: {kind: read, latency: 1s}
  kb: {kind: retrieval, latency: 1s}
agents:
  three: {arrivals: {rate: 1/s, burstiness: 0}, deadline: 1m, steps: [{model: {}}, {tool: refund}, {model: {}}]}
  both: {arrivals: {rate: 1/s, burstiness: 0}, deadline: 1m, steps: [{parallel: [{model: {}}, {tool: lookup}, {tool: refund}]}, {model: {}}]}
`

// heard plays a file of one cell.
func heard(t testing.TB, yaml string) (events []report.Event, cell report.Cell) {
	t.Helper()
	job := harness.Jobs(loadSuite(t, yaml, scenarios.Options{}))[0]
	cell, err := harness.Replay(t.Context(), job, func(e report.Event) { events = append(events, e) })
	require.NoError(t, err)
	return events, cell
}

// changes are those of a kind.
func changes(events []report.Event, what agentchaos.What) (out []agentchaos.Change) {
	for _, e := range events {
		if c, ok := e.Record.(agentchaos.Change); ok && c.What == what {
			out = append(out, c)
		}
	}
	return out
}

func attempts(events []report.Event) (out []agentchaos.Attempt) {
	for _, e := range events {
		if a, ok := e.Record.(agentchaos.Attempt); ok {
			out = append(out, a)
		}
	}
	return out
}

// A process that does several steps at once dies in the midst of them as well as when one begins or ends.
func TestCrashesAmongParallelSteps(t *testing.T) {
	events, _ := heard(t, crashWorld+`
policies: {p: {models: [x/a], checkpoint: {every: step}, idempotency: {}}}
scenarios: {s: {agent: both, tasks: 400, policies: [p], faults: [{target: agent, kind: crash, at: 2}]}}
`)
	began, killed := map[uint32]time.Duration{}, map[uint32]int{}
	for _, e := range events {
		if a, ok := e.Record.(report.Arrival); ok {
			began[a.Task] = a.At
		}
	}
	for _, a := range attempts(events) {
		if a.Kind == agentchaos.Crash && a.Begin == began[a.ID.Task] {
			killed[a.ID.Task]++
		}
	}
	after := map[time.Duration]int{}
	seen := map[uint32]bool{}
	for _, c := range changes(events, agentchaos.Crashed) {
		if !seen[c.ID.Task] {
			after[c.At-began[c.ID.Task]]++
		}
		seen[c.ID.Task] = true
	}
	require.NotZero(t, after[0], "when they begin: %v", after)
	require.NotZero(t, after[time.Second], "when they end: %v", after)
	all := 0
	for _, n := range killed {
		if n == 3 {
			all++
		}
	}
	require.NotZero(t, all, "all three die at once: %v", after)
}
