package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/resilience"
)

// standstill looks for closed loops in which no time passes: a worker takes its next task at the instant at which the last
// one ended, so tasks that take no time are all begun at that instant, and a duration is never over.
func (l *loader) standstill(r *reviewed) {
	if r.out.Agent.Arrivals.Workers == 0 {
		return
	}
	place, path := r.place.keyNode("agent"), join(r.place.path, "agent")
	if place.src.name == BuiltinName { // then the agent is the file's
		place, path = r.agent.place.find("arrivals"), join(r.agent.place.path, "arrivals")
	}
	var instant []string
	for i := range r.out.Arms {
		a := &r.out.Arms[i]
		if r.out.Duration > 0 && r.out.instant(a) {
			instant = append(instant, a.Policy)
		} else if j := r.out.refused(a); j >= 0 {
			l.burns(r, a.Policy, j, place, path)
		}
	}
	if len(instant) > 0 {
		l.fail(place, path, "workers never come to the end of a duration if tasks take no time, as with "+strings.Join(instant, ", "),
			"give tasks in place of the duration, or the models a latency")
	}
}

// burns warns of workers whose tasks fail at once by the j-th fault; place and path are for a fault of a built-in scenario.
func (l *loader) burns(r *reviewed, policy string, j int, place *node, path string) {
	f := r.faults[j]
	if f.place.src.name != BuiltinName {
		place, path = f.place.node, f.place.path
	}
	then, mend := "workers burn their tasks at one instant", "give the fault a delay"
	if r.out.Duration > 0 {
		then = "workers take task after task at one instant, and the duration is never over"
	}
	if _, ok := f.Fault.(faults.RateLimit); ok { // it has no delay
		mend = "give the policy a backoff"
	}
	l.warn(place, path, fmt.Sprintf("%s refuses at once, and policy %s does not wait: %s", quote(r.out.Faults[j].Name), quote(policy), then), mend)
}

// instant reports whether a healthy task takes no time in the arm.
func (s *Scenario) instant(a *Arm) bool {
	return !slices.ContainsFunc(s.interactions(), func(x *step) bool { return !s.immediate(a, x) })
}

// immediate reports whether a step takes no time when nothing goes wrong.
func (s *Scenario) immediate(a *Arm, x *step) bool {
	if x.Use != agentchaos.UseModel {
		t := s.Tools[x.Target]
		return t.Latency.Zero()
	}
	m := s.Models[chainOf(a, x)[0]]
	return m.FirstToken.Zero() && m.Capacity.Slowdown == 0 && (m.PerToken.Zero() || x.Output == 0 && x.Outputs.Zero())
}

// interactions are the kinds of interaction of the agent's plan, in its order.
func (s *Scenario) interactions() (out []*step) {
	resilience.Each(s.Agent.Steps, func(x *step) { out = append(out, x) })
	return out
}

// chainOf is the models that a model step asks in an arm.
func chainOf(a *Arm, x *step) []string {
	if len(x.Models) > 0 {
		return x.Models
	}
	return a.Settings.Models
}

// refused is the fault, by its place among the scenario's, by which a task of the arm fails without any time having passed,
// again and again; -1: none. Up to the step that it strikes, nothing may take time; it must strike every attempt, and
// every model that the chain goes on to must refuse at once too.
func (s *Scenario) refused(a *Arm) int {
	for _, x := range s.interactions() {
		chain := chainOf(a, x)
		if x.Use != agentchaos.UseModel {
			chain = []string{x.Target}
		}
		for i, target := range chain {
			j := slices.IndexFunc(s.Faults, func(r faults.Rule) bool {
				return atOnce(r, a.Settings.Retry) && r.Matches(target, a.Settings.Models[0])
			})
			if j < 0 {
				break
			}
			_, on, _ := resilience.Class(kindOfFailure(s.Faults[j].Fault), agentchaos.NoVariant)
			if !on || i == len(chain)-1 {
				return j
			}
		}
		if !s.immediate(a, x) {
			return -1
		}
	}
	return -1
}

// atOnce reports whether a fault refuses every attempt without any time passing, waits between attempts included.
func atOnce(r faults.Rule, retry resilience.Retry) bool {
	delay, say, ok := refusal(r.Fault)
	attempts := 1
	if kind := kindOfFailure(r.Fault); retry.Attempts > 1 {
		again, _, _ := resilience.Class(kind, agentchaos.NoVariant)
		if retry.On != nil {
			again = slices.Contains(retry.On, kind)
		}
		if again {
			attempts = retry.Attempts
		}
	}
	w := r.When
	some := w.Probability != nil && *w.Probability < 1 || w.Every > 1 || w.First > 0 || w.CallFirst > 0 && w.CallFirst < attempts
	waits := attempts > 1 && (retry.Backoff.Initial > 0 || say.Say == faults.SayHonest || say.Say == faults.SayDate || say.For > 0)
	return ok && delay == 0 && !some && !waits
}

// refusal is how a fault refuses: after which delay, and what it says of when to come back. ok is false if it does
// something else.
func refusal(f faults.Fault) (delay time.Duration, say faults.RetryAfter, ok bool) {
	switch f := f.(type) {
	case faults.Refusal:
		return f.Delay, f.RetryAfter, true
	case faults.Reset:
		return f.Delay, say, true
	case faults.ToolError:
		return f.Delay, say, true
	case faults.RateLimit:
		if say = f.RetryAfter; say.Say == faults.SayDefault && f.RequestsPerMinute+f.TokensPerMinute > 0 {
			say.Say = faults.SayHonest
		}
		return 0, say, true
	}
	return 0, say, false
}

// kindOfFailure is what a refusal is an error of.
func kindOfFailure(f faults.Fault) agentchaos.Kind {
	k, _ := agentchaos.ParseKind(f.Kind())
	return k
}
