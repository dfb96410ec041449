package published_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// stormFigures is a line of the table: 20 seeds, abandoned work goes on. The tolerances are three standard errors of the
// difference between two such sets, 3·√2·sd, where sd is how the figure varies from set to set; TestAcceptSpread measures it.
type stormFigures struct {
	policy                          string
	completed, completedTol         float64 // percent
	median, medianTol               float64 // recovery in seconds; +Inf: never
	amplification, amplificationTol float64
	least, most                     float64 // goodput in the last 120 s of arrivals; 0: as the stack's, which is what comes
	steps, stepsTol                 []float64
}

const goodputTol = 0.7 // of the least and the most of 20

var never = math.Inf(1)

var stormTable = []stormFigures{
	{
		"no-retry", 86.2, 1.0, 49, 5, 1, 0, 0, 0,
		[]float64{11.2, 11.2, 3.0, 0, 0, 0, 0, 6.5, 13.0, 11.1, 11.5},
		[]float64{0.9, 0.9, 0.5, 0, 0, 0, 0.1, 3.5, 1.5, 0.9, 0.9},
	},
	{
		"naive", 11.5, 0.6, never, 0, 3.66, 0.02, 0, 0,
		[]float64{11.2, 11.2, 3.0, 0, 0, 0, 0, 0, 0, 0, 0},
		[]float64{0.9, 0.9, 0.5, 0, 0, 0, 0, 0, 0, 0, 0},
	},
	{
		"jitter", 11.8, 0.5, never, 0, 3.66, 0.02, 0, 0,
		[]float64{11.2, 11.2, 3.0, 0, 0, 0, 0, 0, 0, 0, 0},
		[]float64{0.9, 0.9, 0.5, 0, 0, 0, 0, 0, 0, 0, 0},
	},
	{"jitter and budget", 77.2, 4.2, 101, 26, 1.07, 0.02, 0, 0, nil, nil},
	{"jitter and breaker", 91.4, 0.5, 20, 2.2, 0.94, 0.01, 0, 0, nil, nil},
	{
		"stack", 91.3, 0.5, 19, 2.2, 0.94, 0.01, 10.5, 12.1,
		[]float64{11.2, 11.2, 3.0, 0, 0, 7.4, 11.0, 10.9, 11.0, 11.3},
		[]float64{0.9, 0.9, 0.5, 0, 0, 0.9, 0.9, 0.9, 0.9, 0.9},
	},
	{"stack with failures: 5", 91.7, 0.4, 17, 2, 0.94, 0.01, 0, 0, nil, nil},
}

var storms = chapter{
	name: "storm",
	kind: own,
	source: `The built-in scenario retry-storm, measured beforehand on an independent simulation (November 2026): 11.2 tasks/s on a provider
that can do 16/s, slow ×5 from 60 s to 90 s, 6000 tasks; 20 seeds, and 5 in the
rows from "seeds from 1001" on. Abandoned work is "run", what nobody waits for any more goes on,
except where it says cancel. The bounds are the scenario's gates, which make accept holds
over 200 seeds. Retries, not the trigger, keep the provider down.`,
	tell: tellStorm,
}

func tellStorm(t *testing.T, b *board) {
	if testing.Short() { // the race detector looks for races, and one seed shows no figures
		tellOtherStorms(t, b, 1)
		return
	}
	s := theStorm(20)
	s.policies = `no-retry, naive, jitter, jitter and budget, jitter and breaker, stack, "stack with failures: 5"`
	groups := s.watch(t)
	for i, want := range stormTable {
		g := &groups[i]
		verdict := recovers
		if want.median == never {
			verdict = collapses
		}
		b.fate(g.Policy, verdict, &g.Arm)
		b.stormFigures(want, g)
	}
	naive, stack := &groups[1], &groups[5]
	b.atMost("naive, best seed: completed", "%.1f%%", 20, slices.Max(completions(&naive.Arm)))
	b.add(claim{
		what: "stack, worst seed: completed", published: "at least 85%", tolerance: "the bound",
		measured: fmt.Sprintf("%.1f%%", slices.Min(completions(&stack.Arm))), holds: slices.Min(completions(&stack.Arm)) >= 85,
	})
	b.atMost("stack, worst seed: recovery_time", "%.0f s", 60, stack.Metric("recovery_time").Worst)
	tellOtherStorms(t, b, 5)
}

func (b *board) stormFigures(want stormFigures, g *group) {
	b.t.Helper()
	name := want.policy + ": "
	b.near(name+"completed", "%.1f%%", want.completed, 100*value(b.t, &g.Arm, "completion_rate"), want.completedTol)
	if want.median != never {
		seconds := g.recoveries(90*time.Second, 11.2)
		b.near(name+"recovery, median", "%.1f s", want.median, median(seconds), want.medianTol)
	}
	b.near(name+"amplification", "%.2f", want.amplification, value(b.t, &g.Arm, "amplification"), want.amplificationTol)
	last := lastTwoMinutes(g.runs)
	if want.median == never {
		b.exact(name+"tasks completed in the last 120 s of arrivals, best seed", "0.00/s", fmt.Sprintf("%.2f/s", slices.Max(last)))
	} else if want.most > 0 {
		b.near(name+"goodput in the last 120 s of arrivals, least of 20", "%.2f/s", want.least, slices.Min(last), goodputTol)
		b.near(name+"goodput in the last 120 s of arrivals, most of 20", "%.2f/s", want.most, slices.Max(last), goodputTol)
	}
	if want.steps != nil {
		b.series(name+"goodput/s in steps of 15 s from 30 s on, trigger in the third and fourth", "%.1f", want.steps, g.steps(len(want.steps)), want.stepsTol)
	}
}

// tellOtherStorms turns what must not matter.
func tellOtherStorms(t *testing.T, b *board, seeds int) {
	type turned struct {
		name  string
		turn  func(*storm)
		exact float64 // recovery of the stack in seconds; 0: it has luck in it
	}
	for _, c := range few([]turned{
		{"seeds from 1001", func(s *storm) { s.first = 1001 }, 0},
		{"arrivals at constant gaps", func(s *storm) { s.burstiness = 0; s.seeds = min(s.seeds, 5) }, 19},
		{"burstiness 1.2", func(s *storm) { s.burstiness = 1.2 }, 0},
		{"burstiness 2", func(s *storm) { s.burstiness = 2 }, 0},
		{"abandoned: cancel", func(s *storm) { s.abandoned = "cancel" }, 0},
	}) {
		s := theStorm(seeds)
		c.turn(&s)
		groups := s.watch(t)
		b.fate(c.name+": naive", collapses, &groups[0].Arm)
		b.fate(c.name+": stack", recovers, &groups[1].Arm)
		if c.exact > 0 {
			worst := slices.Max(groups[1].recoveries(90*time.Second, 11.2))
			b.near(c.name+": stack, recovery", "%.0f s", c.exact, worst, 0)
		}
		b.atMost(c.name+": stack, worst seed: recovery_time", "%.0f s", 60, groups[1].Metric("recovery_time").Worst)
	}
}
