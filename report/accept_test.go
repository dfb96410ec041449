package report_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/stretchr/testify/require"
)

// figures are percentages with a slash between them.
func figures(format string, all []float64) string {
	var s []string
	for _, f := range all {
		s = append(s, fmt.Sprintf(format, f))
	}
	return strings.Join(s, "/")
}

// A standard error is below half a point in every figure: 0.48 where 64 % are covered.
func TestAcceptIntervals(t *testing.T) {
	cover := coverTable(coverSeeds, acceptance.Size(10_000, 50))
	require.Len(t, cover, 7)
	at20 := column(cover, 2)
	acceptance.Row(t, "intervals, 20 seeds", "at least 90% in six of seven worlds", figures("%.1f", at20), atLeast(at20, 90) == 6)
	for i, w := range shares {
		acceptance.Row(t, "intervals, "+w.name+", at 5/10/20/50 seeds", figures("%g", published[i])+", ± 1.5", figures("%.1f", cover[i]),
			farthest(cover[i:i+1], published[i:i+1]) <= 1.5)
	}
}

func TestAcceptKnownWorld(t *testing.T) {
	n := acceptance.Size(10_000, 50)
	for _, c := range []struct {
		what        string
		e           estimator
		w           truth
		least, most float64
	}{
		{"completion, seeds as the sample", korn(20), completed, 96, 100},
		{"completion, tasks as the sample", perTask, completed, 0, 60},
		{"Beta(20, 80), without the cap", korn(math.Inf(1)), mild, 93, 97},
		{"Beta(20, 80), tasks as the sample", perTask, mild, 0, 88},
		{"amplification, seeds as the sample", logT, amplified, 92, 95},
	} {
		p := 100 * covers(c.e, c.w, 20, n)
		acceptance.Row(t, "known answer, "+c.what, fmt.Sprintf("%g to %g%%", c.least, c.most), fmt.Sprintf("%.1f%%", p), c.least <= p && p <= c.most)
	}
	for _, c := range []struct {
		what string
		e    estimator
		w    truth
	}{{"completion", korn(20), completed}, {"amplification", logT, amplified}} {
		mean, se := meanOf(c.e, c.w, 20, n)
		acceptance.Row(t, "known answer, mean "+c.what, fmt.Sprintf("%.7f ± 4 standard errors", c.w.value), fmt.Sprintf("%.7f, %+.1f of them", mean, (mean-c.w.value)/se),
			math.Abs(mean-c.w.value) <= 4*se)
	}
}

func TestAcceptVerdicts(t *testing.T) {
	n := acceptance.Size(4000, 50)
	passes, fails := passTable(t, gateSeeds, n)
	for i, w := range boundary {
		holds := true
		for k, p := range passes[i] {
			holds = holds && math.Abs(p-publishedPasses[i][k]) <= luckOf(publishedPasses[i][k], n) && fails[i][k] <= 2.5
		}
		acceptance.Row(t, "false passes, "+w.name+", at 5/10/20/40/80 seeds", figures("%g", publishedPasses[i])+" but for luck",
			figures("%.1f", passes[i])+", false fails "+figures("%.1f", fails[i]), holds)
	}
}

// How often gates are settled that should be (STATISTICS §1).
func TestAcceptPower(t *testing.T) {
	n := acceptance.Size(2000, 50)
	for _, c := range []struct {
		w         truth
		fail      bool
		seeds     []int
		published []float64
	}{
		{independent("power .9999", 0.9999), false, []int{5, 10, 20}, []float64{0, 0, 100}},
		{independent("power .998", 0.998), false, []int{5, 10, 20, 40}, []float64{0, 0, 0, 100}},
		{clustered("power .998 bb", "", 0.998, 0.01), false, []int{5, 10, 20, 40, 80}, []float64{0, 0, 3, 91, 100}},
		{clustered("power .985 bb", "", 0.985, 0.01), true, []int{5, 10, 20, 40, 80}, []float64{6, 17, 41, 74, 97}},
		{clustered("power .97 bb", "", 0.97, 0.01), true, []int{5, 10, 20}, []float64{66, 98, 100}},
	} {
		var got []float64
		holds := true
		for k, seeds := range c.seeds {
			p, f := verdicts(t, boundaryGate, c.w, seeds, n)
			if c.fail {
				p = f
			}
			got = append(got, 100*p)
			holds = holds && math.Abs(100*p-c.published[k]) <= luckOf(c.published[k], n)
		}
		what := map[bool]string{false: "passes", true: "fails"}[c.fail]
		acceptance.Row(t, fmt.Sprintf("%s of %s, at %v seeds", what, c.w.name, c.seeds), figures("%g", c.published)+" but for luck", figures("%.1f", got), holds)
	}
}

// Six looks share the 5 % (STATISTICS §5).
func TestAcceptSettled(t *testing.T) {
	n := acceptance.Size(2000, 20)
	for i, asked := range []float64{0, 0, 4.7, 2.3, 13.9} {
		p, f := settled(t, boundaryGate, boundary[i], n)
		acceptance.Row(t, "false passes of six looks, "+boundary[i].name, fmt.Sprintf("%g but for luck", asked), fmt.Sprintf("%.1f, false fails %.1f", 100*p, 100*f),
			math.Abs(100*p-asked) <= luckOf(asked, n) && f <= 0.025)
	}
}
