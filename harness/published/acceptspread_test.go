package published_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/stretchr/testify/require"
)

// TestAcceptSpread measures the standard deviations that the tolerances of the chapters are made of. It prints each, and holds
// the one used to three standard errors of what n figures say: within a factor exp(3/√(2(n−1))), and half of its last digit.
func TestAcceptSpread(t *testing.T) {
	t.Run("storm", spreadStorm)
	t.Run("herd", spreadHerd)
	t.Run("rest", spreadRest)
}

// spread holds what is used to the figures; digit is the last of it, such as 0.1.
func spread(t *testing.T, what string, used, digit float64, s sample) {
	t.Helper()
	require.Greater(t, len(s), 1)
	sd, factor := s.sd(), math.Exp(3/math.Sqrt(2*float64(len(s)-1)))
	holds := used+digit/2 >= sd/factor && used-digit/2 <= sd*factor
	acceptance.Row(t, what+": sd", fmt.Sprintf("%.4g", used), fmt.Sprintf("%.4g, of %d", sd, len(s)), holds)
}

// spreadStorm is of sets of 20 seeds.
func spreadStorm(t *testing.T) {
	set := acceptance.Size(20, 1)
	s := theStorm(acceptance.Size(50, 2) * set)
	three := 3 * math.Sqrt2 // a tolerance, in standard deviations of a set
	for _, want := range acceptance.Size(stormTable, stormTable[5:6]) {
		s.policies = `"` + want.policy + `"`
		g := s.watch(t)[0]
		each, seconds, last := completions(&g.Arm), g.recoveries(stormBegins+s.trigger, s.rate), lastTwoMinutes(g.runs)
		var completed, medians, least, most sample
		steps := make([]sample, len(want.steps))
		for i := 0; i < len(g.runs); i += set {
			completed = append(completed, sample(each[i:i+set]).mean())
			medians = append(medians, median(seconds[i:i+set]))
			least, most = append(least, slices.Min(last[i:i+set])), append(most, slices.Max(last[i:i+set]))
			of := group{runs: g.runs[i : i+set]}
			for k, x := range of.steps(len(steps)) {
				steps[k] = append(steps[k], x)
			}
		}
		spread(t, want.policy+", completed, %", want.completedTol/three, .1/three, completed)
		if want.median != never {
			spread(t, want.policy+", median recovery, s", want.medianTol/three, 1/three, medians)
		}
		if want.most > 0 {
			spread(t, want.policy+", goodput at the end, least", goodputTol/three, .1/three, least)
			spread(t, want.policy+", goodput at the end, most", goodputTol/three, .1/three, most)
		}
		for k := range steps {
			spread(t, fmt.Sprintf("%s, goodput of step %d", want.policy, k), want.stepsTol[k]/three, .1/three, steps[k])
		}
	}
}

// spreadHerd is of single seeds.
func spreadHerd(t *testing.T) {
	s := theStorm(1)
	s.policies = `stack, "stack with failures: 5", naive`
	sc, policies := loadOne(t, s.yaml())
	each := func(in inside) (percent sample) {
		for _, r := range in.play(t, acceptance.Size(20, 2)) {
			percent = append(percent, completed([]run{r}))
		}
		return percent
	}
	spread(t, "a refusal ends the call, completed, %", herdSD.ends, .1, each(inside{Scenario: sc, policy: policies[0]}))
	spread(t, "the herd, completed, %", herdSD.again, .1, each(inside{Scenario: sc, policy: policies[0], askAgain: 5 * time.Second}))
	spread(t, "the herd, failures: 5, completed, %", herdSD.five, .1, each(inside{Scenario: sc, policy: policies[1], askAgain: 5 * time.Second}))
	spread(t, "the herd, line moves up, completed, %", herdSD.movesUp, .1, each(inside{Scenario: sc, policy: policies[0], askAgain: 5 * time.Second, movesUp: true}))
	models := sc.Models
	for _, c := range acceptance.Size(servicesMovingUp[:3], nil) {
		sc.Models = servicesVary(t, models, c.cv)
		last := lastTwoMinutes(inside{Scenario: sc, policy: policies[2], movesUp: true}.play(t, 20))
		spread(t, fmt.Sprintf("line moves up, coefficient of variation %v, goodput", c.cv), c.sd, .01, last)
	}
}

func spreadRest(t *testing.T) {
	r := collapseRuns(t, collapseSpike, "backoff", acceptance.Size(40, 2))
	spread(t, "collapse, goodput of a run that stays up", collapseSD, .1, r.up)
	seeds := acceptance.Size(40, 2)
	open, one, ten := make(sample, seeds), make(sample, seeds), make(sample, seeds)
	for i := range seeds {
		r := play(t, fmt.Sprintf("seed: %d\n", i+1)+fmt.Sprintf(omissionWorld, 1, omissionRun()))
		open[i], one[i], ten[i] = omissionP99(t, r, "open"), omissionP99(t, r, "closed-1"), omissionP99(t, r, "closed-10")
	}
	spread(t, "omission, open p99, s", omissionSD.open, .001, open)
	spread(t, "omission, one client, p99, s", omissionSD.one, .0001, one)
	spread(t, "omission, ten clients, p99, s", omissionSD.ten, .0001, ten)

	var at100, at140, line sample
	for i := range acceptance.Size(12, 0) {
		rates, inverse := sample{}, sample{}
		for _, c := range []bronsonLoad{{rate: 100, length: 5 * time.Minute}, {rate: 140, length: 8 * time.Minute}, {rate: 145, length: 12 * time.Minute}, {rate: 147, length: 20 * time.Minute}} {
			a := playOne(t, fmt.Sprintf("seed: %d\n", 5*i+1)+bronson{c.rate, 2, 5, c.length}.yaml())
			seconds := value(t, a, "recovery_time")
			switch c.rate {
			case 100:
				at100 = append(at100, seconds)
				continue
			case 140:
				at140 = append(at140, seconds)
			}
			rates, inverse = append(rates, float64(c.rate)), append(inverse, 1/seconds)
		}
		line = append(line, zeroOf(rates, inverse))
	}
	if *acceptance.Full {
		spread(t, "Bronson, median of 5 seeds at 100/s, s", 3/(3*math.Sqrt2), 1/(3*math.Sqrt2), at100)
		spread(t, "Bronson, median of 5 seeds at 140/s, s", 39/(3*math.Sqrt2), 1/(3*math.Sqrt2), at140)
		spread(t, "Bronson, where the line crosses, /s", 1.7/3, .1/3, line)
	}
}
