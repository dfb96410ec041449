package published_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

var effects = chapter{
	name: "effects",
	kind: others,
	source: "Side effects on retry and resume: github.com/microsoft/agent-framework, issue 3938, comment of 2026-08-10: charge, mark as refunded, notify " +
		"in one checkpointed step, the answer lost after the commit; 200 runs in process and 9 with a killed worker.",
	tell: tellEffects,
}

// tellEffects has refunds that are made and whose answer is lost, and a worker that is killed between the two.
func tellEffects(t *testing.T, b *board) {
	const world = `
version: 1
seeds: 1
models: {x/a: {first_token: 1s}}
tools: {refund: {kind: write, latency: 300ms}}
agents: {one: {arrivals: {rate: 1/s, burstiness: 0}, deadline: 10m, steps: [{tool: refund}, {model: {}}]}}
policies:
  bare: {models: [x/a], timeout: {attempt: 5s}, retry: {attempts: 2, backoff: {initial: 500ms}}, checkpoint: {every: step}}
  keys: {extends: bare, idempotency: {}}
scenarios:
  timeout: {agent: one, tasks: 209, policies: [bare, keys], faults: [{target: tool/refund, kind: commit_then_timeout, when: {call_first: 1}}]}
  killed:  {agent: one, tasks: 1, policies: [bare, keys]}
`
	r := play(t, world)
	of := func(scenario, policy string, c report.Count) int64 { return r.Arm(scenario, policy).Total.Counts[c] }
	doubled := func(scenario, policy string) string {
		return fmt.Sprintf("%d of %d", of(scenario, policy, report.Duplicates), of(scenario, policy, report.Tasks))
	}
	b.exact("refunds doubled, the answer lost after the commit, no keys", "209 of 209", doubled("timeout", "bare"))
	b.exact("the same with idempotency keys", "0 of 209", doubled("timeout", "keys"))
	b.of(theory).exact("lost with keys", "0", fmt.Sprint(of("timeout", "keys", report.LostEffects)))

	// A worker killed at every place of the task: the refund is doubled exactly where it was made and not yet kept.
	suite, err := scenarios.Load("effects.yaml", []byte(world), scenarios.Options{})
	require.NoError(t, err)
	jobs := harness.Jobs(suite)
	for i, policy := range []string{"bare", "keys"} {
		found, err := harness.CrashSweep(t.Context(), jobs[2+i], false)
		require.NoError(t, err)
		where := []int{}
		for _, x := range found.Broken {
			require.EqualValues(t, 1, x.Duplicates)
			require.Zero(t, x.Lost)
			where = append(where, x.At[0])
		}
		if policy == "keys" {
			b.add(claim{
				what: "killed at every place, with keys: doubled", published: "0 of 9",
				measured: fmt.Sprintf("%d of %d places", len(where), found.Points), tolerance: "none", holds: len(where) == 0,
			})
			continue
		}
		// 1 and 2: the checkpoint is read. 3: the step begins. 4 and 5: the wait for the tool, which has done it by then. 6:
		// before the checkpoint is kept.
		b.add(claim{
			what: "killed between the commit and the checkpoint, no keys", published: "9 of 9 doubled",
			measured:  fmt.Sprintf("doubled at places %v of %d, nowhere else", where, found.Points),
			tolerance: "places 4 to 6", holds: slices.Equal(where, []int{4, 5, 6}),
		})
	}
}
