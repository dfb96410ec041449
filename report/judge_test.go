package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func gate(t require.TestingT, expr string) Gate {
	g, err := ParseGate(expr)
	require.NoError(t, err)
	return g
}

func seedsFrom(first uint64, n int) []uint64 {
	s := make([]uint64, n)
	for i := range s {
		s[i] = first + uint64(i)
	}
	return s
}

func TestJudgeProportion(t *testing.T) {
	good := repeated(20, 500)
	good[6] = 470
	s := Sample{Seeds: seedsFrom(101, 20), Success: good, Total: repeated(20, 500)}
	for expr, want := range map[string]Verdict{
		"completion_rate >= 95%": Pass, "completion_rate >= 99.9%": Inconclusive, "completion_rate >= 99%": Inconclusive,
		"completion_rate < 90%": Fail, "completion_rate <= 98%": Fail, "completion_rate <= 98.5%": Inconclusive, "completion_rate >= 100%": Fail,
	} {
		r := Judge(gate(t, expr), s, Options{})
		require.Equal(t, want, r.Verdict, "%s %+v", expr, r)
		require.Equal(t, 20, r.Seeds)
		require.Equal(t, 0.997, r.Interval.Value)
		if want != Inconclusive {
			require.Equal(t, 20, r.Settle)
		} else {
			require.Contains(t, append(Looks()[1:], 0), r.Settle)
		}
	}
	seed, ok := Judge(gate(t, "completion_rate >= 99%"), s, Options{}).WorstSeed()
	require.True(t, ok)
	require.Equal(t, uint64(107), seed)
	seed, _ = Judge(gate(t, "retry_rate <= 99%"), s, Options{}).WorstSeed()
	require.Equal(t, uint64(101), seed, "of equal ones the first")
}

func TestJudgeSaysWhy(t *testing.T) {
	one := Sample{Seeds: []uint64{1, 2}, Success: []int64{3, 0}, Total: []int64{3, 0}}
	r := Judge(gate(t, "completion_rate >= 50%"), one, Options{})
	require.Equal(t, Inconclusive, r.Verdict)
	require.Equal(t, "one seed gives no interval; 1 seed had nothing to measure", r.Why)
	require.Equal(t, 20, r.Settle)

	perfect := Sample{Success: repeated(20, 500), Total: repeated(20, 500)}
	r = Judge(gate(t, "completion_rate >= 100%"), perfect, Options{})
	require.Equal(t, Inconclusive, r.Verdict)
	require.Equal(t, "no number of seeds can show it", r.Why)
	r = Judge(gate(t, "completion_rate >= 99.99%"), perfect, Options{})
	require.Equal(t, "more than 640 seeds: the metric sits on the threshold", r.Why)
	_, ok := r.WorstSeed()
	require.False(t, ok, "no seeds were named")
}

// Nothing measured never passes, whatever is asked.
func TestJudgeNoData(t *testing.T) {
	for name, s := range map[string]Sample{
		"nothing":    {},
		"share":      {Success: []int64{0, 0}, Total: []int64{0, 0}},
		"no seeds":   {Success: []int64{}, Total: []int64{}},
		"ratio":      {Num: []float64{0, 0}, Den: []float64{0, 0}},
		"count":      {Count: []int64{}},
		"count of 0": {Count: []int64{0, 0}, Total: []int64{0, 0}},
		"histograms": {Hists: seedsOf(3, nil)},
		"max":        {Max: []float64{math.NaN()}},
		"per seed":   {PerSeed: []float64{math.NaN(), math.NaN()}},
	} {
		for _, expr := range []string{"completion_rate >= 0%", "failed_tasks == 0", "p95(task_latency) <= 1h", "recovery_time <= 1h"} {
			r := Judge(gate(t, expr), s, Options{Unfired: "stall on primary"})
			require.Equal(t, NoData, r.Verdict, "%s: %s", name, expr)
			require.Equal(t, "nothing was measured", r.Why)
			require.Zero(t, r.Settle)
		}
	}
	require.Equal(t, "no fault ends", Judge(gate(t, "recovery_time <= 1h"), Sample{Note: "no fault ends"}, Options{}).Why)
}

func TestJudgeCount(t *testing.T) {
	tasks := repeated(20, 2000)
	clean := Sample{Seeds: seedsFrom(1, 20), Count: make([]int64, 20), Total: tasks}
	r := Judge(gate(t, "duplicate_effects == 0"), clean, Options{})
	require.Equal(t, Pass, r.Verdict)
	require.Equal(t, "none in 20 seeds", r.Why)
	require.Equal(t, 20, r.Settle)

	dirty := Sample{Seeds: seedsFrom(1, 20), Count: make([]int64, 20), Total: tasks}
	dirty.Count[12] = 1
	r = Judge(gate(t, "duplicate_effects == 0"), dirty, Options{})
	require.Equal(t, Fail, r.Verdict, "one violation fails")
	seed, _ := r.WorstSeed()
	require.Equal(t, uint64(13), seed, "and its seed replays it")
	dirty.Count[3] = 2
	for expr, want := range map[string]Verdict{ // the sum over the seeds
		"failed_tasks <= 3": Pass, "failed_tasks <= 2": Fail, "failed_tasks < 3": Fail, "failed_tasks == 3": Pass,
		"failed_tasks >= 3": Pass, "failed_tasks > 3": Fail,
	} {
		r = Judge(gate(t, expr), dirty, Options{})
		require.Equal(t, want, r.Verdict, expr)
		require.Equal(t, Interval{Value: 3, Known: true, Seeds: 20}, r.Interval)
	}
	require.Equal(t, Pass, Judge(gate(t, "failed_tasks == 0"), Sample{Count: []int64{0}}, Options{}).Verdict, "one seed is enough")
}

func TestJudgeRatio(t *testing.T) {
	s := Sample{Seeds: seedsFrom(1, 5), Num: []float64{120, 150, 130, 210, 140}, Den: []float64{100, 110, 105, 95, 120}}
	for expr, want := range map[string]Verdict{
		"amplification <= 2.1": Pass, "amplification <= 1.5": Inconclusive, "amplification <= 0.9": Fail, "amplification >= 0.9": Pass,
	} {
		require.Equal(t, want, Judge(gate(t, expr), s, Options{}).Verdict, expr)
	}
	r := Judge(gate(t, "amplification <= 1.5"), s, Options{})
	seed, _ := r.WorstSeed()
	require.Equal(t, uint64(4), seed)
	seed, ok := r.SpreadSeed()
	require.True(t, ok)
	require.Equal(t, uint64(4), seed)
	two := Sample{Seeds: seedsFrom(1, 2), Num: []float64{1, 2}, Den: []float64{1, 1}}
	_, ok = Judge(gate(t, "amplification <= 1.5"), two, Options{}).SpreadSeed()
	require.False(t, ok, "of two seeds each carries one half")
	one := Judge(gate(t, "amplification <= 1.5"), Sample{Num: []float64{1}, Den: []float64{1}}, Options{})
	require.Equal(t, Inconclusive, one.Verdict)
}

// At its ends: an observation of exactly x is at most x, and not below it.
func TestJudgeQuantileAtTheBoundary(t *testing.T) {
	s := Sample{Hists: seedsOf(20, repeated(100, 2_000_000)), Unit: 1e6}
	for expr, want := range map[string]Verdict{
		"p95(task_latency) <= 2s": Pass, "p95(task_latency) < 2s": Fail, "p95(task_latency) >= 2s": Pass,
		"p95(task_latency) > 2s": Fail, "p95(task_latency) <= 1999999us": Fail, "p95(task_latency) <= 1999999500ns": Fail,
		"p95(task_latency) < 2000000500ns": Pass, "p95(task_latency) >= 1999999500ns": Pass, "p95(task_latency) > 1999999500ns": Pass,
		"p95(task_latency) >= 2000000500ns": Fail,
	} {
		r := Judge(gate(t, expr), s, Options{})
		require.Equal(t, want, r.Verdict, expr)
		require.Equal(t, 2.0, r.Interval.Value, "in seconds")
	}
	few := Judge(gate(t, "p99(task_latency) <= 3s"), Sample{Hists: seedsOf(18, repeated(100, 2)), Unit: 1}, Options{})
	require.Equal(t, Inconclusive, few.Verdict)
	require.True(t, math.IsInf(few.Interval.High, 1))
	require.Equal(t, 20, few.Settle)
	far := Judge(gate(t, "p95(task_latency) <= 2500000h"), s, Options{})
	require.Equal(t, Pass, far.Verdict)
}

// p95 <= x is share(at most x) >= 95 %: one verdict, one settling number, one worst seed.
func TestJudgeQuantileIsJudgeProportion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawObserved(t)
		x := rapid.Int64Range(0, 41).Draw(t, "x")
		below, total := atMost(h, x)
		g := Gate{Metric: "p95", Arg: "task_latency", Op: AtMost, Value: float64(x)}
		a := Judge(g, Sample{Hists: h}, Options{})
		b := Judge(Gate{Metric: "served_rate", Op: AtLeast, Value: 0.95}, Sample{Success: below, Total: total}, Options{})
		require.Equal(t, b.Verdict, a.Verdict)
		require.Equal(t, b.Settle, a.Settle)
		require.Equal(t, b.WorstAt, a.WorstAt)
		strict := Judge(Gate{Metric: "p95", Arg: "task_latency", Op: Above, Value: float64(x)}, Sample{Hists: h}, Options{})
		opposite := map[Verdict]Verdict{Pass: Fail, Fail: Pass}
		if want, decided := opposite[a.Verdict]; decided {
			require.Equal(t, want, strict.Verdict, "p95 > x is the contrary of p95 <= x")
		}
	})
}

func TestJudgeExactPerSeed(t *testing.T) {
	never, none := math.Inf(1), math.NaN()
	s := Sample{Seeds: seedsFrom(1, 5), PerSeed: []float64{10, 20, none, 30, 12}}
	r := Judge(gate(t, "recovery_time <= 30s"), s, Options{})
	require.Equal(t, Pass, r.Verdict)
	require.Equal(t, 16.0, r.Interval.Value, "the median")
	require.Equal(t, 30.0, r.Worst)
	require.Equal(t, 4, r.Seeds)
	require.Equal(t, "1 seed had nothing to measure", r.Why)
	require.Equal(t, Fail, Judge(gate(t, "recovery_time < 30s"), s, Options{}).Verdict, "in every seed")
	require.Equal(t, Pass, Judge(gate(t, "recovery_time >= 10s"), s, Options{}).Verdict)

	s.PerSeed[2] = never
	r = Judge(gate(t, "recovery_time <= 2500000h"), s, Options{})
	require.Equal(t, Fail, r.Verdict, "never is above every bound")
	require.Equal(t, 1, r.Never)
	require.Equal(t, "never in 1 seed", r.Why)
	seed, _ := r.WorstSeed()
	require.Equal(t, uint64(3), seed)

	m := Sample{Seeds: seedsFrom(1, 3), Max: []float64{1, 5, none}}
	require.Equal(t, Pass, Judge(gate(t, "max(task_latency) <= 5s"), m, Options{}).Verdict)
	r = Judge(gate(t, "max(task_latency) < 5s"), m, Options{})
	require.Equal(t, Fail, r.Verdict)
	require.Equal(t, 5.0, r.Interval.Value)
	seed, _ = r.WorstSeed()
	require.Equal(t, uint64(2), seed)
}

func TestJudgeUnfiredFault(t *testing.T) {
	o := Options{Unfired: "stall on primary"}
	s := Sample{Count: []int64{0, 0}}
	r := Judge(gate(t, "failed_tasks == 0"), s, o)
	require.Equal(t, Inconclusive, r.Verdict)
	require.Equal(t, "stall on primary never fired", r.Why)
	require.True(t, r.Unfired)
	require.Zero(t, r.Settle)

	r = Judge(gate(t, "failed_tasks >= 1"), s, o)
	require.Equal(t, Fail, r.Verdict, "one violation fails, whatever has not happened besides")
	require.False(t, r.Unfired)
	require.Empty(t, r.Why)
	bad := Sample{Success: repeated(20, 250), Total: repeated(20, 500)}
	require.Equal(t, Fail, Judge(gate(t, "completion_rate >= 95%"), bad, o).Verdict)
	open := Judge(gate(t, "completion_rate >= 50%"), bad, o)
	require.Equal(t, Inconclusive, open.Verdict)
	require.True(t, open.Unfired, "more seeds would not let it pass")
	require.Zero(t, open.Settle)
	never := Judge(gate(t, "recovery_time >= 1s"), Sample{PerSeed: []float64{math.Inf(1)}}, o)
	require.Equal(t, "stall on primary never fired", never.Why)
	require.Equal(t, Pass, Judge(gate(t, "fired(stall on primary) == 0"), s, o).Verdict, "that is the question itself")
	require.Equal(t, Fail, Judge(gate(t, "fired(stall) >= 1"), s, o).Verdict, "by its kind")
	require.Equal(t, Inconclusive, Judge(gate(t, "fired(slow on primary) == 0"), s, o).Verdict, "of another fault")
}

func TestJudgeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGate(t)
		success, total := seedCounts(t, 0)
		n := len(total)
		num := rapid.SliceOfN(rapid.Float64Range(0, 1e6), n, n).Draw(t, "num")
		den := make([]float64, n)
		for i := range den {
			den[i] = float64(total[i])
		}
		h := drawObserved(t)
		for _, s := range []Sample{
			{Success: success, Total: total}, {Num: num, Den: den}, {Count: success, Total: total}, {Hists: h, Unit: 1e3},
			{Max: num}, {PerSeed: num}, {},
		} {
			r := Judge(g, s, Options{})
			requireSound(t, r.Interval, math.Inf(-1), math.Inf(1))
			require.NotEqual(t, None, r.Verdict)
			require.Equal(t, r.Verdict == NoData, !r.Interval.Known || r.Interval.Seeds == 0 || r.Seeds == 0)
			require.True(t, r.WorstAt < max(n, len(h)) && r.WorstAt >= -1)
			require.False(t, math.IsNaN(r.Worst) || math.IsNaN(r.Spread))
			if r.Verdict == Inconclusive && r.Settle > 0 {
				require.Greater(t, r.Settle, r.Seeds)
			}
		}
	})
}
