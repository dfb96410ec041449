package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// judged is the result of a gate on an arm of such cells.
func judged(t require.TestingT, gate string, cells ...report.Cell) report.GateResult {
	g, err := report.ParseGate(gate)
	require.NoError(t, err)
	a := report.NewArm("x", "y", cells, report.Options{})
	return a.Judge(g, report.Options{})
}

// Without any fault nothing is during or after one, and what is asked of it has no answer. A fault that never ends is another
// thing: from its beginning on everything is during it.
func TestFaultless(t *testing.T) {
	records := []any{
		report.Arrival{Task: 1}, attempt(1, 1, 0, s, agentchaos.None, 0), answered(1, claude, 0, s), ended(1, 0, s, agentchaos.Completed),
	}
	faultless := cell(report.CellSpec{Phases: true, Faultless: true}, records...)
	endless := cell(report.CellSpec{Phases: true, Faults: []string{"stall"}}, records...)
	for _, gate := range []string{
		"during faults failed_tasks == 0", "during faults completion_rate >= 1%", "during faults errors(timeout) == 0",
		"during faults max(task_latency) <= 1h", "during faults amplification <= 2", "after faults failed_tasks == 0",
	} {
		r := judged(t, gate, faultless, faultless)
		require.Equal(t, report.NoData, r.Verdict, gate)
		require.Contains(t, []string{"nothing was measured during faults", "nothing was measured after faults"}, r.Why)
	}
	require.EqualValues(t, 1, faultless.Counts[report.Tasks])
	require.Equal(t, report.Pass, judged(t, "failed_tasks == 0", faultless).Verdict)
	require.Equal(t, report.Pass, judged(t, "during faults failed_tasks == 0", endless).Verdict)
}

// What the scenario does not have has not shown by its silence that it does no harm.
func TestFiredOfAnUnknownFault(t *testing.T) {
	c := cell(report.CellSpec{Faults: []string{"stall on primary", "slow on tool/x"}}, attempt(1, 1, 0, s, agentchaos.None, 1))
	for gate, want := range map[string]report.Verdict{
		"fired(stall on primary) == 1": report.Pass, "fired(stall) == 1": report.Pass, "fired(slow) == 0": report.Pass,
		"fired(stal) == 0": report.NoData, "fired(stall on) == 0": report.NoData, "fired(stall on openai/*) == 0": report.NoData,
	} {
		require.Equal(t, want, judged(t, gate, c).Verdict, gate)
	}
	r := judged(t, "fired(x) == 0", c)
	require.Equal(t, "no fault is called x: the scenario has stall on primary, slow on tool/x", r.Why)
	r = judged(t, "fired(x) == 0", cell(report.CellSpec{}, attempt(1, 1, 0, s, agentchaos.None, 0)))
	require.Equal(t, "no fault is called x: the scenario has none", r.Why)
}

// The quantile of what ran into a limit meets a gate at that limit, over several seeds, and in files.
func TestQuantileGateAtTheLimit(t *testing.T) {
	cellOf := func(seed uint64) report.Cell {
		var records []any
		for i := uint32(1); i <= 50; i++ {
			records = append(records, ended(i, 0, s, agentchaos.Completed))
		}
		records = append(records, ended(99, 0, 10*s, agentchaos.Failed)) // so that a second is not the longest
		return cell(report.CellSpec{Seed: seed}, records...)
	}
	var cells []report.Cell
	for seed := range uint64(20) {
		cells = append(cells, cellOf(seed))
	}
	for gate, want := range map[string]report.Verdict{
		"p50(task_latency) <= 1s": report.Pass, "p50(task_latency) < 1s": report.Fail, "p50(task_latency) >= 1s": report.Pass,
		"p50(task_latency) <= 999999us": report.Fail, "p50(task_latency) > 1s": report.Fail,
	} {
		r := judged(t, gate, cells...)
		require.Equal(t, want, r.Verdict, gate)
		require.Equal(t, []float64{1, 1, 1}, []float64{*r.Value, *r.Low, *r.High}, gate)
	}
	a := report.NewArm("x", "y", cells, report.Options{})
	require.Contains(t, string(encoded(t, &report.Report{Arms: []report.Arm{a}}, true)), `"p50": 1,`)
}
