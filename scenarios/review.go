package scenarios

import (
	"fmt"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/resilience"
)

// reviewed is a scenario with what it was read from: what warnings are made of.
type reviewed struct {
	*scenario
	out  Scenario
	arms []reviewedArm
}

type reviewedArm struct {
	*policy
	name  string
	gates []placed
}

// review warns of what can run and is probably not meant.
func (l *loader) review(s *Suite) {
	l.idleSettings()
	for i := range l.reviews {
		r := &l.reviews[i]
		for _, a := range r.arms {
			l.risks(r, a)
			for _, g := range a.gates {
				l.gateRisk(s, r, a, g)
			}
		}
		for j := range r.faults {
			l.faultRisk(r, &r.faults[j])
		}
		l.bucketRisks(r)
		l.goesOn(r)
		l.standstill(r)
	}
	l.tooFewSeeds(s)
}

// risks are those of the policy, alone and under the scenario's tasks. A policy of nothing but models is a baseline on
// purpose, and its only risk is the agent's.
func (l *loader) risks(r *reviewed, a reviewedArm) {
	for _, x := range a.Risks() {
		l.warn(a.place.find(x.Path), join(a.place.path, x.Path), x.Message, "")
	}
	for _, x := range a.RisksWith(r.agent.Agent.Agent) {
		place := a.place
		if x.Path == "deadline" {
			place = r.agent.place
		}
		l.warn(place.find(x.Path), join(place.path, x.Path), x.Message, "")
	}
	l.keyless(r, a)
}

// keyless warns of write tools that know no keys under a policy that trusts in them.
func (l *loader) keyless(r *reviewed, a reviewedArm) {
	if a.Idempotency == nil {
		return
	}
	for _, s := range r.out.interactions() {
		if r.out.Tools[s.Target].NoKeys && s.Use == agentchaos.UseWrite {
			l.warn(a.place.find("idempotency"), join(a.place.path, "idempotency"), s.Target+" knows no keys (keys: false), so a lost answer still makes its effect happen twice", "")
		}
	}
}

// idleSettings warns of settings of a policy that can do nothing in any of the scenarios that try it.
func (l *loader) idleSettings() {
	tried, idle := map[*policy]int{}, map[*policy]map[string]int{}
	for _, r := range l.reviews {
		for _, a := range r.arms {
			if tried[a.policy]++; idle[a.policy] == nil {
				idle[a.policy] = map[string]int{}
			}
			for _, x := range a.Idle(r.agent.Agent.Agent) {
				idle[a.policy][x.Path]++
			}
		}
	}
	for _, r := range l.reviews {
		for _, a := range r.arms {
			for _, x := range a.Idle(r.agent.Agent.Agent) {
				if idle[a.policy][x.Path] == tried[a.policy] {
					l.warn(a.place.find(x.Path), join(a.place.path, x.Path), x.Message, "it does nothing for agent "+r.agent.Name)
				}
			}
		}
	}
}

func (l *loader) gateRisk(s *Suite, r *reviewed, a reviewedArm, g placed) {
	l.undecidable(s, r, a, g)
	if g.Metric == "served_by" {
		l.known(g, "no model in the chain of this policy is called", "models", a.Models)
	}
}

func (l *loader) known(g placed, message, plural string, names []string) {
	for _, n := range names {
		if n == g.Arg {
			return
		}
	}
	l.warn(g.v.node, g.v.path, message+" "+quote(g.Arg), hintFor(g.Arg, plural, names))
}

func many(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// last is when the last task arrives, about; Forever in a closed loop.
func (s *Scenario) last() time.Duration {
	a := s.Agent.Arrivals
	if a.Workers > 0 {
		return agentchaos.Forever
	}
	return a.Rates().latest(max(s.Duration, a.after(s.Tasks)))
}

func (l *loader) faultRisk(r *reviewed, f *fault) {
	if f.When.From > 0 && f.When.From >= r.out.last() {
		when := f.place.child("when")
		l.warn(when.keyNode("from"), when.path, fmt.Sprintf("the fault begins at %v, and the last task arrives at about %v", f.When.From, r.out.last().Round(time.Second)),
			"more tasks or a longer duration would meet it")
	}
	if c, ok := f.Fault.(faults.Crash); ok {
		if most := resilience.Most(r.agent.Steps); c.Step > most {
			l.warn(f.place.keyNode("at"), f.place.path, fmt.Sprintf("there is no step %d: a task of agent %s has at most %s", c.Step, r.agent.Name, many(most, "step")), "such a fault never fires")
			return
		}
	}
	for i := range r.out.Arms {
		a := &r.out.Arms[i]
		for _, t := range r.out.Targets(a) {
			if f.Matches(t, a.Settings.Models[0]) {
				return
			}
		}
	}
	l.warn(f.place.keyNode("target"), f.place.path, fmt.Sprintf("no policy of this scenario uses a target that %s matches and that can fail as %s", quote(f.Target), f.Fault.Kind()), "such a fault never fires")
}

// bucketRisks warns of buckets that can never hold what one request takes: it is refused for ever.
func (l *loader) bucketRisks(r *reviewed) {
	input, output := int64(0), int64(0)
	for _, s := range r.out.interactions() {
		input, output = max(input, int64(s.Input), s.Inputs.Max()), max(output, int64(s.Output), s.Outputs.Max())
	}
	for name, m := range r.out.Models {
		entry := l.matchModel(name)
		limits := at{l.models.entry(&l.decoder, entry), join("models", entry)}
		if limits.get("limits") == nil {
			continue
		}
		limits = limits.child("limits")
		for _, b := range []struct {
			key        string
			size, need int64
		}{{"input_tokens_per_minute", m.Limits.InputTokensPerMinute, input}, {"output_tokens_per_minute", m.Limits.OutputTokensPerMinute, output}} {
			if b.size > 0 && b.size < b.need {
				l.warn(limits.keyNode(b.key), limits.path, fmt.Sprintf("the bucket holds %d tokens, and a step of agent %s needs %d: it is refused for ever", b.size, r.agent.Name, b.need), "")
			}
		}
	}
	for _, f := range r.faults {
		if n := f.place.get("tokens_per_minute"); n != nil {
			if size, ok := l.whole(at{n, ""}, 0, maxCount); ok && size < input+output {
				l.warn(f.place.keyNode("tokens_per_minute"), f.place.path, fmt.Sprintf("the bucket holds %d tokens, and a step of agent %s needs %d: it is refused for ever", size, r.agent.Name, input+output), "")
			}
		}
	}
}
