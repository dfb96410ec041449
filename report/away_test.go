package report_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// modelCall is a call of a task that target answered for the first model of its chain.
func modelCall(task uint32, step uint16, target, preferred string, end time.Duration) agentchaos.Called {
	return agentchaos.Called{ID: agentchaos.ID{Task: task, Step: step}, Target: target, Preferred: preferred, Begin: end - s, End: end}
}

// A model is away from the first call that another answers for it to the latest, and not before: without a call nobody has
// missed it.
func TestAway(t *testing.T) {
	failed := modelCall(3, 1, claude, claude, 500*s)
	failed.Kind = agentchaos.Timeout
	for name, c := range map[string]struct {
		calls []any
		want  time.Duration
	}{
		"it serves":                      {[]any{modelCall(1, 1, claude, claude, 10*s), modelCall(2, 1, claude, claude, 900*s)}, 0},
		"one call after a long silence":  {[]any{modelCall(1, 1, claude, claude, 10*s), modelCall(2, 1, gpt, claude, 900*s)}, 0},
		"two such, and it serves again":  {[]any{modelCall(1, 1, gpt, claude, 10*s), modelCall(2, 1, gpt, claude, 70*s), modelCall(3, 1, claude, claude, 900*s)}, 60 * s},
		"it serves between":              {[]any{modelCall(1, 1, gpt, claude, 10*s), modelCall(2, 1, claude, claude, 70*s), modelCall(3, 1, gpt, claude, 900*s)}, 0},
		"it answers for another between": {[]any{modelCall(1, 1, gpt, claude, 10*s), modelCall(2, 1, claude, gpt, 70*s), modelCall(3, 1, gpt, claude, 900*s)}, 0},
		"it fails for good between":      {[]any{modelCall(1, 1, gpt, claude, 10*s), failed, modelCall(4, 1, gpt, claude, 900*s)}, 890 * s},
		"each for itself":                {[]any{modelCall(1, 1, gpt, claude, 10*s), modelCall(2, 1, "x/c", "x/b", 300*s), modelCall(3, 1, "x/c", "x/b", 301*s)}, s},
		"no model":                       {[]any{agentchaos.Called{ID: id(1, 0), Target: refund, Preferred: refund, Use: agentchaos.UseWrite, End: s}}, 0},
	} {
		require.Equal(t, c.want, cell(report.CellSpec{}, c.calls...).Away, name)
	}
}

// Five tasks an hour, of whose calls one in fifty is answered by the second model: nobody has to be told. Of
// ten calls in a row somebody has.
func TestSingleFailuresAreNoAbsence(t *testing.T) {
	quiet := func(away func(call int) bool) report.Cell {
		var calls []any
		for n := range 500 {
			task, step := uint32(n/2+1), uint16(n%2+1)
			at := time.Duration(task)*12*time.Minute + time.Duration(step)*10*s
			target := claude
			if away(n) {
				target = gpt
			}
			calls = append(calls, modelCall(task, step, target, claude, at))
		}
		return cell(report.CellSpec{Seed: 1}, calls...)
	}
	warnings := func(c report.Cell) string {
		r := &report.Report{Arms: []report.Arm{report.NewArm("calm", "ours", []report.Cell{c}, report.Options{})}}
		return table(t, r, report.TableOptions{Width: 200})
	}
	single := quiet(func(n int) bool { return n%50 == 7 })
	require.Zero(t, single.Away)
	require.NotContains(t, warnings(single), "warning")
	hour := quiet(func(n int) bool { return n >= 100 && n < 110 })
	require.Equal(t, 48*time.Minute+10*s, hour.Away)
	require.Contains(t, warnings(hour), "warning: calm ours: others answered for the first model for 2890.0s in seed 1 (max_away 300.0s)")
}

// away_time is the longest in any seed; a seed in which no model answers says nothing.
func TestAwayTime(t *testing.T) {
	calm := cell(report.CellSpec{Seed: 1}, modelCall(1, 1, claude, claude, 10*s))
	away := cell(report.CellSpec{Seed: 2}, modelCall(1, 1, gpt, claude, 10*s), modelCall(2, 1, gpt, claude, 70*s))
	silent := cell(report.CellSpec{Seed: 3}, attempt(1, 1, 0, s, agentchaos.Timeout, 0), ended(1, 0, s, agentchaos.Failed))
	require.Equal(t, report.Pass, judged(t, "away_time <= 60s", calm, away, silent).Verdict)
	over := judged(t, "away_time <= 59s", calm, away, silent)
	require.Equal(t, report.Fail, over.Verdict)
	require.Equal(t, 60.0, *over.Value)
	require.Equal(t, 2, over.Seeds)
	require.Equal(t, report.Pass, judged(t, "away_time <= 0s", calm).Verdict)
	require.Equal(t, report.NoData, judged(t, "away_time <= 0s", silent).Verdict)
	_, err := report.ParseGate("during faults away_time <= 60s")
	require.ErrorContains(t, err, "away_time is of the whole run")
}
