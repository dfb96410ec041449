package harness

import (
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
)

// cellSpec tells the recorder what it has to know of a cell.
func cellSpec(s *scenarios.Scenario, a *scenarios.Arm, seed uint64, p *faults.Providers) report.CellSpec {
	spec := report.CellSpec{Seed: seed, Prices: prices(s.Models)}
	for _, r := range s.Faults {
		spec.Faults = append(spec.Faults, r.Name)
	}
	spec.From, spec.Until = window(s.Faults)
	spec.Recovery = spec.Until > 0
	for _, g := range a.Gates {
		spec.Phases = spec.Phases || g.Phase != report.Whole
	}
	if writes := writeSteps(s); len(writes) > 0 {
		spec.Settle = func(task uint32, outcome agentchaos.Outcome, steps uint16) (duplicates, lost int) {
			return settle(p.Ledger(), writes, task, outcome, steps)
		}
	}
	return spec
}

func prices(models map[string]faults.Model) map[string]report.Price {
	out := make(map[string]report.Price, len(models))
	for name, m := range models {
		out[name] = report.Price{Input: m.Price.Input, Output: m.Price.Output}
	}
	return out
}

// window is from the first beginning of a fault to the last end of one; until is 0 if none ends. A fault without a window
// runs all the time and ends nothing.
func window(rules []faults.Rule) (from, until time.Duration) {
	first := true
	for _, r := range rules {
		if first || r.When.From < from {
			from, first = r.When.From, false
		}
		until = max(until, r.When.Until)
	}
	return from, until
}

// writeSteps are the numbers of the agent's steps that have a side effect.
func writeSteps(s *scenarios.Scenario) (steps []uint16) {
	for i, step := range s.Agent.Steps {
		if step.Use == agentchaos.UseWrite {
			steps = append(steps, uint16(i+1))
		}
	}
	return steps
}

// settle asks the ledger what the world has seen of a task that ended: effects done more than once, and effects of steps
// that the task counts as done and the ledger does not have.
func settle(l *faults.Ledger, writes []uint16, task uint32, outcome agentchaos.Outcome, steps uint16) (duplicates, lost int) {
	commits := l.Settle(task)
	for _, c := range commits {
		duplicates += max(0, c.Times-1)
	}
	for _, w := range writes {
		done := w <= steps
		for _, c := range commits {
			done = done && c.Step != w
		}
		if done {
			lost++
		}
	}
	return duplicates, lost
}

// trace shows every record to the recorder, and to the sink if there is one.
func trace(r *report.Recorder, sink func(report.Event)) agentchaos.Trace {
	t := r.Trace()
	if sink == nil {
		return t
	}
	return agentchaos.Trace{
		Attempt: func(a agentchaos.Attempt) { t.Attempt(a); sink(report.Event{Attempt: &a}) },
		Call:    func(c agentchaos.Called) { t.Call(c); sink(report.Event{Call: &c}) },
		Task:    func(k agentchaos.Task) { t.Task(k); sink(report.Event{Task: &k}) },
		Change:  func(c agentchaos.Change) { t.Change(c); sink(report.Event{Change: &c}) },
	}
}
