package scenarios

import (
	"fmt"
	"path"
)

// Select is the suite with the scenarios and policies that match one of the globs; no globs: all. Scenarios in which no
// chosen policy is tried are left out. A glob that matches nothing is an error that names what there is.
func (s *Suite) Select(scenarioGlobs, policyGlobs []string) (*Suite, error) {
	var scenarioNames, policyNames []string
	seen := map[string]bool{}
	for _, sc := range s.Scenarios {
		scenarioNames = append(scenarioNames, sc.Name)
		for _, a := range sc.Arms {
			if !seen[a.Policy] {
				policyNames = append(policyNames, a.Policy)
			}
			seen[a.Policy] = true
		}
	}
	keep, err := choose("scenario", scenarioGlobs, scenarioNames)
	if err != nil {
		return nil, err
	}
	keepPolicy, err := choose("policy", policyGlobs, policyNames)
	if err != nil {
		return nil, err
	}
	out := *s
	out.Scenarios = nil
	for _, sc := range s.Scenarios {
		if !keep[sc.Name] {
			continue
		}
		arms := sc.Arms
		sc.Arms = nil
		for _, a := range arms {
			if keepPolicy[a.Policy] {
				sc.Arms = append(sc.Arms, a)
			}
		}
		if len(sc.Arms) > 0 {
			out.Scenarios = append(out.Scenarios, sc)
		}
	}
	if len(out.Scenarios) == 0 {
		return nil, fmt.Errorf("no chosen policy is tried in a chosen scenario")
	}
	for _, g := range s.optionGates {
		if names := faultNames(out.Scenarios); g.Metric == firedMetric && !means(names, g.Arg) {
			return nil, fmt.Errorf("--gate %q: no fault of the chosen scenarios is called %q: %s", g, g.Arg, hintAll(g.Arg, "faults", names))
		}
	}
	return &out, nil
}

var plurals = map[string]string{"scenario": "scenarios", "policy": "policies"}

func choose(what string, globs, names []string) (map[string]bool, error) {
	keep := map[string]bool{}
	for _, n := range names {
		keep[n] = len(globs) == 0
	}
	for _, g := range globs {
		hit := false
		for _, n := range names {
			ok, err := path.Match(g, n)
			if err != nil {
				return nil, fmt.Errorf("--%s %q is no glob: %w", what, g, err)
			}
			if ok {
				keep[n], hit = true, true
			}
		}
		if !hit {
			return nil, fmt.Errorf("--%s %q matches nothing: %s", what, g, hintFor(g, plurals[what], names))
		}
	}
	return keep, nil
}
