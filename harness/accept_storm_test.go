package harness_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// TestAcceptRetryStorm is the built-in scenario over 200 seeds: a storm is one that never ends, and a stack one that stays up.
func TestAcceptRetryStorm(t *testing.T) {
	suite := builtIn(t, scenarios.Options{Seeds: size(200, 2)})
	suite.Scenarios = slices.DeleteFunc(suite.Scenarios, func(s scenarios.Scenario) bool { return s.Name != "retry-storm" })
	require.Len(t, suite.Scenarios, 1)
	played, err := harness.Run(t.Context(), harness.Jobs(suite), harness.Options{})
	require.NoError(t, err)
	r := harness.Assemble(suite, played)
	naive, stack := armOf(t, r, "naive"), armOf(t, r, "stack")

	least, most := completedBySeed(naive)
	recovery := naive.Metric("recovery_time")
	require.Equal(t, len(naive.Cells), recovery.Never)
	row(t, "retry-storm, naive, 200 seeds", "never recovers", fmt.Sprintf("never in %d of %d seeds", recovery.Never, len(naive.Cells)), recovery.Never == len(naive.Cells))
	row(t, "retry-storm, naive, completed", "at most 20% in every seed and over all",
		fmt.Sprintf("%.1f%% to %.1f%%, over all %.1f%%", least, most, 100*value(t, naive, "completion_rate")), most <= 20)

	least, most = completedBySeed(stack)
	recovery = stack.Metric("recovery_time")
	require.True(t, recovery.Interval.Known)
	require.Zero(t, recovery.Never)
	row(t, "retry-storm, stack, 200 seeds", "recovers within 60 s in all", fmt.Sprintf("median %.0f s, worst %.0f s", recovery.Interval.Value, recovery.Worst),
		recovery.Interval.Known && recovery.Never == 0 && recovery.Worst <= 60)
	row(t, "retry-storm, stack, completed", "at least 85% in every seed and over all",
		fmt.Sprintf("%.1f%% to %.1f%%, over all %.1f%%", least, most, 100*value(t, stack, "completion_rate")), least >= 85)
	for _, g := range r.Gates {
		row(t, "retry-storm, gate of "+g.Policy, g.Gate, g.Verdict.String(), g.Verdict == report.Pass)
	}
}

func armOf(t *testing.T, r *report.Report, policy string) *report.Arm {
	for i := range r.Arms {
		if r.Arms[i].Policy == policy {
			return &r.Arms[i]
		}
	}
	require.FailNow(t, "no arm", policy)
	return nil
}

// completedBySeed is the least and the most that a seed completed, in percent.
func completedBySeed(a *report.Arm) (least, most float64) {
	least = math.Inf(1)
	for i := range a.Cells {
		n := &a.Cells[i].Counts
		percent := 100 * float64(n[report.TasksCompleted]) / float64(n[report.Tasks])
		least, most = min(least, percent), max(most, percent)
	}
	return least, most
}

// TestAcceptBronson is the published threshold of 150 queries/s (Bronson et al., HotOS 2021, §2.1): a database good for 300,
// a time-out of 1 s, one retry, an outage of 10 s; 5 seeds of 30 minutes at every load.
func TestAcceptBronson(t *testing.T) {
	const world = `
version: 1
seeds: %d
models:
  db/mysql: {first_token: 50ms, capacity: {concurrency: 15, queue: 3000, abandoned: run}}
agents:
  web: {arrivals: {rate: %d/s, burstiness: 1}, steps: [model: {input_tokens: 1, output_tokens: 1}]}
policies:
  client: {models: [db/mysql], timeout: {attempt: 1s}, retry: {attempts: 2}}
scenarios:
  outage:
    agent: web
    duration: %v
    faults: [{target: db/mysql, kind: slow, factor: 100, when: {from: 60s, until: 70s}}]
    policies: [client]
`
	// published is the median recovery in seconds of an independent simulation, and tolerance three standard errors of the
	// difference of two medians of 5 seeds; 0: it never recovers.
	type load struct{ rate, published, tolerance int }
	for _, c := range size(
		[]load{{100, 14, 3}, {140, 121, 39}, {145, 261, 100}, {147, 436, 200}, {149, 1207, 780}, {151, 0, 0}, {153, 0, 0}, {155, 0, 0}, {160, 0, 0}},
		[]load{{100, 14, 3}, {160, 0, 0}},
	) {
		a := playOne(t, fmt.Sprintf(world, size(5, 1), c.rate, size(30*time.Minute, 3*time.Minute)))
		m, what := a.Metric("recovery_time"), fmt.Sprintf("Bronson et al., %d queries/s", c.rate)
		require.True(t, m.Interval.Known)
		seeds := len(a.Cells)
		if c.published == 0 {
			row(t, what, "never recovers", fmt.Sprintf("never in %d of %d seeds", m.Never, seeds), m.Never == seeds)
			require.NotZero(t, m.Never)
			continue
		}
		asked, most := "in every seed", 0
		if c.rate == 149 { // so near the threshold one seed of the published five did not within the 30 minutes
			asked, most = "in all seeds but at most one", 1
		}
		row(t, what, fmt.Sprintf("recovers %s, median %d ± %d s", asked, c.published, c.tolerance),
			fmt.Sprintf("in %d of %d seeds, median %.0f s", seeds-m.Never, seeds, m.Interval.Value),
			m.Never <= most && math.Abs(m.Interval.Value-float64(c.published)) <= float64(c.tolerance))
		require.Less(t, m.Never, seeds)
	}
}
