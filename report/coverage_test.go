package report_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/agentchaos/agentchaos/report"
)

// An estimator makes an interval of what seeds counted.
type estimator func(part, of []int64) report.Interval

// korn is what gates use, with its cap of effective tasks a seed; +Inf: without.
func korn(perSeed float64) estimator {
	return func(part, of []int64) report.Interval { return report.Proportion(part, of, 0.05, perSeed) }
}

// logT is the interval of ratios.
func logT(part, of []int64) report.Interval {
	num, den := make([]float64, len(of)), make([]float64, len(of))
	for s := range of {
		num[s], den[s] = float64(part[s]), float64(of[s])
	}
	return report.Ratio(num, den, 0.05)
}

// perTask is what we do not do: the textbook's Clopper-Pearson interval, of the tasks of all seeds in one heap.
func perTask(part, of []int64) report.Interval {
	c, n := sum(part), sum(of)
	i := report.Interval{Value: c / n, Low: 0, High: 1, Known: true, Bounded: true, Seeds: len(of)}
	if c > 0 {
		i.Low = distuv.Beta{Alpha: c, Beta: n - c + 1}.Quantile(0.025)
	}
	if c < n {
		i.High = distuv.Beta{Alpha: c + 1, Beta: n - c}.Quantile(0.975)
	}
	return i
}

// perTaskMean is the same mistake for a mean over tasks, of which variance is that of a single one.
func perTaskMean(variance float64) estimator {
	return func(part, of []int64) report.Interval {
		n := sum(of)
		mean, half := sum(part)/n, 1.96*math.Sqrt(variance/n)
		return report.Interval{Value: mean, Low: mean - half, High: mean + half, Known: true, Bounded: true, Seeds: len(of)}
	}
}

func sum(counts []int64) float64 {
	all := int64(0)
	for _, c := range counts {
		all += c
	}
	return float64(all)
}

// sample draws some seeds of the world into part and of.
func (w truth) sample(r *rand.Rand, part, of []int64) {
	for s := range of {
		part[s], of[s] = w.draw(r)
	}
}

// covers is in what share of the replications the interval over n seeds of the world holds its truth.
func covers(e estimator, w truth, n, replications int) float64 {
	hits, r := 0, luck(w.name)
	part, of := make([]int64, n), make([]int64, n)
	for range replications {
		w.sample(r, part, of)
		if i := e(part, of); i.Low <= w.value && w.value <= i.High {
			hits++
		}
	}
	return float64(hits) / float64(replications)
}

// trust is the judgement on an interval, ours or another: over 20 seeds of the world it must hold the truth in between
// least and most of the replications.
func trust(e estimator, w truth, replications int, least, most float64) error {
	if c := covers(e, w, 20, replications); c < least || c > most {
		return fmt.Errorf("%s: holds the truth in %.1f%% of %d replications, not in %.1f%% to %.1f%%", w.name, 100*c, replications, 100*least, 100*most)
	}
	return nil
}

// standardError is that of a share p counted in so many replications.
func standardError(p float64, replications int) float64 {
	return math.Sqrt(p * (1 - p) / float64(replications))
}

// The self-test of STATISTICS §6: what our intervals promise, they keep in a world with a known answer; the same judgement
// turns down the interval that takes tasks for the sample. 1,000 replications of 20 seeds of 100 tasks.
func TestIntervalsInAKnownWorld(t *testing.T) {
	replications, slack := 1000, 0.0
	if testing.Short() {
		replications, slack = 200, 0.03 // two or three standard errors
	}
	for _, c := range []struct {
		ours, naive estimator
		truth
		least, most float64
	}{
		{korn(20), perTask, completed, 0.96, 1},
		{korn(math.Inf(1)), perTask, mild, 0.93, 0.97},
		{logT, perTaskMean(attemptsVariance), amplified, 0.92, 0.95},
	} {
		require.NoError(t, trust(c.ours, c.truth, replications, c.least-slack, c.most+slack))
		require.Error(t, trust(c.naive, c.truth, replications, c.least-slack, c.most+slack))
	}
}

// attemptsVariance is that of a task's attempts in the known world: E[a²] = 1 + 3·E[F] + 5·E[F²].
var attemptsVariance = 1 + 3*2.0/10 + 5*2.0*3/(10*11) - amplified.value*amplified.value

// How wrong it is to take tasks for the sample: intervals that promise 95 % and hold about half of the time.
func TestIntervalsOverTasksAreFarTooShort(t *testing.T) {
	const replications = 500
	require.Less(t, covers(perTask, completed, 20, replications), 0.60)
	require.Less(t, covers(perTask, mild, 20, replications), 0.88)
	require.Less(t, covers(perTaskMean(attemptsVariance), amplified, 20, replications), 0.50)
}

// The estimates of the known worlds aim at the truth: within four standard errors of their mean.
func TestEstimatesAimAtTheTruth(t *testing.T) {
	for _, c := range []struct {
		estimator
		truth
	}{{korn(20), completed}, {logT, amplified}, {korn(20), mild}} {
		mean, se := meanOf(c.estimator, c.truth, 20, 500)
		require.InDelta(t, c.value, mean, 4*se, c.name)
	}
}

// meanOf is the mean of the estimates and its standard error.
func meanOf(e estimator, w truth, n, replications int) (mean, se float64) {
	r, total, squares := luck(w.name), 0.0, 0.0
	part, of := make([]int64, n), make([]int64, n)
	for range replications {
		w.sample(r, part, of)
		d := e(part, of).Value - w.value
		total, squares = total+d, squares+d*d
	}
	k := float64(replications)
	d := total / k
	return w.value + d, math.Sqrt((squares/k - d*d) / k)
}
