package harness_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden timelines")

// Golden timelines: one for every kind of fault, as the reference policy meets it, and one for every policy, at work. They
// are to be read as transcripts; -update rewrites them, and the diff is the review.

const timelineWorld = `
version: 1
seeds: 1
models:
  x/a: {first_token: 400ms, per_token: 10ms, price: {input: 3, output: 15}}
  x/b: {first_token: 300ms, per_token: 20ms}
tools: {lookup_order: {kind: read, latency: 100ms}, refund: {kind: write, latency: 200ms}, kb: {kind: retrieval, latency: 50ms}}
agents:
  a: {arrivals: {rate: 1/s, burstiness: 0}, deadline: 60s, steps: [{model: {input_tokens: 100, output_tokens: 50}}, {tool: lookup_order}]}
  buyer: {arrivals: {rate: 1/s, burstiness: 0}, deadline: 60s, steps: [{model: {input_tokens: 100, output_tokens: 50}}, {tool: refund}, {model: {input_tokens: 300, output_tokens: 20}}]}
  crowd: {arrivals: {rate: 4/s, burstiness: 0}, deadline: 60s, steps: [{model: {input_tokens: 100, output_tokens: 50}}]}
`

// kindSettings are what a kind needs to show itself; the others need nothing.
var kindSettings = map[string]string{"rate_limit": ", retry_after: 3s", "overloaded": ", delay: 50ms", "malformed": ", variant: missing_field",
	"commit_then_timeout": ", hang: 5s", "crash": ", at: 2, restart_after: 10s"}

// kindTargets are the targets of kinds that do not strike models; kept is what an agent has that can lose it.
var kindTargets = map[string]string{
	"tool_error": "tool/lookup_order", "commit_then_timeout": "tool/refund", "crash": "agent",
	"store_full": "store", "store_locked": "store", "store_read_only": "store", "store_torn": "store",
}

const kept = "idempotency: {}, checkpoint: {every: step}"

func TestTimelineOfEveryFault(t *testing.T) {
	for _, k := range faults.Kinds() {
		target, agent, keeps := "x/a", "a", ""
		if other := kindTargets[k.Kind]; other != "" {
			target = other
		}
		if target == "agent" || target == "store" || target == "tool/refund" {
			agent, keeps = "buyer", ", "+kept
		}
		yaml := timelineWorld + `
policies: {p: {extends: reference, models: [x/a, x/b]` + keeps + `}}
scenarios: {s: {agent: ` + agent + `, tasks: 1, policies: [p], faults: [{target: "` + target + `", kind: ` + k.Kind + kindSettings[k.Kind] + `, when: {first: 1}}]}}
`
		checkTimeline(t, "fault-"+k.Kind, yaml, 1)
	}
}

func TestTimelineOfEveryPolicy(t *testing.T) {
	for _, c := range []struct {
		name, policy, faults string
		agent                string
		task                 uint32
	}{
		{"bare", "models: [x/a]", "{target: x/a, kind: unavailable, when: {first: 1}}", "a", 1},
		{"retry", "models: [x/a], retry: {attempts: 4, backoff: {initial: 1s, factor: 2, max: 30s, jitter: none}}", "{target: x/a, kind: overloaded, when: {first: 3}}", "a", 1},
		{"retry-after-too-long", "models: [x/a, x/b], retry: {attempts: 4, backoff: {initial: 1s, jitter: none}, max_retry_after: 10s}", "{target: x/a, kind: rate_limit, retry_after: 11s, when: {first: 1}}", "a", 1},
		{"retry-budget", "models: [x/a], retry: {attempts: 5}, retry_budget: {ratio: 0%, min_per_second: 0.2}", "{target: x/a, kind: overloaded, delay: 10ms}", "a", 1},
		{"fallback", "models: [x/a, x/b]", "{target: x/a, kind: quota}", "a", 1},
		{"breaker", "models: [x/a, x/b], breaker: {failures: 3, recovery: 2s, probes: 1}", "{target: x/a, kind: unavailable, delay: 20ms, when: {first: 4}}", "crowd", 4},
		{"breaker-probe", "models: [x/a, x/b], breaker: {failures: 3, recovery: 2s, probes: 1}", "{target: x/a, kind: unavailable, delay: 20ms, when: {first: 3}}", "crowd", 12},
		{"hedge", "models: [x/a], hedge: {after: 1s}", "{target: x/a, kind: slow, factor: 20, when: {first: 1}}", "a", 1},
		{"bulkhead", "models: [x/a, x/b], bulkhead: {concurrency: 1, queue: 1}", "{target: x/a, kind: slow, factor: 3}", "crowd", 2},
		{"bulkhead-full", "models: [x/a, x/b], bulkhead: {concurrency: 1, queue: 1}", "{target: x/a, kind: slow, factor: 3}", "crowd", 3},
		{"repair", "models: [x/a], repair: {attempts: 2}", "{target: x/a, kind: malformed, variant: fenced_json, when: {first: 2}}", "a", 1},
		{"timeout-first-token", "models: [x/a, x/b], timeout: {first_token: 2s}", "{target: x/a, kind: timeout}", "a", 1},
		{"timeout-idle", "models: [x/a, x/b], timeout: {idle: 1s}", "{target: x/a, kind: stall, at: 40%}", "a", 1},
		{"timeout-attempt", "models: [x/a, x/b], timeout: {attempt: 5s}", "{target: x/a, kind: slow, factor: 100}", "a", 1},
		{"deadline", "models: [x/a]", "{target: x/a, kind: timeout}", "a", 1},
		{"trusting-a-cut", "models: [x/a], validate: false", "{target: x/a, kind: truncated, at: 40%}", "a", 1},
		{"trusting", "models: [x/a], validate: false", "{target: x/a, kind: malformed, variant: wrong_type}", "a", 1},
	} {
		yaml := timelineWorld + "policies: {p: {" + c.policy + "}}\nscenarios: {s: {agent: " + c.agent + ", tasks: 16, policies: [p], faults: [" + c.faults + "]}}\n"
		checkTimeline(t, "policy-"+c.name, yaml, c.task)
	}
}

// What agents go through: crashes, lost answers, stores that fail, and what a task does without.
func TestTimelineOfEveryCare(t *testing.T) {
	const crash = "{target: agent, name: evening, kind: crash, at: 2, restart_after: 10s, when: {call_first: 1}}"
	const waits = ", retry: {attempts: 3, backoff: {initial: 1s, jitter: none}}"
	for _, c := range []struct {
		name, policy, faults, agent string
		task                        uint32
	}{
		{"crash-resumed", "models: [x/a], " + kept, "{target: agent, kind: crash, at: 3, restart_after: 10s, when: {call_first: 1}}", "buyer", 1},
		{"crash-replayed", "models: [x/a], " + kept, "{target: agent, name: oom, kind: crash, at: 2, restart_after: 10s, when: {call_first: 1}}", "buyer", 1},
		{"crash-in-the-tool", "models: [x/a]" + waits + ", " + kept, crash, "buyer", 1},
		{"crash-redone", "models: [x/a]", crash, "buyer", 1},
		{"crash-for-good", "models: [x/a]", "{target: agent, kind: crash, at: 1, max_restarts: 2, restart_after: 1s}", "buyer", 1},
		{"crash-torn", "models: [x/a], " + kept, "{target: agent, kind: crash, at: 3, when: {call_first: 1}}, {target: store, kind: store_torn, when: {after: 5, first: 1}}", "buyer", 1},
		{"crash-all-torn", "models: [x/a], " + kept, "{target: agent, kind: crash, at: 3, when: {call_first: 1}}, {target: store, kind: store_torn, when: {first: 6}}", "buyer", 1},
		{"crash-parallel", "models: [x/a], " + kept, "{target: agent, kind: crash, at: 1, restart_after: 2s, when: {call_first: 1}}", "both", 1},
		{"lost-answer-with-key", "models: [x/a], timeout: {attempt: 5s}, idempotency: {}" + waits, "{target: tool/refund, kind: commit_then_timeout, when: {call_first: 1}}", "buyer", 1},
		{"lost-answer-without-key", "models: [x/a], timeout: {attempt: 5s}" + waits, "{target: tool/refund, kind: commit_then_timeout, when: {call_first: 1}}", "buyer", 1},
		{"lost-answer-asked-too-soon", "models: [x/a], timeout: {attempt: 100ms}, idempotency: {}, retry: {attempts: 3, backoff: {initial: 20ms, jitter: none}}", "{target: tool/refund, kind: slow, factor: 3, when: {call_first: 1}}", "hasty", 1},
		{"store-locked", "models: [x/a], " + kept, "{target: store, kind: store_locked, when: {after: 1, first: 2}}", "buyer", 1},
		{"store-locked-for-good", "models: [x/a], " + kept, "{target: store, kind: store_locked, when: {after: 1, first: 4}}", "buyer", 1},
		{"store-full", "models: [x/a], " + kept, "{target: store, kind: store_full}", "buyer", 1},
		{"caveat", "models: [x/a], degrade: {tool: caveat}", "{target: tool/lookup_order, kind: tool_error}", "a", 1},
		{"disclaimer", "models: [x/a], degrade: {retrieval: disclaimer}", "{target: retrieval/kb, kind: unavailable}", "asker", 1},
		{"partial", "models: [x/a], degrade: {deadline: partial, reserve: 55s}", "{target: tool/lookup_order, kind: timeout}", "a", 1},
	} {
		yaml := timelineWorld + `  both: {arrivals: {rate: 1/s, burstiness: 0}, steps: [{parallel: [{model: {input_tokens: 100, output_tokens: 50}}, {tool: lookup_order}, {tool: refund}]}]}
  asker: {arrivals: {rate: 1/s, burstiness: 0}, steps: [{retrieval: kb}, {model: {input_tokens: 100, output_tokens: 50}}]}
  hasty: {arrivals: {rate: 1/s, burstiness: 0}, steps: [{tool: refund}]}
policies: {p: {` + c.policy + "}}\nscenarios: {s: {agent: " + c.agent + ", tasks: 1, policies: [p], faults: [" + c.faults + "]}}\n"
		checkTimeline(t, "care-"+c.name, yaml, c.task)
	}
}

func checkTimeline(t *testing.T, name, yaml string, task uint32) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		job := harness.Jobs(loadSuite(t, yaml, scenarios.Options{}))[0]
		var events []report.Event
		_, err := harness.Replay(t.Context(), job, func(e report.Event) { events = append(events, e) })
		require.NoError(t, err)
		var got bytes.Buffer
		got.WriteString(strings.TrimSpace(yaml[strings.Index(yaml, "policies:"):]) + "\n\n")
		require.NoError(t, report.Timeline(&got, events, report.TimelineOptions{
			Scenario: "s", Policy: "p", Seed: 1, Task: task, Faults: harness.FaultNames(job.Scenario),
		}))
		file := filepath.Join("testdata", "timeline", name+".txt")
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
			require.NoError(t, os.WriteFile(file, got.Bytes(), 0o666))
			return
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), got.String())
	})
}
