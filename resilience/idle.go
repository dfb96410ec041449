package resilience

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/agentchaos/agentchaos"
)

// Idle lists the settings of the policy that can do nothing under the agent's tasks, in the order of its settings. Under
// another agent's they may.
func (p Policy) Idle(a Agent) []Risk {
	var c checker
	most := Most(a.Steps)
	if k := p.Checkpoint; k != nil {
		c.no(k.Every > 1 && k.Every >= most, "checkpoint.every",
			fmt.Sprintf("a task has at most %s, so nothing is kept before it is over: save more often", steps(most)))
	}
	c.no(p.Degrade.Deadline && a.Deadline == 0, "degrade.deadline", "the time of a task without a deadline is never up: give the agent one")
	for _, name := range slices.Sorted(maps.Keys(p.Degrade.Tools)) {
		c.no(!uses(a.Steps, name), "degrade.tools."+path.Base(name), "no step uses "+name)
	}
	kinds := numbered(a.Steps)
	for _, n := range slices.Sorted(maps.Keys(p.Degrade.Steps)) {
		at := fmt.Sprintf("degrade.steps.%d", n)
		c.no(int(n) > most, at, fmt.Sprintf("a task has at most %s", steps(most)))
		c.no(n > 0 && int(n) <= len(kinds) && kinds[n-1].Use == agentchaos.UseModel, at, fmt.Sprintf("step %d is a model's, and without its answer there is none: it fails the task whatever is said", n))
	}
	return c.found
}

func steps(n int) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}

// uses reports whether any step is an interaction with the target.
func uses(steps []Step, target string) (yes bool) {
	Each(steps, func(s *Step) { yes = yes || s.Use != agentchaos.UseModel && s.Target == target })
	return yes
}

// numbered are the interactions whose numbers are the same for every task, in their order: those before the first step of
// which it is drawn how often it is done.
func numbered(steps []Step) (known []*Step) {
	number(steps, &known)
	return known
}

func number(steps []Step, known *[]*Step) bool {
	for i := range steps {
		s := &steps[i]
		if !s.Spread.Zero() {
			return false
		}
		inner := s.Loop
		if len(inner) == 0 {
			inner = s.Parallel
		}
		for range max(s.Times, 1) {
			switch {
			case len(*known) >= maxSteps:
				return false
			case len(inner) == 0:
				*known = append(*known, s)
			case !number(inner, known):
				return false
			}
		}
	}
	return true
}
