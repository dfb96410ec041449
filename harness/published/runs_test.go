package published_test

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// A group is one policy of a scenario over all its seeds, with what the report does not keep: when tasks were completed.
type group struct {
	report.Arm
	runs []run // by seed, as Cells
}

// A run is when the tasks of a cell were completed, in order, and how many of them arrived, the last when.
type run struct {
	arrived     int
	completed   []time.Duration
	lastArrival time.Duration
}

// watch plays the arms of a file that has one scenario, in the order of the file. A non-nil change is made to the scenario
// before: what a file cannot say.
func watch(t testing.TB, yaml string, change func(*scenarios.Scenario)) []group {
	t.Helper()
	suite, err := scenarios.Load("published.yaml", []byte(yaml), scenarios.Options{})
	require.NoError(t, err)
	require.Len(t, suite.Scenarios, 1)
	if change != nil {
		change(&suite.Scenarios[0])
	}
	jobs := harness.Jobs(suite)
	cells, runs, errs := make([]report.Cell, len(jobs)), make([]run, len(jobs)), make([]error, len(jobs))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(jobs); i = int(next.Add(1)) - 1 {
				cells[i], errs[i] = harness.Replay(t.Context(), jobs[i], runs[i].see)
			}
		})
	}
	wg.Wait()
	var groups []group
	for i := 0; i < len(jobs); i += suite.Seeds {
		for _, err := range errs[i : i+suite.Seeds] {
			require.NoError(t, err)
		}
		j := jobs[i]
		groups = append(groups, group{report.NewArm(j.Scenario.Name, j.Arm.Policy, cells[i:i+suite.Seeds], report.Options{}), runs[i : i+suite.Seeds]})
	}
	return groups
}

func (r *run) see(e report.Event) {
	switch rec := e.Record.(type) {
	case report.Arrival:
		r.arrived, r.lastArrival = r.arrived+1, rec.At
	case agentchaos.Task:
		if rec.Outcome == agentchaos.Completed {
			r.completed = append(r.completed, rec.End)
		}
	}
}

// goodput is how many tasks a second were completed in [from, until).
func (r *run) goodput(from, until time.Duration) float64 {
	lo, _ := slices.BinarySearch(r.completed, from)
	hi, _ := slices.BinarySearch(r.completed, until)
	return float64(hi-lo) / (until - from).Seconds()
}
