package resilience_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

type steps = []resilience.Step

func tool(name string) resilience.Step {
	return resilience.Step{Use: agentchaos.UseWrite, Target: "tool/" + name}
}

func spread(t require.TestingT, lo, hi int64) agentchaos.Quantiles {
	q, err := agentchaos.NewQuantiles(agentchaos.Point{P: 0, Value: lo}, agentchaos.Point{P: 1, Value: hi})
	require.NoError(t, err)
	return q
}

// asks runs a task and gives what the leaf was asked, by the number of the step.
func asks(w *sim.World, seed agentchaos.Seed, life resilience.Life, plan steps) (out map[uint16]agentchaos.Request, order []uint16) {
	out = map[uint16]agentchaos.Request{}
	worker := resilience.Policy{TrustAnswers: true}.Worker(resilience.Agent{Steps: plan}, agentchaos.Env{Clock: w, Seed: seed},
		func(_ context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			out[req.ID.Step], order = *req, append(order, req.ID.Step)
			return &agentchaos.Response{}, nil
		})
	worker.Run(w.Background(), life)
	return out, order
}

func TestPlanNumbers(t *testing.T) {
	a, b, c := tool("a"), tool("b"), tool("c")
	twice := a
	twice.Times = 2
	for _, x := range []struct {
		name string
		plan steps
		want string
	}{
		{"in order", steps{a, b, c}, "abc"},
		{"times", steps{twice, b}, "aab"},
		{"a loop", steps{{Loop: steps{a, b}, Times: 3}, c}, "abababc"},
		{"a loop of times", steps{{Loop: steps{twice, b}, Times: 2}}, "aabaab"},
		{"at once", steps{{Parallel: steps{a, b}}, c}, "abc"},
		{"at once, of times", steps{{Parallel: steps{twice, b}, Times: 2}, c}, "aabaabc"},
		{"a loop at once", steps{{Parallel: steps{{Loop: steps{a, b}, Times: 2}, c}}, a}, "ababca"},
		{"nothing", nil, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				got, _ := asks(w, 1, resilience.Life{Task: 1}, x.plan)
				require.Len(t, got, len(x.want))
				for i, name := range x.want {
					require.Equal(t, "tool/"+string(name), got[uint16(i+1)].Target, "step %d", i+1)
				}
				require.Equal(t, len(x.want), resilience.Most(x.plan))
			})
		})
	}
}

func TestPlanGrows(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		model := resilience.Step{Input: 100, Output: 10}
		inner := resilience.Step{Loop: steps{model}, Times: 2, Grow: 5}
		got, _ := asks(w, 1, resilience.Life{Task: 1}, steps{{Loop: steps{inner, {Parallel: steps{model}}}, Times: 2, Grow: 1000}, model})
		var inputs []int
		for i := range len(got) {
			inputs = append(inputs, got[uint16(i+1)].Input)
		}
		require.Equal(t, []int{100, 105, 100, 1100, 1105, 1100, 100}, inputs)
	})
}

// What is drawn is a task's own: the same in every life and under every policy, and another's is another.
func TestPlanIsDrawnOnce(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		model := resilience.Step{Inputs: spread(t, 100, 9000), Outputs: spread(t, 1, 900), Spread: spread(t, 1, 20)}
		plan := steps{model, {Loop: steps{model, tool("a")}, Spread: spread(t, 1, 5)}}
		sizes := map[int]bool{}
		for task := range uint32(20) {
			first, _ := asks(w, 7, resilience.Life{Task: task + 1}, plan)
			again, _ := asks(w, 7, resilience.Life{Task: task + 1, Number: 3, Begin: time.Minute}, plan)
			require.Equal(t, first, again)
			require.LessOrEqual(t, len(first), resilience.Most(plan))
			sizes[len(first)] = true
			inputs := map[int]bool{}
			for _, r := range first {
				if r.Use == agentchaos.UseModel {
					require.True(t, r.Input >= 100 && r.Input <= 9000 && r.Output >= 1 && r.Output <= 900)
					inputs[r.Input] = true
				}
			}
			require.Greater(t, len(inputs), 1, "every interaction has its own")
		}
		require.Greater(t, len(sizes), 5, "every task has its own")
	})
}

func drawPlan(t *rapid.T, depth int, fixed bool) (out steps) {
	for range rapid.IntRange(1, 3).Draw(t, "steps") {
		s := tool(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "tool"))
		if rapid.Bool().Draw(t, "model") {
			s = resilience.Step{Input: 7}
		}
		if depth < 3 {
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				s = resilience.Step{Loop: drawPlan(t, depth+1, fixed)}
			case 1:
				s = resilience.Step{Parallel: drawPlan(t, depth+1, fixed)}
			}
		}
		s.Times = rapid.IntRange(0, 3).Draw(t, "times")
		if !fixed && rapid.Bool().Draw(t, "drawn") {
			s.Times, s.Spread = 0, spread(t, 1, int64(rapid.IntRange(1, 4).Draw(t, "most")))
		}
		out = append(out, s)
	}
	return out
}

// expand writes a plan without draws out, one target a step: "" for a model.
func expand(plan steps) (out []string) {
	for _, s := range plan {
		for range max(1, s.Times) {
			switch {
			case s.Loop != nil:
				out = append(out, expand(s.Loop)...)
			case s.Parallel != nil:
				out = append(out, expand(s.Parallel)...)
			default:
				out = append(out, s.Target)
			}
		}
	}
	return out
}

func TestPlanAgainstItsExpansion(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		plan := drawPlan(rt, 0, true)
		want := expand(plan)
		inWorld(t, func(w *sim.World) {
			got, _ := asks(w, 1, resilience.Life{Task: 1}, plan)
			require.Len(rt, got, len(want))
			var writes []uint16
			for i, target := range want {
				require.Equal(rt, target, got[uint16(i+1)].Target)
				if target != "" {
					writes = append(writes, uint16(i+1))
				}
			}
			require.Equal(rt, len(want), resilience.Most(plan))
			require.Equal(rt, writes, resilience.Policy{}.Worker(resilience.Agent{Steps: plan}, agentchaos.Env{Clock: w}, nil).Writes(1))
		})
	})
}

// With draws: no number twice and none left out, whatever runs at once, and the writes are those that were asked.
func TestDrawnPlansAreNumberedThrough(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		plan := drawPlan(rt, 0, false)
		seed := agentchaos.Seed(rapid.Uint64().Draw(rt, "seed"))
		inWorld(t, func(w *sim.World) {
			for task := range uint32(3) {
				got, order := asks(w, seed, resilience.Life{Task: task + 1}, plan)
				require.Len(rt, got, len(order), "every number once")
				require.LessOrEqual(rt, len(got), resilience.Most(plan))
				var writes []uint16
				for i := range uint16(len(got)) {
					r, ok := got[i+1]
					require.True(rt, ok, "number %d", i+1)
					if r.Use == agentchaos.UseWrite {
						writes = append(writes, i+1)
					}
				}
				require.Equal(rt, writes, resilience.Policy{}.Worker(resilience.Agent{Steps: plan}, agentchaos.Env{Clock: w, Seed: seed}, nil).Writes(task+1))
			}
		})
	})
}

// What could be a million interactions is counted without being walked.
func TestMostOfHugePlans(t *testing.T) {
	s := tool("a")
	s.Times = 1 << 40
	require.Equal(t, 1_000_000, resilience.Most(steps{s}))
	plan := steps{tool("a")}
	for range 200 {
		plan = steps{{Loop: plan, Times: 3}}
	}
	require.Equal(t, 1_000_000, resilience.Most(plan))
	require.Equal(t, 1_000_000, resilience.Most(steps{{Parallel: steps{tool("a")}, Spread: spread(t, 1, 1<<50)}}))
}
