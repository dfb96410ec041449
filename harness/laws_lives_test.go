package harness_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/report"
)

// A crash is one of a fault's, and says how long the process is away: as that fault has it. After it nothing of the process is
// recorded: what comes first comes when the next one begins, at exactly that time, and what was under way has ended with the
// crash, each attempt as one. A task's process is restarted as often as the fault allows, over all crashes, and not once
// more: then the task has failed at that instant.
func theDeadDoNothing(r *played) error {
	for _, t := range r.tasks {
		for i, p := range r.lives[t.Task] {
			if err := p.diesWell(r, i+1 < len(r.lives[t.Task])); err != nil {
				return fmt.Errorf("task %d, life %d: %w", t.Task, p.number, err)
			}
		}
	}
	return nil
}

func (p *process) diesWell(r *played, again bool) error {
	awake := p.number == 1
	for i, record := range p.records {
		_, end := record.(agentchaos.Task) // which began with the first
		if !end && begun(record) < p.from || p.number > 1 && i == 0 && (report.Event{Record: record}).At() != p.from {
			return fmt.Errorf("it begins at %v, before or after %+v", p.from, record)
		}
		if a, ok := record.(agentchaos.Attempt); ok && a.Kind == agentchaos.Crash && (p.crash == nil || a.End != p.crash.At) {
			return fmt.Errorf("no crash ends %+v", a)
		}
		x, ok := record.(agentchaos.Change)
		reads := ok && x.What == agentchaos.StoreFailed && x.ID.Step == 0
		if awake = awake || ok && x.What == agentchaos.Resumed; !awake && !reads {
			return fmt.Errorf("before it goes on: %+v", record)
		}
	}
	if p.crash == nil {
		return nil
	}
	c := *p.crash
	f, ok := r.faultOf(c.By)
	if !ok || c.Kind != agentchaos.Crash {
		return fmt.Errorf("no fault for %+v", c)
	}
	crash, ok := f.Fault.(faults.Crash)
	if allowed := p.number <= crash.Restarts(); !ok || again != allowed || c.For != crash.RestartAfter*time.Duration(btoi(allowed)) {
		return fmt.Errorf("restarted: %v; the fault is %+v: %+v", again, crash, c)
	}
	if !again && (p.end == nil || p.end.End != c.At) {
		return fmt.Errorf("the task goes on: %+v", p.end)
	}
	return nil
}

// faultOf is a fault by its place from 1.
func (r *played) faultOf(by uint8) (faults.Rule, bool) {
	if by == 0 || int(by) > len(r.Scenario.Faults) {
		return faults.Rule{}, false
	}
	return r.Scenario.Faults[by-1], true
}

// A step that an earlier life has come to the end of is not attempted again without that being said, and it is said of no
// other: at the instant at which its attempt begins, once a life. A result is taken from the log only for a write that an
// earlier life had an answer to, and if there is a log.
//
// Whether a process that died at the very end of a step had kept it, the records do not say; when it went on after it, it had.
func whatIsDoneIsKept(r *played) error {
	for _, t := range r.tasks {
		k := keeper{plan: r.plan(t.Task), sure: map[uint16]bool{}, perhaps: map[uint16]bool{}, answered: map[uint16]bool{}}
		for _, p := range r.lives[t.Task] {
			if err := k.life(r, p); err != nil {
				return fmt.Errorf("task %d, life %d: %w", t.Task, p.number, err)
			}
		}
	}
	return nil
}

// keeper knows which steps earlier lives have done.
type keeper struct {
	plan          *plan
	sure, perhaps map[uint16]bool
	answered      map[uint16]bool
}

func (k *keeper) life(r *played, p *process) error {
	var done []*leaf // in this life
	begun := map[uint16]bool{}
	for _, record := range p.records {
		switch x := record.(type) {
		case agentchaos.Attempt:
			begun[x.ID.Step] = true
			if k.sure[x.ID.Step] && !neverSent(x) {
				return fmt.Errorf("step %d was done: %+v", x.ID.Step, x)
			}
		case agentchaos.Called:
			begun[x.ID.Step] = true
			if x.Kind == agentchaos.None {
				done = append(done, k.plan.leaf(x.ID.Step))
			}
		case agentchaos.Change:
			begun[x.ID.Step] = true
			switch x.What {
			case agentchaos.Replayed:
				l := k.plan.leaf(x.ID.Step)
				if !k.answered[x.ID.Step] || l.Use != agentchaos.UseWrite || r.policy().Idempotency == nil {
					return fmt.Errorf("no result to take: %+v", x)
				}
				done = append(done, l)
			case agentchaos.Redone:
				if !k.perhaps[x.ID.Step] || !p.attempts(x) {
					return fmt.Errorf("it was not done, or is not: %+v", x)
				}
				k.sure[x.ID.Step], k.perhaps[x.ID.Step] = false, false
			}
		}
	}
	for _, l := range done {
		n := l.number
		k.answered[n], k.perhaps[n] = true, true
		for m := range begun {
			other := k.plan.leaf(m)
			k.sure[n] = k.sure[n] || other != nil && other.after(l)
		}
	}
	return nil
}

// attempts reports whether an attempt begins that is announced.
func (p *process) attempts(x agentchaos.Change) bool {
	return slices.ContainsFunc(p.records, func(record any) bool {
		a, ok := record.(agentchaos.Attempt)
		return ok && a.ID.Step == x.ID.Step && a.Target == x.Target && a.Begin == x.At
	})
}

// Attempts of a call are numbered from one above those that earlier lives have made at its step, on each target anew, by one,
// up to 255; a copy has the number of its original.
func attemptsAreNumberedOn(r *played) error {
	for _, c := range r.every() {
		last := map[string]uint8{}
		for _, a := range attemptsIn(c.records[:c.waited]) {
			was, before := last[a.Target]
			first := !before && a.ID.Attempt == c.first()
			next := before && (a.ID.Attempt == was || a.ID.Attempt == numberAfter(was))
			if !first && !next && !c.refusedBefore(a) {
				return fmt.Errorf("after number %d (%v), and %d in earlier lives: %+v", was, before, c.base, a)
			}
			last[a.Target] = a.ID.Attempt
		}
	}
	return nil
}

// refusedBefore reports whether numbers before this one went to tries that were refused.
func (c *callRecords) refusedBefore(a agentchaos.Attempt) bool {
	for n := int(c.first()); n < int(a.ID.Attempt); n++ {
		if !slices.ContainsFunc(c.records, func(record any) bool {
			switch x := record.(type) {
			case agentchaos.Change:
				return x.Target == a.Target && int(x.ID.Attempt) == n
			case agentchaos.Attempt:
				return x.Target == a.Target && int(x.ID.Attempt) == n
			}
			return false
		}) {
			return false
		}
	}
	return a.ID.Attempt >= c.first()
}

// A caveat stands for a call that has failed for good, at that instant and with its kind, where the policy does without: by the
// step's number, else by the tool's name, else by what it is for; a model's answer or a write that is not named it never
// does without, nor a write that may have been done, nor what was cancelled. And where it does without, a step that fails has a caveat, unless the time is up.
func caveatsStandForFailures(r *played) error {
	for _, t := range r.tasks {
		for _, p := range r.lives[t.Task] {
			for n, c := range p.calls {
				allowed := c.leaf != nil && c.over && c.Kind != agentchaos.None && c.Kind != agentchaos.Cancelled && r.doesWithout(c.leaf) && !c.mayBeDone() && c.End < r.deadline(t.Task)
				if p.caveated(n) != allowed && !(allowed && p.failsBeside(c)) {
					return fmt.Errorf("a caveat: %v, where one is due: %v: %+v", p.caveated(n), allowed, c.Called)
				}
			}
			for _, record := range p.records {
				x, ok := record.(agentchaos.Change)
				if !ok || x.What != agentchaos.Caveated {
					continue
				}
				if c := p.calls[x.ID.Step]; c == nil || c.Kind != x.Kind || c.End != x.At || c.Called.Target != x.Target {
					return fmt.Errorf("no call failed so: %+v", x)
				}
			}
		}
	}
	return nil
}

// failsBeside reports whether another branch has failed at the instant of the call's end, which ends it.
func (p *process) failsBeside(c *callRecords) bool {
	for _, o := range p.calls {
		if o.over && o.leaf != nil && o.Kind != agentchaos.None && o.End == c.End && o != c && !o.leaf.after(c.leaf) && !c.leaf.after(o.leaf) {
			return true
		}
	}
	return false
}

// mayBeDone reports whether a write that has failed was perhaps done: an earlier life has tried it, or a try ended as
// something that is no refusal.
func (c *callRecords) mayBeDone() bool {
	return c.Use == agentchaos.UseWrite && (c.base > 0 || slices.ContainsFunc(attemptsIn(c.records), func(a agentchaos.Attempt) bool {
		switch a.Kind {
		case agentchaos.Timeout, agentchaos.Reset, agentchaos.Truncated, agentchaos.Malformed, agentchaos.Conflict, agentchaos.Cancelled:
			return true
		}
		return false
	}))
}

// doesWithout is what the policy says of an interaction that fails for good.
func (r *played) doesWithout(l *leaf) bool {
	d := r.policy().Degrade
	if l.Use == agentchaos.UseModel {
		return false
	}
	if said, has := d.Steps[l.number]; has {
		return said
	}
	if said, has := d.Tools[l.Target]; has {
		return said
	}
	return l.Use == agentchaos.UseRead && d.Tool || l.Use == agentchaos.UseRetrieval && d.Retrieval
}

// A store fails only if there is one, and with the kind of the fault behind it, which was there. One that is locked is asked
// again after 10 ms, 100 ms and 1 s; any other failure, and the fourth in a row, is not waited for.
func theStoreFailsAsItIsStruck(r *played) error {
	before := map[callID]int{}
	for _, record := range r.records {
		x, ok := record.(agentchaos.Change)
		if !ok || x.What != agentchaos.StoreFailed {
			continue
		}
		bad := func(why string) error { return fmt.Errorf("%s: %+v", why, x) }
		if r.policy().Idempotency == nil && r.policy().Checkpoint == nil {
			return bad("there is no store")
		}
		f, ok := r.faultOf(x.By)
		storage, is := f.Fault.(faults.Storage)
		if !ok || !is || storage.Of != x.Kind || x.At < f.When.From {
			return bad(fmt.Sprintf("it is not what %+v does", f))
		}
		if f.When.Until > 0 && x.At >= f.When.Until && x.Kind != agentchaos.StoreCorrupt { // what is torn is found later
			return bad("the fault was over")
		}
		waits := [...]time.Duration{0, 10 * time.Millisecond, 100 * time.Millisecond, time.Second, 0}
		n := before[of(x.ID)] + 1
		if x.Kind != agentchaos.StoreLocked || x.For == waits[1] { // another operation
			n = btoi(x.Kind == agentchaos.StoreLocked)
		}
		if x.For != waits[n] {
			return bad("another wait")
		}
		before[of(x.ID)] = n % (len(waits) - 1)
	}
	return nil
}

// What a model is sent and asked for is what the plan says: of every interaction the same in every life, and grown by its
// loops. A provider that has not begun has read nothing.
func tokensAreAsPlanned(r *played) error {
	for _, a := range r.attempts {
		l := r.plan(a.ID.Task).leaf(a.ID.Step)
		if l == nil || l.Use != a.Use || !slices.Contains(r.chain(l), a.Target) {
			return fmt.Errorf("it is not in the plan: %+v", a)
		}
		input, output := 0, 0
		if l.Use == agentchaos.UseModel {
			input, output = r.tokens(a.ID.Task, l)
		}
		if a.Truth.Input != 0 && a.Truth.Input != input || a.Truth.Output > output || a.Got > output || a.Truth.Input > math.MaxInt32 {
			return fmt.Errorf("%d tokens for %d were planned: %+v", input, output, a)
		}
	}
	return nil
}
