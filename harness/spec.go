package harness

import (
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
)

// cellSpec tells the recorder what it has to know of a cell.
func cellSpec(s *scenarios.Scenario, a *scenarios.Arm, seed uint64, l *lives) report.CellSpec {
	spec := report.CellSpec{Seed: seed, Prices: prices(s.Models), Faults: FaultNames(s)}
	spec.From, spec.Until = window(s.Faults)
	spec.Faultless = len(s.Faults) == 0
	spec.Recovery = spec.Until > 0
	for _, g := range a.Gates {
		spec.Phases = spec.Phases || g.Phase != report.Whole
	}
	if l.worker.Effects() {
		spec.Settle = l.settled
	}
	return spec
}

// FaultNames are the scenario's faults by their place, as records count them from 1.
func FaultNames(s *scenarios.Scenario) (names []string) {
	for _, r := range s.Faults {
		names = append(names, r.Name)
	}
	return names
}

func prices(models map[string]faults.Model) map[string]report.Price {
	out := make(map[string]report.Price, len(models))
	for name, m := range models {
		out[name] = report.Price{Input: m.Price.Input, Output: m.Price.Output, Lack: m.Lack()}
	}
	return out
}

// window is from the first beginning of a fault's window to the last end of one; until is 0 if one of them never ends.
// Faults without a window are there all the time and are not asked, unless there are no others.
func window(rules []faults.Rule) (from, until time.Duration) {
	windows, endless := 0, false
	for _, r := range rules {
		w := r.When
		if w.From == 0 && w.Until == 0 {
			continue
		}
		if windows++; windows == 1 || w.From < from {
			from = w.From
		}
		until = max(until, w.Until)
		endless = endless || w.Until == 0
	}
	if endless {
		until = 0
	}
	return from, until
}

// trace shows every record to the recorder, and to the sink if there is one.
func trace(r *report.Recorder, show func(record any)) agentchaos.Trace {
	t := r.Trace()
	if show == nil {
		return t
	}
	return agentchaos.Trace{
		Attempt: func(a agentchaos.Attempt) { t.Attempt(a); show(a) },
		Call:    func(c agentchaos.Called) { t.Call(c); show(c) },
		Task:    func(k agentchaos.Task) { t.Task(k); show(k) },
		Change:  func(c agentchaos.Change) { t.Change(c); show(c) },
	}
}
