package scenarios

import (
	"slices"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
)

// Targets are what the scenario's tasks can call in an arm, each once: the models of its chain, best first, if the agent
// asks models at all, those of steps with a chain of their own, the tools and indexes of the agent's steps, in their order;
// and of the agent's own, the process if a fault kills it, and the store if there is one.
func (s *Scenario) Targets(a *Arm) []string {
	var models, own, tools []string
	add := func(to *[]string, names ...string) {
		for _, n := range names {
			if !slices.Contains(*to, n) {
				*to = append(*to, n)
			}
		}
	}
	for _, x := range s.interactions() {
		switch {
		case x.Use != agentchaos.UseModel:
			add(&tools, x.Target)
		case len(x.Models) > 0:
			add(&own, x.Models...)
		default:
			models = a.Settings.Models
		}
	}
	out := slices.Clone(models)
	add(&out, own...)
	add(&out, tools...)
	if s.kills() {
		out = append(out, faults.AgentTarget)
	}
	if a.Settings.Checkpoint != nil || a.Settings.Idempotency != nil {
		out = append(out, faults.StoreTarget)
	}
	return out
}

// kills reports whether a fault strikes the agent's own process.
func (s *Scenario) kills() bool {
	return slices.ContainsFunc(s.Faults, func(r faults.Rule) bool { return r.Target == faults.AgentTarget })
}
