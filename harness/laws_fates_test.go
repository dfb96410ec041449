package harness_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// For every fault: what it changed is what became of it, each once. An attempt that was answered all the same absorbed it,
// unless the answer was wrong and the call took it: then it was silent. Of one that was not, the call decides: its twin
// (absorbed), the same target (retried) or another (fell back) answered; and if nobody did, the task.
func attributionAddsUp(r *played) error {
	outcomes := map[uint32]agentchaos.Outcome{}
	for _, t := range r.tasks {
		outcomes[t.Task] = t.Outcome
	}
	return r.phases(func(n *report.Numbers, in func(time.Duration) bool) error {
		fates, fired := map[uint8]map[report.Fate]int64{}, map[uint8]int64{}
		for i := range n.Faults {
			fates[uint8(i+1)] = map[report.Fate]int64{}
		}
		for _, c := range r.calls {
			for i, record := range c.records {
				a, ok := record.(agentchaos.Attempt)
				if !ok || !in(a.Begin) {
					continue
				}
				end, slow := a.Truth.EndBy, a.Truth.SlowBy
				if end != 0 {
					fates[end][c.fate(a, i >= c.waited, a.Truth.Wrong, outcomes[a.ID.Task])]++
					fired[end]++
				}
				if slow != 0 && slow != end {
					fates[slow][c.fate(a, i >= c.waited, false, outcomes[a.ID.Task])]++
					fired[slow]++
				}
			}
		}
		for i := range n.Faults {
			f, by := &n.Faults[i], uint8(i+1)
			if f.Fault != r.Scenario.Faults[i].Name || f.Fired() != fired[by] {
				return fmt.Errorf("%s fired %d times, %s changed %d attempts", f.Fault, f.Fired(), r.Scenario.Faults[i].Name, fired[by])
			}
			for fate, got := range f.Fates {
				if want := fates[by][report.Fate(fate)]; got != want {
					return fmt.Errorf("%s: %d %v, in the records %d", f.Fault, got, report.Fate(fate), want)
				}
			}
		}
		return nil
	})
}

// fate is what became of a fault that changed an attempt.
func (c *callRecords) fate(a agentchaos.Attempt, late, wrong bool, o agentchaos.Outcome) report.Fate {
	used, answered := c.used()
	twin := answered && used.target == a.Target && used.attempt == a.ID.Attempt
	switch {
	case late, a.Kind == agentchaos.None && !wrong:
		return report.Absorbed
	case !answered:
		return [...]report.Fate{report.Retried, report.DegradedEnd, report.DegradedEnd, report.FailedEnd}[o]
	case a.Kind == agentchaos.None && twin:
		return report.Silent
	case a.Kind == agentchaos.None, twin:
		return report.Absorbed
	case used.target != a.Target:
		return report.FellBack
	}
	return report.Retried
}

// A fault changes only what it is meant for: attempts on its targets, within its window, the first of each call and of all if
// that is said. What slows is a fault that slows, what ends an attempt is one that does not.
func faultsStrikeWhereTheyAreMeant(r *played) error {
	type place struct {
		by     uint8
		target string
	}
	struck := map[place]int{}
	for _, a := range r.attempts {
		for _, by := range []uint8{a.Truth.EndBy, a.Truth.SlowBy} {
			if by == 0 {
				continue
			}
			f, slows := r.Scenario.Faults[by-1], by == a.Truth.SlowBy
			w := f.When
			until := w.Until
			if until == 0 {
				until = agentchaos.Forever
			}
			bad := func(why string) error { return fmt.Errorf("%s %s: %+v", f.Name, why, a) }
			struck[place{by, a.Target}]++
			switch {
			case slows != (f.Fault.Kind() == "slow"):
				return bad("does something else")
			case !f.Matches(a.Target, r.policy().Models[0]):
				return bad("is meant for " + f.Target)
			case a.Begin >= until || a.End < w.From || !slows && a.Begin < w.From: // work in line begins later
				return bad("is not there")
			case w.CallFirst > 0 && int(a.ID.Attempt) > w.CallFirst, w.First > 0 && struck[place{by, a.Target}] > w.First:
				return bad("has done its part")
			}
		}
	}
	return nil
}

// worksNot are the faults that a provider answers with nothing done: it refuses, or stays silent.
func worksNot(kind string) bool {
	return slices.Contains(strings.Fields("rate_limit quota overloaded unavailable auth not_found invalid_request conflict context_length content_filter reset tool_error timeout"), kind)
}

// What was done in the world, counted from the attempts on write tools that the provider worked on, is what its ledger says:
// an effect done again is a duplicate, one that a task believes in and that is not there is lost.
func theLedgerAddsUp(r *played) error {
	commits := map[callID]int64{}
	for _, a := range r.attempts {
		by := a.Truth.EndBy
		if a.Use == agentchaos.UseWrite && (by == 0 || !worksNot(r.Scenario.Faults[by-1].Fault.Kind())) {
			commits[of(a.ID)]++
		}
	}
	return r.phases(func(n *report.Numbers, in func(time.Duration) bool) error {
		duplicates, lost := int64(0), int64(0)
		for _, t := range r.tasks {
			for i, step := range r.Scenario.Agent.Steps {
				if step.Use != agentchaos.UseWrite || !in(t.Begin) {
					continue
				}
				done := commits[callID{t.Task, uint16(i + 1)}]
				duplicates += max(0, done-1)
				lost += int64(btoi(done == 0 && i < int(t.Steps)))
			}
		}
		if n.Counts[report.Duplicates] != duplicates || n.Counts[report.LostEffects] != lost {
			return fmt.Errorf("the ledger has %d duplicates and %d lost, the attempts %d and %d", n.Counts[report.Duplicates], n.Counts[report.LostEffects], duplicates, lost)
		}
		return nil
	})
}
