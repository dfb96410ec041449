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
// (absorbed), the same target (retried) or another (fell back) answered; and if nobody did, or it died, the task. So it does of
// a crash; a store that failed was done without.
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
		for _, c := range r.every() {
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
		for _, record := range r.records {
			x, ok := record.(agentchaos.Change)
			if !ok || x.By == 0 || !in(x.At) {
				continue
			}
			fired[x.By]++
			if x.What == agentchaos.StoreFailed {
				fates[x.By][report.Absorbed]++
			} else {
				fates[x.By][inATask(outcomes[x.ID.Task])]++
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

// inATask is what became of a fault that a task got over, or did not: it has done again what failed, or done without.
func inATask(o agentchaos.Outcome) report.Fate {
	return [...]report.Fate{report.Retried, report.DegradedEnd, report.DegradedEnd, report.FailedEnd}[o]
}

// fate is what became of a fault that changed an attempt.
func (c *callRecords) fate(a agentchaos.Attempt, late, wrong bool, o agentchaos.Outcome) report.Fate {
	used, answered := c.used()
	twin := answered && used.target == a.Target && used.attempt == a.ID.Attempt
	switch {
	case late, a.Kind == agentchaos.None && !wrong:
		return report.Absorbed
	case !answered:
		return inATask(o)
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
// that is said. So it is of crashes, of which a task's processes are the attempts. What slows is a fault that slows, what ends an attempt is one that does not.
func faultsStrikeWhereTheyAreMeant(r *played) error {
	type place struct {
		by     uint8
		target string
	}
	struck := map[place]int{}
	for _, record := range r.records {
		x, ok := record.(agentchaos.Change)
		if !ok || x.By == 0 {
			continue
		}
		f, _ := r.faultOf(x.By)
		if wants := map[agentchaos.What]string{agentchaos.Crashed: "agent", agentchaos.StoreFailed: "store"}[x.What]; f.Target != wants {
			return fmt.Errorf("%s is meant for %s: %+v", f.Name, f.Target, x)
		}
		if x.What != agentchaos.Crashed { // what is torn may be found often
			continue
		}
		lives, number := r.lives[x.ID.Task], 0
		for _, p := range lives {
			if p.crash != nil && *p.crash == x {
				number = p.number
			}
		}
		w := f.When
		struck[place{x.By, "agent"}]++
		if x.At < w.From || w.Until > 0 && number > 0 && lives[number-1].from >= w.Until ||
			w.CallFirst > 0 && number > w.CallFirst || w.First > 0 && struck[place{x.By, "agent"}] > w.First {
			return fmt.Errorf("%s is not there for process %d: %+v", f.Name, number, x)
		}
	}
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

// What was done in the world, counted from the attempts on write tools that the provider worked on, over all lives, is what its
// ledger says: an effect done again is a duplicate, one that a task believes in and that is not there is lost.
//
// One that brings the first result of its key again has done nothing, nor has one that came while the first was at work. With
// keys, and tools that keep them for longer than the run, nothing is done twice; and of a task that is complete every effect
// that it planned is done.
func theLedgerAddsUp(r *played) error {
	sure, perhaps := map[callID]int64{}, map[callID]int64{}
	for _, a := range r.attempts {
		f, struck := r.faultOf(a.Truth.EndBy)
		switch {
		case a.Use != agentchaos.UseWrite, struck && worksNot(f.Fault.Kind()):
		case a.Truth.Replayed, !struck && a.Kind == agentchaos.Conflict: // it was done, by an attempt of which that was not sure
			if a.Kind != agentchaos.InvalidRequest && sure[of(a.ID)] == 0 && perhaps[of(a.ID)] > 0 {
				sure[of(a.ID)], perhaps[of(a.ID)] = 1, perhaps[of(a.ID)]-1
			}
		case a.Begin == a.End && a.Kind == agentchaos.Cancelled, // perhaps it was never sent
			a.Begin == a.End && a.Kind == agentchaos.Crash && r.policy().Idempotency != nil: // perhaps in conflict
			perhaps[of(a.ID)]++
		default:
			sure[of(a.ID)]++
		}
	}
	keyed := r.policy().Idempotency != nil
	for _, tool := range r.Scenario.Tools {
		keyed = keyed && !tool.NoKeys && (tool.Expiry == 0 || tool.Expiry > time.Duration(r.cell.Counts[report.SpanTime]))
	}
	return r.phases(func(n *report.Numbers, in func(time.Duration) bool) error {
		var duplicates, lost struct{ least, most int64 }
		for _, t := range r.tasks {
			if !in(t.Begin) {
				continue
			}
			least, most := r.believed(t)
			for _, l := range r.plan(t.Task).leaves {
				if l.Use != agentchaos.UseWrite {
					continue
				}
				id := callID{t.Task, l.number}
				duplicates.least += max(0, sure[id]-1)
				duplicates.most += max(0, sure[id]+perhaps[id]-1)
				lost.least += int64(btoi(sure[id]+perhaps[id] == 0 && least[l.number]))
				lost.most += int64(btoi(sure[id] == 0 && most[l.number]))
				if keyed && t.Outcome == agentchaos.Completed && sure[id]+perhaps[id] == 0 {
					return fmt.Errorf("step %d was never done: %+v", l.number, t)
				}
			}
		}
		d, l := n.Counts[report.Duplicates], n.Counts[report.LostEffects]
		if keyed {
			duplicates.most = 0
		}
		if d < duplicates.least || d > duplicates.most || l < lost.least || l > lost.most {
			return fmt.Errorf("the ledger has %d duplicates and %d lost, the attempts %+v and %+v, keyed: %v", d, l, duplicates, lost, keyed)
		}
		return nil
	})
}

// believed are the steps of a task that it takes for done, at least and at most: all if it is complete, else those with an
// answer. What a process had of a step that it died at the end of, the records do not say.
func (r *played) believed(t agentchaos.Task) (least, most map[uint16]bool) {
	least, most = map[uint16]bool{}, map[uint16]bool{}
	for i, p := range r.lives[t.Task] {
		for n, answered := range p.ends() {
			if answered {
				most[n] = true
				least[n] = least[n] || p.crash == nil && i == len(r.lives[t.Task])-1
			}
		}
	}
	if t.Outcome == agentchaos.Completed {
		for _, l := range r.plan(t.Task).leaves {
			least[l.number], most[l.number] = true, true
		}
	}
	return least, most
}
