package harness_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// The self-test of the intervals on the whole engine: the known-answer world of report's tests, as a scenario. In each seed
// attempts fail with a probability of its own, drawn from Beta(2, 8); a task has up to three, and nobody waits in line.
const betaWorld = `
version: 1
seeds: 1
models: {x/a: {}}
agents: {one: {arrivals: {rate: 10/s, burstiness: 0}, steps: [{model: {input_tokens: 10, output_tokens: 10}}]}}
policies: {p: {models: [x/a], retry: {attempts: 3}}}
scenarios:
  beta: {agent: one, tasks: 100, faults: [{target: primary, kind: unavailable, when: {probability: 20%}}], policies: [p]}
`

const (
	betaSeeds         = 20
	betaCompletion    = 1 - 2.0*3*4/(10*11*12)     // 1 − E[F³]
	betaAmplification = 1 + 2.0/10 + 2.0*3/(10*11) // 1 + E[F] + E[F²]
)

// betaFault is the fault rate of a seed: the second least of nine uniform draws is Beta(2, 8).
func betaFault(seed uint64) float64 {
	luck := agentchaos.Seed(seed).Derive("fault rate")
	var u [9]float64
	for i := range u {
		u[i] = float64(luck.Nth(uint64(i))>>11) / (1 << 53)
	}
	slices.Sort(u[:])
	return u[1]
}

// betaArms plays the world so many times, from the first replication on: each is an arm of 20 seeds that no other has.
func betaArms(t *testing.T, first, replications int) []report.Arm {
	t.Helper()
	suite, err := scenarios.Load("beta.yaml", []byte(betaWorld), scenarios.Options{})
	require.NoError(t, err)
	var jobs []harness.Job
	for i := range uint64(replications * betaSeeds) {
		seed := 1 + uint64(first*betaSeeds) + i
		sc := suite.Scenarios[0]
		sc.Faults = slices.Clone(sc.Faults)
		p := betaFault(seed)
		sc.Faults[0].When.Probability = &p
		jobs = append(jobs, harness.Job{Scenario: &sc, Arm: &sc.Arms[0], Seed: seed})
	}
	played, err := harness.Run(t.Context(), jobs, harness.Options{})
	require.NoError(t, err)
	var arms []report.Arm
	for group := range slices.Chunk(played, betaSeeds) {
		var cells []report.Cell
		for _, p := range group {
			require.True(t, p.Done)
			cells = append(cells, p.Cell)
		}
		arms = append(arms, report.NewArm("beta", "p", cells, report.Options{}))
	}
	return arms
}

// ofTasks is the interval that takes every task for a world of its own.
func ofTasks(a *report.Arm) report.Interval {
	tasks := a.Total.Counts[report.Tasks]
	success, total := make([]int64, tasks), make([]int64, tasks)
	for i := range total {
		total[i] = 1
		if int64(i) < a.Total.Counts[report.TasksCompleted] {
			success[i] = 1
		}
	}
	return report.Proportion(success, total, 0.05, 20)
}

// tally is how often one interval held the truth, and where its estimates lie.
type tally struct {
	truth                float64
	n                    int
	hits, total, squares float64
}

func (c *tally) add(i report.Interval) {
	d := i.Value - c.truth
	c.n++
	c.total, c.squares = c.total+d, c.squares+d*d
	if i.Low <= c.truth && c.truth <= i.High {
		c.hits++
	}
}

// covers is the share of replications in which the interval held the truth.
func (c *tally) covers() float64 { return c.hits / float64(c.n) }

// aim is by how many standard errors the mean estimate misses the truth.
func (c *tally) aim() float64 {
	d := c.total / float64(c.n)
	return d / math.Sqrt((c.squares/float64(c.n)-d*d)/float64(c.n))
}

// trust judges an interval: it holds the truth as often as asked, within four standard errors of so many replications and
// the published figure's own (of 1,500, rounded to a point).
func (c *tally) trust(asked float64) error {
	tolerance := 4*math.Sqrt(asked*(1-asked)*(1/float64(c.n)+1.0/1500)) + 0.005
	if got := c.covers(); math.Abs(got-asked) > tolerance {
		return fmt.Errorf("holds the truth in %.1f%% of %d, not in %.1f ± %.1f%%", 100*got, c.n, 100*asked, 100*tolerance)
	}
	return nil
}

// betaTallies judge the completion rate by seeds and by tasks, and the amplification.
func betaTallies(t *testing.T, replications int) (seeds, tasks, amplification tally) {
	t.Helper()
	seeds.truth, tasks.truth, amplification.truth = betaCompletion, betaCompletion, betaAmplification
	const batch = 50 // so that memory does not grow with the replications
	for first := 0; first < replications; first += batch {
		for _, a := range betaArms(t, first, min(batch, replications-first)) {
			seeds.add(a.Metric("completion_rate").Interval)
			tasks.add(ofTasks(&a))
			amplification.add(a.Metric("amplification").Interval)
		}
	}
	return seeds, tasks, amplification
}

// What engine, recorder and report measure together has the published coverage (STATISTICS §6, 20 seeds of 100 tasks), and the
// same judgement turns down the interval that takes tasks for the sample.
func TestCoverageOnTheEngine(t *testing.T) {
	replications := 1000
	if testing.Short() {
		replications = 40
	}
	seeds, tasks, amplification := betaTallies(t, replications)
	t.Logf("of %d: completion %.3f, over tasks %.3f, amplification %.3f", replications, seeds.covers(), tasks.covers(), amplification.covers())
	require.NoError(t, seeds.trust(0.982))
	require.NoError(t, amplification.trust(0.94))
	require.Error(t, tasks.trust(0.982))
	require.NoError(t, tasks.trust(0.56))
	require.LessOrEqual(t, math.Abs(seeds.aim()), 4.0, "standard errors")
	require.LessOrEqual(t, math.Abs(amplification.aim()), 4.0, "standard errors")
}

func TestAcceptCoverageOnTheEngine(t *testing.T) {
	asTheCommand(t)
	n := acceptance.Size(4000, 10)
	seeds, tasks, amplification := betaTallies(t, n)
	what := func(s string) string { return fmt.Sprintf("intervals on the engine, %d x 20 seeds, %s", n, s) }
	percent := func(c tally) string { return fmt.Sprintf("%.1f%%", 100*c.covers()) }
	acceptance.Row(t, what("completion"), "at least 96%", percent(seeds), seeds.covers() >= 0.96)
	acceptance.Row(t, what("completion, tasks as the sample"), "below 60%", percent(tasks), tasks.covers() < 0.60)
	acceptance.Row(t, what("amplification"), "92 to 95%", percent(amplification), amplification.covers() >= 0.92 && amplification.covers() <= 0.95)
	for _, c := range []struct {
		what string
		tally
	}{{"mean completion", seeds}, {"mean amplification", amplification}} {
		acceptance.Row(t, what(c.what), fmt.Sprintf("%.7f ± 4 standard errors", c.truth), fmt.Sprintf("%.7f, %+.1f of them", c.truth+c.total/float64(c.n), c.aim()), math.Abs(c.aim()) <= 4)
	}
}
