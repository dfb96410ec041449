package harness_test

import (
	"bytes"
	"context"
	"runtime"
	"testing"

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

// The laws of any world, in a busy one in which every fault strikes.
func TestLawsOfTheRecords(t *testing.T) {
	checkLaws(t, busy)
	for _, p := range play(t, busy).Arms {
		for _, f := range p.Total.Faults {
			require.NotZero(t, f.Fired(), f.Fault)
		}
	}
}
