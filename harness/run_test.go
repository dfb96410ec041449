package harness_test

import (
	"bytes"
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// busy uses everything at once, small.
const busy = `
version: 1
seeds: 3
scenarios:
  storm:
    agent: support
    tasks: 60
    faults:
      - {target: primary, kind: rate_limit, requests_per_minute: 60, when: {from: 5s, until: 20s}}
      - {target: "*/*", kind: overloaded, delay: 50ms, when: {probability: 5%}}
      - {target: primary, kind: stall, at: 40%, when: {probability: 5%}}
      - {target: primary, kind: malformed, variant: wrong_type, when: {probability: 5%}}
      - {target: "tool/*", kind: tool_error, when: {probability: 5%}}
    policies: [bare, recipe, reference]
    gates: {reference: [after faults completion_rate >= 50%, during faults p95(task_latency) <= 10m]}
`

func loadSuite(t testing.TB, yaml string, o scenarios.Options) *scenarios.Suite {
	t.Helper()
	suite, err := scenarios.Load("test.yaml", []byte(yaml), o)
	require.NoError(t, err)
	return suite
}

func asJSON(t testing.TB, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.JSON(&b, true))
	return b.String()
}

func TestAnyNumberOfWorkersGivesTheSameBytes(t *testing.T) {
	one := asJSON(t, playWith(t, busy, harness.Options{Parallel: 1}))
	for _, procs := range []int{1, 2, 5} {
		t.Run("", func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			for _, parallel := range []int{1, 3, 16} {
				got := asJSON(t, playWith(t, busy, harness.Options{Parallel: parallel}))
				require.True(t, one == got, "GOMAXPROCS %d, %d workers", procs, parallel)
			}
		})
	}
}

// A cell gives the same numbers in a world that has played others and in a fresh one.
func TestReusedWorldsLeaveNoTrace(t *testing.T) {
	jobs := harness.Jobs(loadSuite(t, busy, scenarios.Options{}))
	played, err := harness.Run(t.Context(), jobs, harness.Options{Parallel: 1})
	require.NoError(t, err)
	for i, j := range jobs {
		fresh, err := harness.Replay(t.Context(), j, nil)
		require.NoError(t, err)
		require.Equal(t, fresh, played[i].Cell, j.String())
	}
}

func TestInterruptionKeepsWhatIsDone(t *testing.T) {
	suite := loadSuite(t, busy, scenarios.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	played, err := harness.Run(ctx, harness.Jobs(suite), harness.Options{Parallel: 1, Progress: func(done int) {
		if done == 4 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	done := 0
	for _, p := range played {
		if p.Done {
			done++
		}
	}
	require.GreaterOrEqual(t, done, 4)
	require.Less(t, done, len(played))
	r := harness.Assemble(suite, played)
	require.True(t, r.Interrupted)
	require.Equal(t, 130, r.Exit())
	require.NotEmpty(t, r.Arms)
}

func TestNoGoroutineStaysBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	play(t, busy)
	for range 1_000_000 { // the workers' own goroutines end on their own time
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

// The laws that hold on every run, whatever the policy.
func TestLawsOfTheRecords(t *testing.T) {
	for _, j := range harness.Jobs(loadSuite(t, busy, scenarios.Options{})) {
		var attempts []agentchaos.Attempt
		var opened []agentchaos.Change
		arrived := map[uint32]time.Duration{}
		cell, err := harness.Replay(t.Context(), j, func(e report.Event) {
			switch r := e.Record.(type) {
			case report.Arrival:
				arrived[r.Task] = r.At
			case agentchaos.Attempt:
				attempts = append(attempts, r)
			case agentchaos.Change:
				if r.What == agentchaos.BreakerOpened {
					opened = append(opened, r)
				}
			}
		})
		require.NoError(t, err)
		for _, a := range attempts {
			require.Less(t, a.Begin, arrived[a.ID.Task]+j.Scenario.Agent.Deadline, "an attempt at or after the deadline")
			for _, b := range opened {
				inside := a.Target == b.Target && a.Begin > b.At && a.Begin < b.At+b.For
				require.False(t, inside, "an attempt at %v on a breaker open since %v", a.Begin, b.At)
			}
		}
		checkCounts(t, &cell)
	}
}

func checkCounts(t *testing.T, cell *report.Cell) {
	t.Helper()
	c := cell.Counts
	require.Equal(t, c[report.TasksArrived], c[report.Tasks], "arrivals are ended, when the world is over")
	require.Equal(t, c[report.Tasks], c[report.TasksCompleted]+c[report.TasksDegraded]+c[report.TasksPartial]+c[report.TasksFailed])
	sum := int64(0)
	for _, n := range cell.Attempts {
		sum += n
	}
	require.Equal(t, c[report.Attempts], sum, "every attempt has one kind")
	require.Zero(t, c[report.Early], "Retry-After is honoured")
	require.Zero(t, c[report.Duplicates], "a failed tool has done nothing here")
	for _, f := range cell.Faults {
		require.NotZero(t, f.Fired(), f.Fault)
	}
}
