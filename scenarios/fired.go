package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentchaos/agentchaos/faults"
)

// firedMetric counts the attempts that a fault changed: fired(stall on primary).
const firedMetric = "fired"

// unfired says which gates of a scenario are on faults that it does not have: `fired(x) == 0` would hold whatever happens.
func (s *gateSet) unfired(d *decoder, where string, rules []faults.Rule) {
	names := ruleNames(rules)
	for _, g := range s.each() {
		if g.Metric == firedMetric && !means(names, g.Arg) {
			d.fail(g.v.node, g.v.path, fmt.Sprintf("no fault of %s is called %s", where, quote(g.Arg)), hintAll(g.Arg, "faults", names))
		}
	}
}

// unfiredAnywhere is the same for gates that hold in every scenario, the file's and those of --gate: one of the scenarios
// must have the fault. For a gate of the file it warns of those that do not; of --gate, [Suite.Select] knows which are meant.
func (l *loader) unfiredAnywhere(f *file, s *Suite) {
	names := faultNames(s.Scenarios)
	for _, g := range f.gates.each() {
		if g.Metric != firedMetric {
			continue
		}
		if !means(names, g.Arg) {
			l.fail(g.v.node, g.v.path, "no fault is called "+quote(g.Arg), hintAll(g.Arg, "faults", names))
			continue
		}
		if g.v.src.name == gateName {
			continue
		}
		var without []string
		for _, sc := range s.Scenarios {
			if !means(ruleNames(sc.Faults), g.Arg) {
				without = append(without, sc.Name)
			}
		}
		if len(without) > 0 {
			l.warn(g.v.node, g.v.path, fmt.Sprintf("no fault is called %s in %s: %s", quote(g.Arg), many(len(without), "scenario"), strings.Join(without, ", ")), "")
		}
	}
}

// faultNames are the names of the faults of all the scenarios, each once.
func faultNames(all []Scenario) []string {
	var out []string
	for _, sc := range all {
		out = append(out, ruleNames(sc.Faults)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func ruleNames(rules []faults.Rule) []string {
	var out []string
	for _, r := range rules {
		out = append(out, r.Name)
	}
	return out
}

// means reports whether fired(NAME) is about one of these faults: by its name, or by its kind for all of that kind.
func means(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return n == name || strings.HasPrefix(n, name+" on ") })
}
