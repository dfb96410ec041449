package scenarios_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
)

// loadAgents reads the file that has every key about agents, with some of its text replaced.
func loadAgents(t *testing.T, oldnew ...string) *scenarios.Suite {
	t.Helper()
	src, err := os.ReadFile("testdata/agents.yaml")
	require.NoError(t, err)
	return load(t, strings.NewReplacer(oldnew...).Replace(string(src)))
}

// count is a quantile table of whole numbers.
func count(t *testing.T, points ...agentchaos.Point) agentchaos.Quantiles {
	t.Helper()
	q, err := agentchaos.NewQuantiles(points...)
	require.NoError(t, err)
	return q
}

func TestPlans(t *testing.T) {
	sc := loadAgents(t).Scenarios[0]
	type steps = []resilience.Step
	p := func(p float64, v int64) agentchaos.Point { return agentchaos.Point{P: p, Value: v} }
	lookup := resilience.Step{Use: agentchaos.UseRead, Target: "tool/lookup"}
	five := lookup
	five.Times = 5
	require.Equal(t, steps{
		{Inputs: count(t, p(0, 500), p(.5, 1000), p(.99, 8000), p(1, 8000)), Outputs: count(t, p(0, 100), p(.5, 200), p(.99, 900), p(1, 1000))},
		five,
		{Use: agentchaos.UseRetrieval, Target: "retrieval/kb", Spread: count(t, p(0, 2), p(.5, 4), p(.99, 20), p(1, 20))},
		{Input: 10, Models: []string{"x/b", "x/a"}},
		{Parallel: steps{lookup, {Loop: steps{{Output: 7, Plain: true}, {Use: agentchaos.UseWrite, Target: "tool/mail"}}, Times: 2}}},
		{Loop: steps{{Input: 100}, {Parallel: steps{{Use: agentchaos.UseWrite, Target: "tool/refund"}, lookup}, Times: 2}}, Spread: count(t, p(0, 1), p(.5, 3), p(1, 6)), Grow: 800},
	}, sc.Agent.Steps)
	require.Equal(t, 1+5+20+1+(1+4)+6*5, resilience.Most(sc.Agent.Steps))
	require.Equal(t, faults.Tool{Use: agentchaos.UseWrite, Expiry: time.Hour}, sc.Tools["tool/refund"])
	require.Equal(t, faults.Tool{Use: agentchaos.UseWrite, NoKeys: true}, sc.Tools["tool/mail"])
	require.EqualValues(t, 100_000, sc.Models["x/a"].Price.Input+func() int64 { m := sc.Models["x/a"]; return m.Lack() }())
	require.Equal(t, []string{"x/a", "x/b", "tool/lookup", "retrieval/kb", "tool/mail", "tool/refund", "agent", "store"}, sc.Targets(&sc.Arms[0]))
	require.NotContains(t, sc.Targets(&sc.Arms[2]), "store", "who keeps nothing has none")
}

// A table that begins at one round is never drawn as none.
func TestTimesAreAtLeastOne(t *testing.T) {
	sc := loadAgents(t, "times: {p50: 4, p99: 20}", "times: {p50: 1, max: 3}").Scenarios[0]
	require.EqualValues(t, 1, sc.Agent.Steps[2].Spread.Value(0))
}

func TestCare(t *testing.T) {
	arms := loadAgents(t).Scenarios[0].Arms
	careful := resilience.Policy{
		Models: []string{"x/a"}, Idempotency: &resilience.Idempotency{}, Checkpoint: &resilience.Checkpointing{Every: 1},
		Degrade: resilience.Degrade{
			Tool: true, Retrieval: true, Deadline: true, Reserve: 10 * time.Second,
			Tools: map[string]bool{"tool/mail": true, "tool/lookup": false}, Steps: map[uint16]bool{3: true, 65535: false},
		},
	}
	require.Equal(t, careful, arms[0].Settings)
	sparse := careful
	sparse.Checkpoint = &resilience.Checkpointing{Every: 3}
	sparse.Degrade.Tool, sparse.Degrade.Retrieval = false, false
	require.Equal(t, sparse, arms[1].Settings)
	require.Equal(t, resilience.Policy{Models: []string{"x/a"}}, arms[2].Settings)
}

func TestFaultsOfAgents(t *testing.T) {
	rules := loadAgents(t).Scenarios[0].Faults
	var got []faults.Fault
	for _, r := range rules {
		got = append(got, r.Fault)
	}
	require.Equal(t, []faults.Fault{
		faults.Crash{}, faults.Crash{Step: 3, RestartAfter: 5 * time.Second, MaxRestarts: 2}, faults.CommitThenTimeout{Hang: 30 * time.Second},
		faults.Storage{Name: "store_full", Of: agentchaos.StoreFull}, faults.Storage{Name: "store_locked", Of: agentchaos.StoreLocked},
		faults.Storage{Name: "store_read_only", Of: agentchaos.StoreReadOnly}, faults.Storage{Name: "store_torn", Of: agentchaos.StoreCorrupt},
	}, got)
	require.Equal(t, "third", rules[1].Name)
	require.Equal(t, "agent", rules[1].Target)
}

// What can run and is known to hurt, or never comes to pass.
func TestWarningsOfAgents(t *testing.T) {
	const file = `
version: 1
models: {x/a: {first_token: 1s}}
tools: {pay: {kind: write, latency: 1s}, look: {kind: read, latency: 1s}, deaf: {kind: write, keys: false, latency: 1s}}
agents: {a: {arrivals: {rate: 1/s}, deadline: 1m, steps: [{model: {}}, {tool: TOOL}]}}
policies: {p: {models: [x/a], timeout: {attempt: 10s}, POLICY}}
scenarios: {s: {agent: a, tasks: 10, policies: [p], faults: [FAULT]}}
`
	const stall = "{target: x/a, kind: stall}"
	for name, c := range map[string]struct{ tool, policy, fault, want string }{
		"nothing":                    {"pay", "idempotency: {}, checkpoint: {}", stall, ""},
		"a checkpoint alone":         {"pay", "checkpoint: {}", stall, "has a side effect, and a crash between it and the checkpoint makes it happen twice"},
		"a checkpoint of reads":      {"look", "checkpoint: {}", stall, ""},
		"retried without a key":      {"pay", "retry: {attempts: 2, backoff: {initial: 1s, jitter: full}}, breaker: {failures: 5, recovery: 30s}", stall, "a lost answer makes it happen twice"},
		"done without a write":       {"pay", "idempotency: {}, degrade: {tools: {pay: caveat}}", stall, "can the user do without?"},
		"all of it kept":             {"look", "degrade: {deadline: partial, reserve: 1m}", stall, "no step is ever begun"},
		"a write left out by number": {"pay", "idempotency: {}, degrade: {steps: {2: caveat}}", stall, "step 2, tool/pay, has a side effect, and the task is served without it"},
		"a read left out by number":  {"look", "degrade: {steps: {2: caveat}}", stall, ""},
		"a write kept by number":     {"pay", "idempotency: {}, degrade: {steps: {2: fail}}", stall, ""},
		"a step of the model's":      {"look", "degrade: {steps: {1: caveat}}", stall, "step 1 is a model's"},
		"a step that is not there":   {"look", "degrade: {steps: {3: caveat}}", stall, "a task has at most 2 steps it does nothing for agent a"},
		"a tool that nobody uses":    {"look", "degrade: {tools: {pay: fail}}", stall, "no step uses tool/pay"},
		"a crash nowhere":            {"look", "checkpoint: {}", "{target: agent, kind: crash, at: 3}", "there is no step 3: a task of agent a has at most 2 steps such a fault never fires"},
		"a crash in the last step":   {"look", "checkpoint: {}", "{target: agent, kind: crash, at: 2}", ""},
		"kept when all is over":      {"look", "checkpoint: {every: 2}", stall, "a task has at most 2 steps, so nothing is kept before it is over"},
		"a key for nobody":           {"deaf", "idempotency: {}", stall, "tool/deaf knows no keys (keys: false), so a lost answer still makes its effect happen twice"},
		"nobody's key":               {"deaf", "hedge: {after: 3s}, retry_budget: {ratio: 10%, min_per_second: 1}", stall, ""},
		"no store to strike":         {"pay", "hedge: {after: 3s}, retry_budget: {ratio: 10%, min_per_second: 1}", "{target: store, kind: store_full}", "such a fault never fires"},
		"an answer of no tool":       {"pay", "idempotency: {}", "{target: x/a, kind: commit_then_timeout}", "such a fault never fires"},
		"an answer of a tool":        {"pay", "idempotency: {}", "{target: tool/pay, kind: commit_then_timeout}", ""},
		"a crash needs no target":    {"pay", "idempotency: {}", "{target: agent, kind: crash}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := load(t, strings.NewReplacer("TOOL", c.tool, "POLICY", c.policy, "FAULT", c.fault).Replace(file))
			var got []string
			for _, w := range s.Warnings {
				if !strings.Contains(w.Message, "seeds") {
					got = append(got, w.Message+" "+w.Hint)
				}
			}
			if c.want == "" {
				require.Empty(t, got)
				return
			}
			require.Contains(t, strings.Join(got, "\n"), c.want)
		})
	}
}

// Without a deadline none can come; in one scenario of several a setting may idle.
func TestIdleEverywhere(t *testing.T) {
	const file = `
version: 1
models: {x/a: {first_token: 1s}}
tools: {pay: {kind: write, latency: 1s}, look: {kind: read, latency: 1s}}
agents:
  a: {arrivals: {rate: 1/s}, deadline: 1m, steps: [{model: {}}, {tool: look}]}
  b: {arrivals: {rate: 1/s}, DEADLINE steps: [{model: {}}, {tool: OTHER, times: 4}]}
policies: {p: {models: [x/a], timeout: {attempt: 10s}, idempotency: {}, checkpoint: {every: 3}, degrade: {tools: {pay: fail}, steps: {4: fail}, deadline: partial, reserve: 1s}}}
scenarios:
  s: {agent: a, tasks: 10, policies: [p], faults: [{target: x/a, kind: stall}]}
  t: {agent: b, tasks: 10, policies: [p], faults: [{target: x/a, kind: stall}]}
`
	warnings := func(oldnew ...string) (paths []string) {
		for _, w := range load(t, strings.NewReplacer(oldnew...).Replace(file)).Warnings {
			if !strings.Contains(w.Message, "for ever") {
				paths = append(paths, w.Path)
			}
		}
		return paths
	}
	require.Empty(t, warnings("OTHER", "pay", "DEADLINE", "deadline: 1m,"))
	require.Empty(t, warnings("OTHER", "pay", "DEADLINE", ""), "one of the agents has a deadline")
	require.Equal(t, []string{"policies.p.degrade.tools.pay"}, warnings("OTHER", "look", "DEADLINE", ""))
	none := warnings("OTHER", "pay", "DEADLINE", "", "deadline: 1m,", "")
	require.Equal(t, []string{"policies.p.degrade.deadline"}, none)
	require.Equal(t, []string{"policies.p.checkpoint.every", "policies.p.degrade.steps.4"}, slices.Sorted(slices.Values(warnings("OTHER", "pay", "DEADLINE", "deadline: 1m,", "times: 4", "times: 1"))))
}
