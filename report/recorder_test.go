package report_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// laws hold for the numbers of any cell or phase whose tasks have all ended.
func laws(t require.TestingT, n *report.Numbers, faults [2]int64) {
	sum := func(a []int64) (s int64) {
		for _, v := range a {
			s += v
		}
		return s
	}
	c := n.Counts
	require.Equal(t, c[report.Attempts], sum(n.Attempts[:]), "attempts add up by kind")
	require.Equal(t, c[report.Tasks], c[report.TasksCompleted]+c[report.TasksDegraded]+c[report.TasksPartial]+c[report.TasksFailed], "tasks by outcome")
	require.Equal(t, c[report.TasksFailed], sum(n.Failures[:]), "failures by kind")
	require.Equal(t, c[report.StoreFailures], sum(n.Store[:]), "store failures by kind")
	require.Equal(t, c[report.Tasks], n.Latency[report.TaskLatency].Count)
	require.Equal(t, c[report.Calls], n.Latency[report.CallLatency].Count)
	require.Equal(t, c[report.Attempts], n.Latency[report.AttemptLatency].Count)
	require.LessOrEqual(t, c[report.WastedNano], c[report.CostNano])
	served := int64(0)
	for _, s := range n.Served {
		served += s.Calls
	}
	require.Equal(t, c[report.ModelCallsAnswered], served, "answers by model")
	for i, want := range faults {
		require.Equal(t, want, n.Faults[i].Fired(), "every fault that fired has exactly one fate")
	}
	for _, h := range n.Latency {
		buckets := int64(0)
		for i, b := range h.Buckets {
			require.Positive(t, b.Count)
			require.True(t, i == 0 || b.Micros > h.Buckets[i-1].Micros, "buckets rise")
			buckets += b.Count
		}
		require.Equal(t, h.Count, buckets)
	}
}

func TestLaws(t *testing.T) {
	r := report.NewRecorder()
	rapid.Check(t, func(t *rapid.T) {
		w := &toy{
			tasks: rapid.IntRange(0, 90).Draw(t, "tasks"), attempts: rapid.IntRange(1, 4).Draw(t, "attempts"),
			fallback: rapid.Bool().Draw(t, "fallback"),
			faulty:   rapid.Uint64Range(0, 1000).Draw(t, "faulty"), slow: rapid.Uint64Range(0, 1000).Draw(t, "slow"),
		}
		seed := rapid.Uint64().Draw(t, "seed")
		events := w.run(seed)
		r.Start(w.spec(seed))
		var fired, during, after [2]int64
		count := func(by uint8, begin time.Duration) {
			if by == 0 {
				return
			}
			fired[by-1]++
			if begin >= 60*s {
				after[by-1]++
			} else if begin >= 30*s {
				during[by-1]++
			}
		}
		for _, e := range events {
			if a, ok := e.Record.(agentchaos.Attempt); ok {
				count(a.Truth.EndBy, a.Begin)
				count(a.Truth.SlowBy, a.Begin)
			}
			play(r, e.Record)
		}
		c := r.Cell()
		require.EqualValues(t, w.tasks, c.Counts[report.Tasks])
		require.EqualValues(t, w.tasks, c.Counts[report.TasksArrived])
		require.LessOrEqual(t, c.Counts[report.RetriedCalls], c.Counts[report.Retries])
		laws(t, &c.Numbers, fired)
		laws(t, c.During, during)
		laws(t, c.After, after)
	})
}

// What a recorder has done before does not show.
func TestReuse(t *testing.T) {
	w := &toy{tasks: 80, attempts: 3, fallback: true, faulty: 700, slow: 100}
	used := w.cells(3)
	r := report.NewRecorder()
	r.Start(w.spec(3))
	for _, e := range w.run(3) {
		play(r, e.Record)
	}
	require.Equal(t, r.Cell(), used[2])
}

func TestPhasesAreOptional(t *testing.T) {
	w := &toy{tasks: 80, attempts: 2, faulty: 500}
	spec := w.spec(1)
	spec.Phases = false
	r := report.NewRecorder()
	r.Start(spec)
	for _, e := range w.run(1) {
		play(r, e.Record)
	}
	c := r.Cell()
	require.Nil(t, c.During)
	require.Equal(t, w.cells(1)[0].Numbers, c.Numbers, "the whole run is the same either way")
}

// Breakers: how long they were open, and what their half-open state let through.
func TestBreaker(t *testing.T) {
	change := func(at time.Duration, what agentchaos.What) agentchaos.Change {
		return agentchaos.Change{At: at, What: what, Target: claude, ID: id(1, 1)}
	}
	probe := attempt(2, 1, 40*s, 41*s, agentchaos.None, 0)
	late := attempt(1, 1, 5*s, 40*s+1, agentchaos.Timeout, 0)
	next := attempt(3, 1, 41*s, 42*s, agentchaos.None, 0)
	for _, first := range []bool{true, false} {
		records := []any{change(10*s, agentchaos.BreakerOpened), change(40*s, agentchaos.BreakerHalfOpened), late}
		if first { // the probe is reported before the breaker hears of it, or after
			records = append(records, probe, change(41*s, agentchaos.BreakerClosed))
		} else {
			records = append(records, change(41*s, agentchaos.BreakerClosed), probe)
		}
		records = append(records, next, change(50*s, agentchaos.BreakerOpened), agentchaos.Change{At: 60 * s, What: agentchaos.DeadlineHit})
		c := cell(report.CellSpec{Seed: 1}, records...)
		require.EqualValues(t, 1, c.Counts[report.Probes])
		require.EqualValues(t, 40*s, c.Counts[report.OpenTime], "10 to 40, and 50 to the end")
		require.Equal(t, []string{claude}, c.Breakers)
		arm := report.NewArm("x", "y", []report.Cell{c, cell(report.CellSpec{Seed: 2}, report.Arrival{Task: 1, At: 60 * s})}, report.Options{})
		require.InDelta(t, 40./120, arm.Metric("breaker_open_share").Interval.Value, 1e-12, "a seed in which it stayed closed counts")
	}
}

// Two breakers, one of them open half the time, are open a quarter of the time.
func TestTwoBreakers(t *testing.T) {
	change := func(at time.Duration, what agentchaos.What, target string) agentchaos.Change {
		return agentchaos.Change{At: at, What: what, Target: target, ID: id(1, 1)}
	}
	c := cell(report.CellSpec{}, change(0, agentchaos.BreakerOpened, claude), change(0, agentchaos.BreakerOpened, gpt),
		change(0, agentchaos.BreakerHalfOpened, gpt), change(30*s, agentchaos.BreakerHalfOpened, claude), report.Arrival{Task: 1, At: 60 * s})
	a := report.NewArm("x", "y", []report.Cell{c}, report.Options{})
	require.InDelta(t, 0.25, a.Metric("breaker_open_share").Interval.Value, 1e-12)
}

func TestWorstTasks(t *testing.T) {
	twice := func(task uint32, _ agentchaos.Outcome, _ uint16) (int, int) {
		if task == 3 {
			return 1, 0
		}
		return 0, 0
	}
	a := report.NewArm("x", "y", []report.Cell{
		cell(report.CellSpec{Seed: 7, Faults: []string{"stall on primary"}, Settle: twice},
			ended(1, 0, 9*s, agentchaos.Completed),
			attempt(2, 1, 0, s, agentchaos.Timeout, 1), attempt(2, 2, s, 2*s, agentchaos.Timeout, 1), failedCall(2, 0, 2*s, agentchaos.Timeout), ended(2, 0, 2*s, agentchaos.Failed),
			ended(3, 0, 3*s, agentchaos.Degraded)),
		cell(report.CellSpec{Seed: 8, Settle: twice}, ended(1, 0, s, agentchaos.Failed)),
	}, report.Options{})
	worst := func(gate string) string {
		g, err := report.ParseGate(gate)
		require.NoError(t, err)
		w := a.Judge(g, report.Options{}).Worst
		require.NotNil(t, w, gate)
		return w.String()
	}
	require.Equal(t, "seed 7 task 2, 2.0s: failed with timeout in step 1 after 2 attempts, 2 x stall on primary", worst("completion_rate >= 95%"))
	require.Equal(t, "seed 7 task 1, 9.0s: completed in step 1 after 0 attempts", worst("p95(task_latency) <= 1s"))
	require.Equal(t, "seed 7 task 3, 3.0s: degraded in step 1 after 0 attempts", worst("duplicate_effects == 0"))
	g, _ := report.ParseGate("early_retries == 0")
	require.Nil(t, a.Judge(g, report.Options{}).Worst, "nobody retried early")
}

// Hooks allocate nothing once the recorder is warm.
func TestRecorderAllocates(t *testing.T) {
	r, next := warm()
	require.Zero(t, testing.AllocsPerRun(1000, next))
	_ = r
}

// warm is a recorder in mid-cell, and a function that plays one task of two attempts.
func warm() (*report.Recorder, func()) {
	r := report.NewRecorder()
	r.Start((&toy{}).spec(1))
	task := uint32(0)
	next := func() {
		task++
		begin := time.Duration(task%3600) * 25 * time.Millisecond
		r.Arrived(task, begin)
		r.Attempt(attempt(task, 1, begin, begin+s, agentchaos.Timeout, 1))
		r.Change(agentchaos.Change{At: begin + s, What: agentchaos.RetryWait, ID: id(task, 1), Target: claude})
		a := attempt(task, 2, begin+s, begin+2*s, agentchaos.None, 0)
		a.First, a.Truth.Input, a.Truth.Output = 100*time.Millisecond, 100, 100
		r.Attempt(a)
		r.Call(answered(task, claude, begin, begin+2*s))
		r.Task(ended(task, begin, begin+2*s, agentchaos.Completed))
	}
	for range 10000 {
		next()
	}
	return r, next
}

// A task of two attempts with everything that is recorded of it; phases and recovery on.
func BenchmarkRecorder(b *testing.B) {
	_, next := warm()
	b.ReportAllocs()
	for b.Loop() {
		next()
	}
}

func BenchmarkAttempt(b *testing.B) {
	r := report.NewRecorder()
	r.Start(report.CellSpec{Faults: toyFaults})
	n, c := uint32(0), answered(1, claude, 0, s)
	a := attempt(1, 1, 0, s, agentchaos.None, 1)
	a.First = 100 * time.Millisecond
	b.ReportAllocs()
	for b.Loop() {
		n = n%500 + 1
		a.ID.Task, c.ID.Task = n, n
		r.Attempt(a)
		r.Call(c)
	}
}

func BenchmarkCell(b *testing.B) {
	w := &toy{tasks: 300, attempts: 3, fallback: true, faulty: 500, slow: 100}
	events, r := w.run(1), report.NewRecorder()
	b.ReportAllocs()
	for b.Loop() {
		r.Start(w.spec(1))
		for i := range events {
			play(r, events[i].Record)
		}
		r.Cell()
	}
}
