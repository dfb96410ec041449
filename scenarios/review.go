package scenarios

import (
	"fmt"
	"math"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
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
	gates []placed
}

// review warns of what can run and is probably not meant.
func (l *loader) review(s *Suite) {
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
		l.endless(r)
	}
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
}

func (l *loader) gateRisk(s *Suite, r *reviewed, a reviewedArm, g placed) {
	perSeed := 1 / s.HiddenLoss
	if r.out.Tasks > 0 && r.out.Duration == 0 {
		perSeed = math.Min(perSeed, float64(r.out.Tasks))
	}
	if ok, need := report.Decidable(g.Gate, s.Seeds, report.Options{PerSeed: perSeed}); !ok {
		hint := fmt.Sprintf("%d seeds would do: --seeds %d", need, need)
		if need == 0 {
			hint = "no number of seeds shows that something never happens: gate a count, such as failed_tasks == 0"
		}
		l.warn(g.v.node, g.v.path, fmt.Sprintf("%s cannot pass with %s, not even if nothing goes wrong", quote(g.String()), many(s.Seeds, "seed")), hint)
	}
	switch g.Metric {
	case "fired":
		var names []string
		for _, f := range r.out.Faults {
			names = append(names, f.Name)
		}
		l.known(g, "no fault of "+r.out.Name+" is called", "faults", names)
	case "served_by":
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
	gap := s.Agent.Arrivals.Gap
	switch {
	case gap == 0:
		return agentchaos.Forever
	case time.Duration(s.Tasks) > agentchaos.Forever/gap:
		return agentchaos.Forever
	}
	return max(s.Duration, time.Duration(s.Tasks)*gap)
}

func (l *loader) faultRisk(r *reviewed, f *fault) {
	if f.When.From > 0 && f.When.From >= r.out.last() {
		when := f.place.child("when")
		l.warn(when.keyNode("from"), when.path, fmt.Sprintf("the fault begins at %v, and the last task arrives at about %v", f.When.From, r.out.last().Round(time.Second)),
			"more tasks or a longer duration would meet it")
	}
	for _, a := range r.arms {
		for _, t := range targets(a.Policy.Models, r.agent.Steps) {
			if f.Matches(t, a.Policy.Models[0]) {
				return
			}
		}
	}
	l.warn(f.place.keyNode("target"), f.place.path, fmt.Sprintf("no policy of this scenario uses a target that %s matches and that can fail as %s", quote(f.Target), f.Fault.Kind()), "such a fault never fires")
}

// targets are what tasks use with a chain of models.
func targets(models []string, steps []resilience.Step) []string {
	var out []string
	for _, s := range steps {
		if s.Use == agentchaos.UseModel {
			out = append(out, models...)
		} else {
			out = append(out, s.Target)
		}
	}
	return out
}

// bucketRisks warns of buckets that can never hold what one request takes: it is refused for ever.
func (l *loader) bucketRisks(r *reviewed) {
	input, output := int64(0), int64(0)
	for _, s := range r.agent.Steps {
		input, output = max(input, int64(s.Input)), max(output, int64(s.Output))
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

// endless warns of workers whose tasks take no time: a duration is then never over.
func (l *loader) endless(r *reviewed) {
	if r.out.Agent.Arrivals.Workers == 0 || r.out.Duration == 0 {
		return
	}
	for _, s := range r.agent.Steps {
		if s.Use != agentchaos.UseModel {
			if t := r.out.Tools[s.Target]; !t.Latency.Zero() {
				return
			}
		}
	}
	for _, m := range r.out.Models {
		if !m.FirstToken.Zero() || !m.PerToken.Zero() {
			return
		}
	}
	l.warn(r.place.keyNode("agent"), r.place.path, "workers whose tasks take no time never come to the end of a duration", "give tasks, or the models a latency")
}
