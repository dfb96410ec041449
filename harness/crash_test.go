package harness_test

import (
	"fmt"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// crashTargets answer in whole seconds, so that figures can be worked out by hand.
const crashTargets = `
version: 1
seeds: 1
models:
  x/a: {first_token: 1s, per_token: 100ms, price: {input: 3, output: 15}}
  x/b: {first_token: 1s, quality: 0.5}
tools:
  refund: {kind: write, latency: 1s}
  slow: {kind: write, latency: 3s}
  lookup: {kind: read, latency: 1s}
  kb: {kind: retrieval, latency: 1s}
`

const crashWorld = crashTargets + `
agents:
  three: {arrivals: {rate: 1/s, burstiness: 0}, deadline: 1m, steps: [{model: {}}, {tool: refund}, {model: {}}]}
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

// A process that does several steps at once dies in the midst of them as well as when one begins or ends: here the third, of
// three seconds, while the others take one.
func TestCrashesAmongParallelSteps(t *testing.T) {
	events, _ := heard(t, crashTargets+`
agents: {both: {arrivals: {rate: 1/s, burstiness: 0}, steps: [{parallel: [{model: {}}, {tool: lookup}, {tool: slow}]}]}}
policies: {p: {models: [x/a]}}
scenarios: {s: {agent: both, tasks: 400, policies: [p], faults: [{target: agent, kind: crash, at: 3, when: {call_first: 1}}]}}
`)
	began, after := map[uint32]time.Duration{}, map[time.Duration]int{}
	for _, e := range events {
		if a, ok := e.Record.(report.Arrival); ok {
			began[a.Task] = a.At
		}
	}
	for _, c := range changes(events, agentchaos.Crashed) {
		after[c.At-began[c.ID.Task]]++
	}
	for _, at := range []time.Duration{0, time.Second, 3 * time.Second} {
		require.NotZero(t, after[at], "after %v: %v", at, after)
	}
	require.Len(t, after, 3)
}

// A step is done when its result is kept: when the log cannot be read later, what is asked again is done again. The process
// dies after that at ten of the sixteen places: before it has said so, and at its end, where the crashes burn that have found
// no place in the step.
func TestRedoneIsWhatWasKept(t *testing.T) {
	arm := playOne(t, crashTargets+`
agents: {one: {arrivals: {rate: 100/s, burstiness: 0}, steps: [{tool: refund}]}}
policies: {p: {models: [x/a], idempotency: {}}}
scenarios:
  s:
    agent: one
    tasks: 2000
    policies: [p]
    faults: [{target: agent, kind: crash, restart_after: 1h, when: {call_first: 1}}, {target: store, kind: store_locked, when: {from: 30m}}]
`)
	within(t, 10./16, value(t, arm, "redone_steps")/2000, 2000, "redone")
	require.Zero(t, value(t, arm, "duplicate_effects"))
}

// What crashes cost, worked out by hand: three steps of a second each, the process dies in the second and is away for ten.
func TestFiguresOfCrashes(t *testing.T) {
	const tasks = 40
	const luck = -1 // a crash at the very end of a step finds it done
	for _, c := range []struct {
		name, policy, crash             string
		crashes, resumes, redone, ended int64 // for every task
		restart                         float64
	}{
		{"kept", "idempotency: {}, checkpoint: {every: step}", "at: 2, restart_after: 10s, when: {call_first: 1}", 1, 1, 0, 1, 10},
		{"in every life but the third", "idempotency: {}", "at: 1, restart_after: 10s, when: {call_first: 2}", 2, 2, luck, 1, 20},
		{"too often", "", "at: 1, restart_after: 10s, max_restarts: 2", 3, 2, luck, 0, 20},
		{"the first step is done again, and again", "idempotency: {}", "at: 2, restart_after: 10s, when: {call_first: 2}", 2, 2, 2, 1, 20},
		{"at once", "", "at: 1, when: {call_first: 1}", 1, 1, luck, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			arm := playOne(t, crashWorld+fmt.Sprintf(`
policies: {p: {models: [x/a], %s}}
scenarios: {s: {agent: three, tasks: %d, policies: [p], faults: [{target: agent, kind: crash, %s}]}}
`, c.policy, tasks, c.crash))
			require.EqualValues(t, c.crashes*tasks, value(t, arm, "crashes"))
			require.EqualValues(t, c.resumes*tasks, value(t, arm, "resumes"))
			if c.redone != luck {
				require.EqualValues(t, c.redone*tasks, value(t, arm, "redone_steps"))
			}
			require.EqualValues(t, c.ended, value(t, arm, "completion_rate"))
			require.InDelta(t, c.restart, value(t, arm, "restart_time"), 1e-9)
			require.EqualValues(t, (1-c.ended)*tasks, arm.Total.Failures[agentchaos.Crash], "it fails as crash")
			fate := map[int64]report.Fate{0: report.FailedEnd, 1: report.Retried}[c.ended]
			require.EqualValues(t, c.crashes*tasks, arm.Total.Faults[0].Fates[fate])
			require.EqualValues(t, c.crashes*tasks, arm.Total.Faults[0].Fired())
		})
	}
}

// Who begins again comes to the step that kills in every life: a task fails when all six of its processes have died there.
func TestKnownFailuresOfACrashLoop(t *testing.T) {
	const tasks = 2000
	arm := playOne(t, crashWorld+fmt.Sprintf(`
policies: {p: {models: [x/a], retry: {attempts: 3, backoff: {initial: 1s}}, idempotency: {}}}
scenarios: {s: {agent: three, tasks: %d, policies: [p], faults: [{target: agent, kind: crash, at: 2, restart_after: 2s, when: {probability: 60%%}}]}}
`, tasks))
	all, deaths, square := 1.0, 0.0, 0.0 // of a task's processes: that they all die, how many do, and that squared
	for k := range 6 {
		all *= 0.6
		deaths += all
		square += float64(2*k+1) * all
	}
	within(t, all, float64(arm.Total.Failures[agentchaos.Crash])/tasks, tasks, "failed")
	require.InDelta(t, deaths, value(t, arm, "crashes")/tasks, 4*math.Sqrt((square-deaths*deaths)/tasks))
	require.Zero(t, value(t, arm, "duplicate_effects"))
	require.Zero(t, value(t, arm, "lost_effects"))
}

// A crash falls on one of sixteen places, each as likely. Without keys the effect comes twice from all but the first; with a
// checkpoint and no keys from the three between the tool's work and the save.
func TestKnownDuplicatesOfCrashes(t *testing.T) {
	for policy, p := range map[string]float64{"": 15. / 16, "checkpoint: {every: step}": 3. / 16, "idempotency: {}, checkpoint: {every: step}": 0, "idempotency: {}": 0} {
		arm := playOne(t, crashWorld+fmt.Sprintf(`
policies: {p: {models: [x/a], retry: {attempts: 3, backoff: {initial: 1s}}, %s}}
scenarios: {s: {agent: three, tasks: 2000, policies: [p], faults: [{target: agent, kind: crash, at: 2, when: {call_first: 1}}]}}
`, policy))
		require.EqualValues(t, 1, value(t, arm, "completion_rate"))
		require.Zero(t, value(t, arm, "lost_effects"))
		within(t, p, value(t, arm, "duplicate_effects")/2000, 2000, policy)
	}
}

// The answers of a dead process are paid for and wasted. Who has seen the client leave works on or stops, as its model says.
func TestKilledAttempts(t *testing.T) {
	for abandoned, output := range map[string]int{"run": 20, "cancel": 0} {
		events, cell := heard(t, `
version: 1
seeds: 1
models: {x/a: {first_token: 1s, per_token: 100ms, price: {input: 3, output: 15}, capacity: {concurrency: 1, abandoned: `+abandoned+`}}}
agents: {one: {arrivals: {rate: 0.01/s, burstiness: 0}, deadline: 1m, steps: [model: {input_tokens: 10, output_tokens: 20}]}}
policies: {p: {models: [x/a], timeout: {attempt: 30s}, retry: {attempts: 4, backoff: {initial: 1s, factor: 2, jitter: none}}}}
scenarios: {s: {agent: one, tasks: 60, policies: [p], faults: [{target: agent, kind: crash, when: {call_first: 1}}]}}
`)
		killed := int64(0)
		for _, a := range attempts(events) {
			if a.Kind == agentchaos.Crash && a.End == a.Begin {
				require.Equal(t, agentchaos.Truth{Input: 10, Output: output}, a.Truth)
				killed++
			}
		}
		require.NotZero(t, killed)
		c := cell.Counts
		require.GreaterOrEqual(t, cell.Attempts[agentchaos.Crash], killed)
		require.EqualValues(t, 60, c[report.TasksCompleted])
		require.EqualValues(t, 60, c[report.Crashes])
		require.GreaterOrEqual(t, c[report.WastedNano], killed*(10*3000+int64(output)*15000), "nobody has their answers")
		if abandoned == "run" {
			require.NotZero(t, cell.Attempts[agentchaos.Overloaded], "the work of the dead holds its slot")
		} else {
			require.Zero(t, cell.Attempts[agentchaos.Overloaded], "the slot of the dead is free")
		}
	}
}

// A worker of a closed loop takes its next task when a process has died for good, as when a task ends of itself.
func TestWorkersGoOnAfterCrashes(t *testing.T) {
	for _, restarts := range []int{1, 3} {
		arm := playOne(t, crashTargets+fmt.Sprintf(`
agents: {loop: {arrivals: {workers: 3}, deadline: 1m, steps: [{model: {}}, {tool: refund}]}}
policies: {p: {models: [x/a], idempotency: {}, checkpoint: {every: step}}}
scenarios: {s: {agent: loop, tasks: 200, policies: [p], faults: [{target: agent, kind: crash, max_restarts: %d, restart_after: 1s, when: {probability: 60%%}}]}}
`, restarts))
		c := arm.Total.Counts
		require.EqualValues(t, 200, c[report.Tasks])
		require.NotZero(t, c[report.TasksCompleted])
		require.NotZero(t, arm.Total.Failures[agentchaos.Crash])
		require.Zero(t, c[report.Duplicates]+c[report.LostEffects])
	}
}

// deadly is everything that can happen to an agent at once, with shared slots and copies for the dead to have held.
const deadly = `
version: 1
seeds: 3
agents:
  a:
    arrivals: {workers: 20}
    deadline: 1m
    steps: [{model: {output_tokens: 20}}, {parallel: [{model: {output_tokens: 20}}, {tool: lookup_order}, {tool: refund}]}, {loop: {steps: [{model: {}}, {tool: refund}], times: {p50: 2, max: 4}}}]
policies:
  p: {extends: reference, timeout: {attempt: 4s}, hedge: {after: 900ms}, bulkhead: {concurrency: 6, queue: 20}, idempotency: {}, checkpoint: {every: 2}, degrade: {tool: caveat, deadline: partial}}
scenarios:
  s:
    agent: a
    tasks: %d
    policies: [p]
    faults:
      - {target: agent, kind: crash, restart_after: 2s, when: {probability: 20%%}}
      - {target: "tool/*", kind: commit_then_timeout, hang: 3s, when: {probability: 10%%}}
      - {target: store, kind: store_locked, when: {probability: 10%%}}
      - {target: store, kind: store_torn, when: {probability: 10%%}}
`

func TestCrashesGiveTheSameBytes(t *testing.T) {
	yaml := fmt.Sprintf(deadly, 60)
	one := asJSON(t, playWith(t, yaml, harness.Options{Parallel: 1}))
	for _, parallel := range []int{2, 3} {
		require.True(t, one == asJSON(t, playWith(t, yaml, harness.Options{Parallel: parallel})), "%d workers", parallel)
	}
}

func TestCrashesLeaveNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	r := play(t, fmt.Sprintf(deadly, 300))
	require.Greater(t, r.Arms[0].Total.Counts[report.Crashes], int64(500))
	for range 1_000_000 { // the workers' own goroutines end on their own time
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

// Tasks that go on without something, and what they are worth.
func TestFiguresOfDegradation(t *testing.T) {
	for _, c := range []struct {
		name, agent, policy, faults         string
		completed, degraded, partial, worth float64
	}{
		{"whole", "steps: [{model: {}}, {tool: lookup}]", "models: [x/a], degrade: {tool: caveat}", "", 1, 0, 0, 1},
		{"without the tool", "steps: [{model: {}}, {tool: lookup}]", "models: [x/a], degrade: {tool: caveat}", "{target: tool/lookup, kind: tool_error}", 0, 1, 0, 0},
		{"the tool is needed", "steps: [{model: {}}, {tool: lookup}]", "models: [x/a], degrade: {retrieval: disclaimer}", "{target: tool/lookup, kind: tool_error}", 0, 0, 0, 0},
		{"without the index", "steps: [{model: {}}, {retrieval: kb}]", "models: [x/a], degrade: {retrieval: disclaimer}", "{target: retrieval/kb, kind: tool_error}", 0, 1, 0, 0},
		{"a write is needed", "steps: [{model: {}}, {tool: refund}]", "models: [x/a], degrade: {tool: caveat, retrieval: disclaimer}", "{target: tool/refund, kind: tool_error}", 0, 0, 0, 0},
		{"but by name", "steps: [{model: {}}, {tool: refund}]", "models: [x/a], degrade: {tools: {refund: caveat}}", "{target: tool/refund, kind: tool_error}", 0, 1, 0, 0},
		{"out of time", "deadline: 1500ms, steps: [{model: {}}, {tool: lookup}]", "models: [x/a], degrade: {deadline: partial}", "", 0, 0, 1, 0},
		{"out of time with nothing", "deadline: 900ms, steps: [{model: {}}, {tool: lookup}]", "models: [x/a], degrade: {deadline: partial}", "", 0, 0, 0, 0},
		{"a lesser model", "steps: [{model: {}}, {tool: lookup}]", "models: [x/b]", "", 1, 0, 0, .5},
		{"half by a lesser one", "steps: [{model: {}}, {model: {}, models: [x/b, x/a]}]", "models: [x/a]", "", 1, 0, 0, .75},
		{"its chain's second", "steps: [{model: {}}, {model: {}, models: [x/b, x/a]}]", "models: [x/a]", "{target: x/b, kind: overloaded}", 1, 0, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			arm := playOne(t, crashTargets+fmt.Sprintf(`
agents: {one: {arrivals: {rate: 1/s, burstiness: 0}, %s}}
policies: {p: {%s}}
scenarios: {s: {agent: one, tasks: 20, policies: [p], faults: [%s]}}
`, c.agent, c.policy, c.faults))
			for metric, want := range map[string]float64{
				"completion_rate": c.completed, "degraded_rate": c.degraded, "partial_rate": c.partial, "quality_completion": c.worth,
				"served_rate": c.completed + c.degraded + c.partial,
			} {
				require.InDelta(t, want, value(t, arm, metric), 1e-12, metric)
			}
			n := arm.Total.Counts
			require.EqualValues(t, 20*c.degraded, n[report.Caveats])
			if c.faults != "" && c.degraded == 1 {
				require.EqualValues(t, 20, arm.Total.Faults[0].Fates[report.DegradedEnd])
			}
		})
	}
}

// Every operation of the store that fails is counted, and nothing else comes of it: two checkpoints and one result a task,
// and one look for it.
func TestFiguresOfStores(t *testing.T) {
	for kind, failures := range map[string]int64{
		"store_full": 3, "store_read_only": 3, // writes only
		"store_locked": 4 * 5, // and reads, the first of them of the checkpoint; each is asked four times
		"store_torn":   0,     // nobody reads what was torn
	} {
		arm := playOne(t, crashTargets+`
agents: {two: {arrivals: {rate: 1/s, burstiness: 0}, steps: [{model: {}}, {tool: refund}]}}
policies: {p: {models: [x/a], idempotency: {}, checkpoint: {every: step}}}
scenarios: {s: {agent: two, tasks: 20, policies: [p], faults: [{target: store, kind: `+kind+`}]}}
`)
		require.EqualValues(t, 1, value(t, arm, "completion_rate"), kind)
		require.EqualValues(t, 20*failures, value(t, arm, "store_failures"), kind)
		require.EqualValues(t, 20*failures, arm.Total.Faults[0].Fates[report.Absorbed], kind)
		require.EqualValues(t, 20*failures, arm.Total.Faults[0].Fired(), kind)
		wait := map[bool]float64{true: 5 * 1.11}[kind == "store_locked"]
		require.InDelta(t, 2+wait, value(t, arm, "mean_time_to_completion"), 1e-9, kind)
	}
}
