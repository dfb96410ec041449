package scenarios

import (
	"slices"

	"github.com/agentchaos/agentchaos"
)

// Targets are what the scenario's tasks can call in an arm, each once: the models of its chain, best first, if the agent
// asks models at all, and the tools and indexes of the agent's steps, in their order.
func (s *Scenario) Targets(a *Arm) []string {
	var models, tools []string
	for _, step := range s.Agent.Steps {
		switch {
		case step.Use == agentchaos.UseModel:
			models = a.Settings.Models
		case !slices.Contains(tools, step.Target):
			tools = append(tools, step.Target)
		}
	}
	return slices.Concat(models, tools)
}
