package resilience_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// What is said of a step by its number is checked as far as numbers are the same for every task.
func TestStepsByNumber(t *testing.T) {
	spread, err := agentchaos.NewQuantiles(agentchaos.Point{P: 0, Value: 1}, agentchaos.Point{P: 1, Value: 3})
	require.NoError(t, err)
	model, refund := resilience.Step{}, resilience.Step{Use: agentchaos.UseWrite, Target: "tool/refund"}
	look := resilience.Step{Use: agentchaos.UseRead, Target: "tool/look"}
	drawn := resilience.Step{Use: agentchaos.UseRead, Target: "tool/look", Spread: spread}
	type list = []resilience.Step
	fixed := list{model, {Times: 2, Loop: list{look, {Parallel: list{refund, model}}}}, look} // 1 model, 2-4 and 5-7 look refund model, 8 look
	late := list{model, drawn, {Times: 2, Loop: list{refund, look}}}                          // 1 model, 2-4 look, then 4 more from 3, 4 or 5 on
	early := list{refund, drawn, look}
	for name, c := range map[string]struct {
		steps list
		said  map[uint16]bool
		risks []string // of RisksWith
		idle  []string
	}{
		"fixed, reads":         {fixed, map[uint16]bool{2: true, 5: true, 8: false}, nil, nil},
		"fixed, writes":        {fixed, map[uint16]bool{3: true, 6: true}, []string{"step 3, tool/refund, has", "step 6, tool/refund, has"}, nil},
		"fixed, writes kept":   {fixed, map[uint16]bool{3: false, 6: false}, nil, nil},
		"fixed, models":        {fixed, map[uint16]bool{1: true, 4: false, 7: true}, nil, []string{"step 1 is", "step 4 is", "step 7 is"}},
		"fixed, beyond":        {fixed, map[uint16]bool{9: true, 65535: false}, nil, []string{"a task has at most 8 steps", "a task has at most 8 steps"}},
		"number 0":             {fixed, map[uint16]bool{0: true}, nil, nil},
		"drawn, known":         {late, map[uint16]bool{1: true}, nil, []string{"step 1 is"}},
		"drawn, perhaps":       {late, map[uint16]bool{8: true}, []string{"step 8 may be tool/refund, which has"}, nil},
		"drawn, very early":    {late, map[uint16]bool{3: true}, []string{"step 3 may be tool/refund, which has"}, nil},
		"drawn, beyond":        {late, map[uint16]bool{9: true}, nil, []string{"a task has at most 8 steps"}},
		"drawn, no more write": {early, map[uint16]bool{3: true}, nil, nil},
		"drawn, before it":     {early, map[uint16]bool{1: true}, []string{"step 1, tool/refund, has"}, nil},
	} {
		p := resilience.Policy{Idempotency: &resilience.Idempotency{}, Degrade: resilience.Degrade{Steps: c.said}}
		a := resilience.Agent{Deadline: time.Minute, Steps: c.steps}
		for which, got := range map[string][]resilience.Risk{"risks": p.RisksWith(a), "idle": p.Idle(a)} {
			want := c.risks
			if which == "idle" {
				want = c.idle
			}
			require.Len(t, got, len(want), "%s, %s: %v", name, which, got)
			for i := range want {
				require.Contains(t, got[i].Message, want[i], name)
			}
		}
	}
}

// Every step kept is what is asked of a plan of one step too.
func TestCheckpointsOfOneStep(t *testing.T) {
	one := resilience.Agent{Steps: make([]resilience.Step, 1)}
	require.Empty(t, resilience.Policy{Checkpoint: &resilience.Checkpointing{}}.Idle(one))
	require.Empty(t, resilience.Policy{Checkpoint: &resilience.Checkpointing{Every: 1}}.Idle(one))
	require.Equal(t, []string{"checkpoint.every"}, paths(resilience.Policy{Checkpoint: &resilience.Checkpointing{Every: 2}}.Idle(one)))
}

// A plan of more rounds than a task may have interactions is not written out.
func TestStepsByNumberOfALongPlan(t *testing.T) {
	round := []resilience.Step{{Times: 1 << 30, Loop: []resilience.Step{{Times: 1 << 30}}}}
	p := resilience.Policy{Degrade: resilience.Degrade{Steps: map[uint16]bool{65535: true}}}
	require.Equal(t, "step 65535 is a model's, and without its answer there is none: it fails the task whatever is said",
		p.Idle(resilience.Agent{Steps: round})[0].Message)
}
