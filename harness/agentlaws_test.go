package harness_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// chaosWorld is what the drawn plans, policies and faults are about. Every latency is another, so that crashes fall between.
const chaosWorld = `
version: 1
seeds: 1
models:
  x/a: {first_token: 401ms, per_token: 11ms, price: {input: 3, output: 15}, capacity: {concurrency: 3, queue: 9, abandoned: cancel}}
  x/b: {first_token: 307ms, per_token: 19ms}
tools:
  lookup: {kind: read, latency: 103ms}
  refund: {kind: write, latency: {p0: 53ms, p50: 211ms, p99: 1700ms, max: 2600ms}}
  charge: {kind: write, latency: 89ms}
  kb: {kind: retrieval, latency: 71ms}
`

// drawSteps writes a plan: at most three deep, so that it ends.
func drawSteps(t *rapid.T, depth int) string {
	var steps []string
	for range rapid.IntRange(1, 3).Draw(t, "steps") {
		what := rapid.SampledFrom([]string{"model", "refund", "charge", "lookup", "kb", "own", "parallel", "loop"}).Draw(t, "step")
		if depth == 2 && (what == "parallel" || what == "loop") {
			what = "charge"
		}
		times := rapid.SampledFrom([]string{"1", "1", "1", "2", "{p50: 2, max: 3}"}).Draw(t, "times")
		switch what {
		case "model":
			steps = append(steps, "{model: {input_tokens: 100, output_tokens: 20}, times: "+times+"}")
		case "own":
			steps = append(steps, "{model: {output_tokens: {p50: 20, max: 40}}, models: [x/b, x/a]}")
		case "kb":
			steps = append(steps, "{retrieval: kb, times: "+times+"}")
		case "parallel":
			steps = append(steps, "{parallel: "+drawSteps(t, depth+1)+", times: "+times+"}")
		case "loop":
			steps = append(steps, "{loop: {steps: "+drawSteps(t, depth+1)+", times: "+times+", grow: 7}}")
		default:
			steps = append(steps, "{tool: "+what+", times: "+times+"}")
		}
	}
	return "[" + strings.Join(steps, ", ") + "]"
}

// drawSome joins those of the lines that are drawn.
func drawSome(t *rapid.T, lines ...string) string {
	var out []string
	for i, line := range lines {
		if rapid.Bool().Draw(t, fmt.Sprint("with ", i)) {
			out = append(out, line)
		}
	}
	return strings.Join(out, ", ")
}

func drawChaos(t *rapid.T) string {
	p := func(name string) string { return fmt.Sprintf("%d%%", rapid.IntRange(1, 35).Draw(t, name)) }
	policy := drawSome(t,
		"checkpoint: {every: step}", "timeout: {attempt: 1500ms}", "hedge: {after: 350ms}", "bulkhead: {concurrency: 2, queue: 8}",
		"breaker: {failures: 4, recovery: 2s}", "degrade: {tool: caveat, retrieval: disclaimer, deadline: partial, reserve: 500ms}",
		"retry_budget: {ratio: 50%, min_per_second: 1}", "repair: {attempts: 1}")
	if rapid.Bool().Draw(t, "sparse") {
		policy = strings.Replace(policy, "every: step", fmt.Sprint("every: ", rapid.IntRange(2, 5).Draw(t, "every")), 1)
	}
	faults := drawSome(t,
		`{target: "tool/*", kind: commit_then_timeout, hang: 1200ms, when: {probability: `+p("lost")+`}}`,
		`{target: "tool/*", kind: tool_error, delay: 30ms, when: {probability: `+p("broken")+`}}`,
		`{target: "tool/refund", kind: slow, factor: 4, when: {probability: `+p("slow")+`}}`,
		`{target: "*/*", kind: timeout, hang: 3s, when: {probability: `+p("silent")+`}}`,
		`{target: "tool/*", kind: invalid_request, when: {probability: 2%}}`,
		`{target: "x/*", kind: overloaded, delay: 40ms, when: {probability: `+p("overloaded")+`}}`,
		`{target: "x/*", kind: stall, hang: 2s, when: {probability: `+p("stall")+`}}`,
		`{target: agent, kind: crash, max_restarts: `+fmt.Sprint(rapid.IntRange(1, 9).Draw(t, "restarts"))+`, restart_after: 700ms, when: {probability: `+p("crash")+`}}`,
		`{target: agent, kind: crash, name: again, at: 2, when: {call_first: 2}}`,
		`{target: store, kind: store_locked, when: {probability: `+p("locked")+`}}`,
		`{target: store, kind: store_full, when: {probability: `+p("full")+`}}`,
		`{target: store, kind: store_torn, when: {probability: `+p("torn")+`}}`)
	return chaosWorld + fmt.Sprintf(`
agents: {a: {arrivals: {rate: 3/s, burstiness: 1}, deadline: %s, steps: %s}}
policies: {p: {models: [x/a, x/b], retry: {attempts: %d, backoff: {initial: 200ms, jitter: full}}, idempotency: {}, %s}}
scenarios: {s: {agent: a, tasks: 12, policies: [p], faults: [%s]}}
`, rapid.SampledFrom([]string{"10m", "20s", "4s"}).Draw(t, "deadline"), drawSteps(t, 0), rapid.IntRange(1, 6).Draw(t, "attempts"), policy, faults)
}

// told is what a run has told of one task, in the order in which it came.
type told struct {
	begin    time.Duration
	crash    *agentchaos.Change // the last; nil: there was none, or the next process has gone on
	attempts map[attemptOn]bool
	redone   map[uint16]bool // in this life
	ended    int
	end      time.Duration
}

type attemptOn struct {
	agentchaos.ID
	target string
}

// The laws of DESIGN.md §5, whatever the plan, the policy and the luck.
func TestLawsOfAgents(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		yaml := drawChaos(rt)
		seed := rapid.Uint64Range(1, 1<<40).Draw(rt, "seed")
		suite, err := scenarios.Load("chaos.yaml", []byte(yaml), scenarios.Options{})
		require.NoError(rt, err, yaml)
		job := harness.Jobs(suite)[0]
		job.Seed = seed
		var events []report.Event
		cell, err := harness.Replay(t.Context(), job, func(e report.Event) { events = append(events, e) })
		require.NoError(rt, err, yaml)
		tasks, fired := map[uint32]*told{}, map[uint8]int64{}
		for i, e := range events {
			require.True(rt, i == 0 || e.At() >= events[i-1].At(), "time goes on")
			x := tasks[e.Task()]
			if x == nil {
				x = &told{begin: e.At(), attempts: map[attemptOn]bool{}}
				tasks[e.Task()] = x
			}
			x.hear(rt, e, job.Scenario.Agent.Deadline)
			fires(fired, e.Record)
		}
		for n, x := range tasks {
			require.Equal(rt, 1, x.ended, "task %d ends once", n)
		}
		c := cell.Counts
		require.EqualValues(rt, 12, c[report.Tasks])
		require.Zero(rt, c[report.Duplicates], "no effect comes twice")
		require.Zero(rt, c[report.LostEffects], "what is taken for done is done")
		require.Zero(rt, c[report.Early])
		for i, f := range cell.Faults {
			require.Equal(rt, fired[uint8(i+1)], f.Fired(), "%s: every fault that fired has one fate", f.Fault)
		}
	})
}

// hear takes up an event of the task and holds it against what came before.
func (x *told) hear(t *rapid.T, e report.Event, deadline time.Duration) {
	if a, ok := e.Record.(agentchaos.Attempt); x.ended > 0 {
		require.True(t, ok && a.Kind == agentchaos.Cancelled && a.End == x.end, "after the end comes nothing but a copy that has lost: %+v", e.Record)
	}
	if x.crash != nil {
		require.GreaterOrEqual(t, e.At(), x.crash.At+x.crash.For, "the dead are silent: %+v", e.Record)
	}
	switch r := e.Record.(type) {
	case agentchaos.Attempt:
		require.Less(t, r.Begin, x.begin+deadline, "an attempt at or after the deadline")
		require.False(t, x.crash != nil && r.Begin < x.crash.At+x.crash.For, "an attempt of a dead process: %+v", r)
		on := attemptOn{r.ID, r.Target}
		require.False(t, x.attempts[on] && r.ID.Attempt < 255, "an attempt has one number, over all lives: %+v", r)
		x.attempts[on] = !neverSent(r)
	case agentchaos.Change:
		switch r.What {
		case agentchaos.Crashed:
			x.crash = &r
		case agentchaos.Resumed:
			require.NotNil(t, x.crash)
			x.crash, x.redone = nil, map[uint16]bool{}
		case agentchaos.Redone:
			require.NotNil(t, x.redone, "a first life does nothing again")
			require.False(t, x.redone[r.ID.Step], "a step is done again once a life, however often it is tried")
			x.redone[r.ID.Step] = true
		default:
			require.True(t, x.crash == nil || r.What == agentchaos.StoreFailed, "%+v before the new process has gone on", r)
		}
	case agentchaos.Task:
		x.ended, x.end = x.ended+1, r.End
		require.Equal(t, x.crash != nil, r.Kind == agentchaos.Crash, "a task that fails as crash has died for good")
		require.True(t, r.Outcome != agentchaos.Completed || r.Without == 0)
	}
}

// fires counts the faults that a record speaks of.
func fires(n map[uint8]int64, record any) {
	switch r := record.(type) {
	case agentchaos.Attempt:
		n[r.Truth.EndBy]++
		if r.Truth.SlowBy != r.Truth.EndBy {
			n[r.Truth.SlowBy]++
		}
	case agentchaos.Change:
		n[r.By]++
	}
}
