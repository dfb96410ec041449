package harness

import (
	"slices"
	"strings"

	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
)

// Assemble makes the report of a suite whose Jobs have been played: the arms with their intervals, and the verdict of every
// gate. Cells that were not played are left out.
func Assemble(s *scenarios.Suite, played []Played) *report.Report {
	r := &report.Report{
		File: s.File, SHA256: s.SHA256,
		Settings: report.Settings{FirstSeed: s.Seed, Seeds: s.Seeds, Level: 0.95, HiddenLoss: s.HiddenLoss, MaxAway: s.MaxAway},
	}
	o := r.Settings.Options()
	next := 0
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		r.Scenarios = append(r.Scenarios, introduce(sc))
		for k := range sc.Arms {
			arm := &sc.Arms[k]
			var cells []report.Cell
			for _, p := range played[next : next+s.Seeds] {
				if p.Done {
					cells = append(cells, p.Cell)
				}
			}
			next += s.Seeds
			if len(cells) == 0 {
				r.Interrupted = true
				continue
			}
			r.Interrupted = r.Interrupted || len(cells) < s.Seeds
			measured := report.NewArm(sc.Name, arm.Policy, cells, o)
			judging := o
			judging.Unfired = unfired(sc, arm, &measured)
			for _, g := range arm.Gates {
				r.Gates = append(r.Gates, measured.Judge(g, judging))
			}
			r.Arms = append(r.Arms, measured)
		}
	}
	r.Warnings = riskWarnings(s)
	return r
}

func introduce(s *scenarios.Scenario) report.Scenario {
	out := report.Scenario{Name: s.Name, About: s.About}
	for _, f := range s.Faults {
		out.Faults = append(out.Faults, scenarios.Describe(f))
	}
	return out
}

// unfired is a fault of the scenario that never changed an attempt in the arm although the arm has a target for it: its
// gates have shown nothing. "": all fired.
func unfired(s *scenarios.Scenario, a *scenarios.Arm, measured *report.Arm) string {
	for _, f := range s.Faults {
		if measured.Fired(f.Name) > 0 {
			continue
		}
		for _, target := range s.Targets(a) {
			if f.Matches(target, primary(a)) {
				return f.Name
			}
		}
	}
	return ""
}

// riskWarnings names the risky settings of the policies that ran, as the first scenario shows them in which there are any.
func riskWarnings(s *scenarios.Suite) []string {
	seen := map[string]bool{}
	var risky []string
	for i := range s.Scenarios {
		for _, a := range s.Scenarios[i].Arms {
			if risks := append(a.Settings.Risks(), a.Settings.RisksWith(s.Scenarios[i].Agent.Agent)...); !seen[a.Policy] && len(risks) > 0 {
				seen[a.Policy] = true
				var paths []string
				for _, r := range risks {
					paths = append(paths, r.Path)
				}
				slices.Sort(paths)
				risky = append(risky, a.Policy+" ("+strings.Join(slices.Compact(paths), ", ")+")")
			}
		}
	}
	if len(risky) == 0 {
		return nil
	}
	return []string{"risky settings in the policies " + strings.Join(risky, ", ") + "; agentchaos check says why"}
}
