package report

import (
	"strings"

	"github.com/agentchaos/agentchaos"
)

// details adds what is behind the table: for each arm its errors, faults and latencies.
func (r *Report) details(t *text) {
	for i := range r.Arms {
		a := &r.Arms[i]
		t.gap()
		t.addf("%s %s", a.Scenario, a.Policy)
		for _, g := range []grid{a.errorGrid(), a.faultGrid(), a.latencyGrid(), a.servedGrid()} {
			if len(g.rows) == 0 {
				continue
			}
			for _, line := range g.lines() {
				t.add("  " + line)
			}
		}
	}
}

// errorGrid is attempts, final failures, refusals and operations of the store by kind.
func (a *Arm) errorGrid() grid {
	g := grid{head: []string{"ERROR", "ATTEMPTS", "TASKS FAILED", "REFUSED", "STORE"}, right: []bool{false, true, true, true, true}}
	for k := agentchaos.RateLimit; int(k) < agentchaos.Kinds; k++ {
		if e := a.Total.errors(int(k)); e != (errorJSON{}) {
			g.rows = append(g.rows, []string{k.String(), grouped(e.Attempts), grouped(e.Failures), grouped(e.Refused), grouped(e.Store)})
		}
	}
	return g
}

// faultGrid is what became of every injected fault.
func (a *Arm) faultGrid() grid {
	g := grid{head: []string{"FAULT", "FIRED"}, right: []bool{false, true}}
	for _, name := range fateNames {
		g.head = append(g.head, strings.ToUpper(strings.ReplaceAll(name, "_", " ")))
		g.right = append(g.right, true)
	}
	for _, f := range a.Total.Faults {
		row := []string{f.Fault, grouped(f.Fired())}
		for _, n := range f.Fates {
			row = append(row, grouped(n))
		}
		g.rows = append(g.rows, row)
	}
	return g
}

// latencyGrid is the four histograms.
func (a *Arm) latencyGrid() grid {
	g := grid{
		head:  []string{"LATENCY", "COUNT", "MEAN", "P50", "P90", "P95", "P99", "MAX"},
		right: []bool{false, true, true, true, true, true, true, true},
	}
	for i, h := range a.Total.Latency {
		if h.Count == 0 {
			continue
		}
		row := []string{strings.ReplaceAll(latencyNames[i], "_", " "), grouped(h.Count), duration(h.Mean().Seconds())}
		for _, q := range quantileNames {
			row = append(row, duration(h.Quantile(q.tau).Seconds()))
		}
		g.rows = append(g.rows, append(row, duration(h.Max.Seconds())))
	}
	return g
}

// servedGrid is who answered.
func (a *Arm) servedGrid() grid {
	g := grid{head: []string{"SERVED BY", "CALLS"}, right: []bool{false, true}}
	for _, s := range a.Total.Served {
		g.rows = append(g.rows, []string{s.Model, grouped(s.Calls)})
	}
	return g
}
