package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/agentchaos/agentchaos/scenarios"
)

// oneScenario is the scenario that is meant: by its name, by a glob that matches no other, or because there is no other.
func oneScenario(suite *scenarios.Suite, want string) (*scenarios.Scenario, error) {
	if want == "" {
		if len(suite.Scenarios) == 1 {
			return &suite.Scenarios[0], nil
		}
		all, what := suite.Scenarios, "the scenarios are:"
		if one := forExec(all); len(one) > 0 && suite.File == builtInName {
			all, what = one, "those of the built-in suite that need one vendor only are:"
		}
		return nil, usagef("--scenario NAME; "+what+"\n"+namesOf(all), "%s has %d scenarios, and serve takes one", suite.File, len(suite.Scenarios))
	}
	var hits []scenarios.Scenario
	for i := range suite.Scenarios {
		sc := &suite.Scenarios[i]
		if sc.Name == want {
			return sc, nil
		}
		ok, err := path.Match(want, sc.Name)
		if err != nil {
			return nil, usagef("quote a name that has brackets with a backslash", "--scenario %q is no glob: %v", want, err)
		}
		if ok {
			hits = append(hits, *sc)
		}
	}
	switch len(hits) {
	case 1:
		return &hits[0], nil
	case 0:
		_, err := suite.Select([]string{want}, nil)
		return nil, usagef("agentchaos list shows the scenarios", "%v", err)
	}
	return nil, usagef("serve takes one:\n"+namesOf(hits), "--scenario %q matches %d scenarios", want, len(hits))
}

func forExec(all []scenarios.Scenario) (out []scenarios.Scenario) {
	for _, sc := range all {
		if sc.Exec {
			out = append(out, sc)
		}
	}
	return out
}

func namesOf(all []scenarios.Scenario) string {
	lines := make([]string, len(all))
	for i, sc := range all {
		lines[i] = strings.TrimRight(fmt.Sprintf("%-18s  %s", sc.Name, sc.About), " ")
	}
	return strings.Join(lines, "\n")
}
