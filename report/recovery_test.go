package report_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// recoveryOf is a cell in which a task arrives each second up to last and completes at once if ok says so; the fault ends at 60 s.
func recoveryOf(seed uint64, last int, ok func(second int) bool) report.Cell {
	spec := report.CellSpec{Seed: seed, From: 30 * s, Until: 60 * s, Recovery: true}
	var records []any
	for i := 1; i <= last; i++ {
		at := time.Duration(i)*s + s/2
		records = append(records, report.Arrival{Task: uint32(i), At: at})
		o := agentchaos.Failed
		if ok(i) {
			o = agentchaos.Completed
		}
		records = append(records, ended(uint32(i), at, at, o))
	}
	return cell(spec, records...)
}

func TestRecoveryTime(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name string
		last int
		ok   func(int) bool
		want float64 // seconds; NaN: not measured
	}{
		{"was never ill", 120, func(int) bool { return true }, 0},
		{"at once when the fault ends", 120, func(i int) bool { return i >= 60 }, 0},
		{"the window begins where it is well: one failure in 15 is 93 %", 120, func(i int) bool { return i >= 80 }, 19},
		{"two failures in 15 are 87 %", 120, func(i int) bool { return i >= 80 && i%7 != 0 }, inf},
		{"never", 120, func(i int) bool { return i < 60 }, inf},
		{"too few arrivals after the fault to see anything", 74, func(int) bool { return true }, math.NaN()},
		{"the shortest that shows", 75, func(int) bool { return true }, 0},
		{"no arrival after the fault", 50, func(int) bool { return true }, math.NaN()},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := report.NewArm("x", "y", []report.Cell{recoveryOf(1, c.last, c.ok)}, report.Options{})
			m := a.Metric("recovery_time")
			if math.IsNaN(c.want) {
				require.False(t, m.Interval.Known)
				return
			}
			require.True(t, m.Interval.Known)
			require.Equal(t, c.want, m.Worst)
		})
	}
}

// PUBLISHED.md §2.4, trap 5: when arrivals stop, the drained queue completes a last handful at full speed. That is no recovery.
func TestDrainedQueueIsNoRecovery(t *testing.T) {
	spec := report.CellSpec{Until: 60 * s, Recovery: true}
	var records []any
	for i := range 100 {
		records = append(records, report.Arrival{Task: uint32(i + 1), At: time.Duration(i) * s})
	}
	for i := range 100 {
		at := 100*s + time.Duration(i)*s/2
		records = append(records, ended(uint32(i+1), time.Duration(i)*s, at, agentchaos.Completed))
	}
	c := cell(spec, records...)
	require.EqualValues(t, 1, c.Counts[report.NeverRecovered])
	require.EqualValues(t, 0, c.Counts[report.Recovered])
}

// Trap 6: a seed that never recovers violates every upper bound; it is not no data. And no fault with an end is.
func TestRecoveryGate(t *testing.T) {
	g, err := report.ParseGate("recovery_time <= 1h")
	require.NoError(t, err)
	well, ill := func(i int) bool { return i >= 70 }, func(i int) bool { return i < 60 }
	arm := func(cells ...report.Cell) *report.Arm {
		a := report.NewArm("x", "y", cells, report.Options{})
		return &a
	}
	require.Equal(t, report.Pass, arm(recoveryOf(1, 120, well), recoveryOf(2, 120, well)).Judge(g, report.Options{}).Verdict)
	r := arm(recoveryOf(1, 120, well), recoveryOf(2, 120, ill)).Judge(g, report.Options{})
	require.Equal(t, report.Fail, r.Verdict)
	require.Equal(t, 1, r.Never)
	require.EqualValues(t, 2, r.Worst.Seed, "the seed to look at is the one that never recovers")

	// And it meets every lower one: a bound longer than the run asks that no seed recovers.
	storm, err := report.ParseGate("recovery_time >= 10m")
	require.NoError(t, err)
	r = arm(recoveryOf(1, 120, ill), recoveryOf(2, 120, ill)).Judge(storm, report.Options{})
	require.Equal(t, report.Pass, r.Verdict)
	require.Equal(t, "never in 2 seeds", r.Why)
	require.Equal(t, report.Fail, arm(recoveryOf(1, 120, well), recoveryOf(2, 120, ill)).Judge(storm, report.Options{}).Verdict)

	require.Equal(t, report.NoData, arm(cell(report.CellSpec{Recovery: true}, report.Arrival{Task: 1}, ended(1, 0, s, agentchaos.Completed))).Judge(g, report.Options{}).Verdict)
}

func TestGap(t *testing.T) {
	c := cell(report.CellSpec{},
		report.Arrival{Task: 1, At: s}, ended(1, s, 4*s, agentchaos.Completed),
		report.Arrival{Task: 2, At: 5 * s}, ended(2, 5*s, 9*s, agentchaos.Failed),
		report.Arrival{Task: 3, At: 20 * s})
	require.Equal(t, 16*s, c.Gap, "from the completion at 4 s to the last arrival")
}
