package published_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// latencies are how long each took, sorted: a report's histograms are good to 0.8 %, and some sources to less.
type latencies []time.Duration

// quantile is the shortest that at least the share q took at most.
func (l latencies) quantile(q float64) time.Duration {
	rank := math.Ceil(float64(q*float64(len(l))) - 1e-6)
	return l[max(int(rank)-1, 0)]
}

func (l latencies) mean() time.Duration {
	sum := time.Duration(0)
	for _, d := range l {
		sum += d
	}
	return sum / time.Duration(len(l))
}

// atMost is the share that took no longer.
func (l latencies) atMost(d time.Duration) float64 {
	n, _ := slices.BinarySearch(l, d+1)
	return float64(n) / float64(len(l))
}

// tasksOf plays a file of a single arm and gives the exact latency of every task beside the report's figures.
func tasksOf(t testing.TB, yaml string) (*report.Arm, latencies) {
	t.Helper()
	suite, err := scenarios.Load("published.yaml", []byte(yaml), scenarios.Options{})
	require.NoError(t, err)
	var all latencies
	var played []harness.Played
	for _, job := range harness.Jobs(suite) {
		cell, err := harness.Replay(t.Context(), job, func(e report.Event) {
			if task, ok := e.Record.(agentchaos.Task); ok {
				all = append(all, task.End-task.Begin)
			}
		})
		require.NoError(t, err)
		played = append(played, harness.Played{Cell: cell, Done: true})
	}
	r := harness.Assemble(suite, played)
	require.Len(t, r.Arms, 1)
	slices.Sort(all)
	return &r.Arms[0], all
}
