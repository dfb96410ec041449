package scenarios

import (
	"fmt"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/resilience"
)

// resolve makes the scenario that runs of the one that was read.
func (l *loader) resolve(f *file, name string, sc *scenario) Scenario {
	out := Scenario{Name: name, About: sc.about, Exec: sc.exec, Agent: sc.agent.Agent}
	out.Tasks, out.Duration = l.length(f, sc)
	out.Faults, out.Answers = sc.rules(), slices.Concat(sc.answers, f.answers)
	out.Tools = map[string]faults.Tool{}
	for _, toolName := range l.tools.names() {
		if t := l.tools.use(&l.decoder, toolName); t != nil {
			out.Tools[t.target(toolName)] = t.Tool
		}
	}
	out.Models = map[string]faults.Model{}
	review := reviewed{scenario: sc}
	for _, p := range l.arms(sc) {
		entry := l.policies.use(&l.decoder, p.text)
		if entry == nil {
			continue
		}
		arm, why := Arm{Policy: p.text, Extends: l.policies.extension(p.text), Settings: entry.Policy}, reviewedArm{policy: entry, name: p.text}
		seen := map[report.Gate]bool{}
		for _, g := range append(sc.gates.of(p.text), f.gates.of(p.text)...) {
			demand := g.Gate
			demand.Source = "" // >=0.95 is >= 95%
			if !seen[demand] {
				seen[demand] = true
				arm.Gates, why.gates = append(arm.Gates, g.Gate), append(why.gates, g)
			}
		}
		out.Arms, review.arms = append(out.Arms, arm), append(review.arms, why)
		for _, m := range append(slices.Clone(entry.Models), ownModels(&out)...) {
			if t := l.models.use(&l.decoder, l.matchModel(m)); t != nil {
				out.Models[m] = *t
			}
		}
	}
	if len(out.Arms) == 0 && len(l.problems) == 0 {
		l.fail(sc.place.node, sc.place.path, "there is no policy to try", "give the scenario policies, or the file")
	}
	l.idle(sc, &out)
	l.dry(sc, &out)
	review.out = out
	l.reviews = append(l.reviews, review)
	return out
}

// ownModels are those of steps that have a chain of their own.
func ownModels(s *Scenario) (models []string) {
	resilience.Each(s.Agent.Steps, func(x *step) { models = append(models, x.Models...) })
	return models
}

// length is Tasks and Duration of a scenario: its own, else the file's, else the default; --tasks replaces all of them.
func (l *loader) length(f *file, sc *scenario) (int, time.Duration) {
	switch {
	case l.options.Tasks > 0:
		return l.options.Tasks, 0
	case sc.tasks > 0 || sc.duration > 0:
		return sc.tasks, sc.duration
	case f.tasks > 0 || f.duration > 0:
		return f.tasks, f.duration
	}
	last := time.Duration(0)
	for _, x := range sc.faults {
		last = max(last, x.When.Until)
	}
	if last > 0 {
		last += defaultTail
	}
	profile := sc.agent.Arrivals.Profile
	last = max(last, profile.length())
	if profile.dries() {
		return 0, last
	}
	return defaultTasks, last
}

// arms are the names of a scenario's policies: of a file without scenarios all its own; else those the scenario names, or
// else all the file's own.
func (l *loader) arms(sc *scenario) []*node {
	var own []*node
	for _, e := range l.ownPolicies {
		if !ignored(e.key.text) {
			own = append(own, e.key)
		}
	}
	if sc.policies == nil || l.ownScenarios == nil && len(own) > 0 {
		return own
	}
	var out []*node
	seen := map[string]bool{}
	for _, v := range sc.policies {
		if !seen[v.text] {
			out = append(out, v.node)
		}
		seen[v.text] = true
	}
	return out
}

// idle warns of gates in a scenario for policies that it does not try. Those of a built-in scenario that runs with the
// file's own policies are meant for others.
func (l *loader) idle(sc *scenario, out *Scenario) {
	for _, b := range sc.gates.by {
		used := b.policy.text == execPolicy || b.policy.src.name == BuiltinName
		for _, a := range out.Arms {
			used = used || a.Policy == b.policy.text
		}
		if !used {
			l.warn(b.policy, join(sc.place.path, "gates"), fmt.Sprintf("the policy %q is not tried in this scenario, so its gates are never judged", b.policy.text), "")
		}
	}
}
