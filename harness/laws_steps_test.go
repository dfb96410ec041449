package harness_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
)

// A process does its plan without a pause: a step begins when the one before has ended, those of a fork at once, and what
// comes after it when the last of them has ended. A step is its call, the waits for a locked store, the result that the log
// has of it, the caveat in its place; in every life its own. What it leaves out, an earlier life has done. After a failure
// it does nothing more; so the plan, walked through, ends when the process does. A task arrives when its first process
// begins.
func stepsFillATask(r *played) error {
	for _, t := range r.tasks {
		lives, done := r.lives[t.Task], map[uint16]bool{}
		if len(lives) == 0 || t.Begin != r.arrived[t.Task] || lives[0].from != t.Begin {
			return fmt.Errorf("it came at %v: %+v", r.arrived[t.Task], t)
		}
		for _, p := range lives {
			w := walk{r: r, process: p, plan: r.plan(p.task), done: done, by: r.deadline(p.task), items: map[uint16][]any{}}
			if err := w.life(); err != nil {
				return fmt.Errorf("task %d, life %d: %w", t.Task, p.number, err)
			}
		}
	}
	return nil
}

// walk is the way of one process through its task's plan.
type walk struct {
	r *played
	*process
	plan   *plan
	by     time.Duration   // the task's deadline
	done   map[uint16]bool // steps that an earlier life has done
	now    map[uint16]bool // and this one
	items  map[uint16][]any
	cuts   []time.Duration // when calls failed, which ends those beside them
	failed []*leaf
}

func (w *walk) life() error {
	w.now = map[uint16]bool{}
	if err := w.sort(); err != nil {
		return err
	}
	t, err := w.wake()
	if err != nil {
		return err
	}
	if t, err = w.row(w.plan.parts, t); err != nil {
		return err
	}
	if t != w.until {
		return fmt.Errorf("its steps end at %v, it ends at %v", t, w.until)
	}
	for n := range w.now {
		w.done[n] = true
	}
	return nil
}

// sort puts what takes a step's time where it belongs.
func (w *walk) sort() error {
	for _, record := range w.records {
		switch x := record.(type) {
		case agentchaos.Called:
			w.items[x.ID.Step] = append(w.items[x.ID.Step], x)
			if x.Kind != agentchaos.None {
				w.cuts = append(w.cuts, x.End)
			}
		case agentchaos.Change:
			switch x.What {
			case agentchaos.StoreFailed, agentchaos.Replayed, agentchaos.Caveated:
				w.items[x.ID.Step] = append(w.items[x.ID.Step], x)
			case agentchaos.Resumed:
				w.items[0] = append(w.items[0], x)
			}
		}
	}
	for n, c := range w.calls {
		if !c.over {
			w.items[n] = append(w.items[n], c)
		}
	}
	for n := range w.items {
		if n != 0 && w.plan.leaf(n) == nil {
			return fmt.Errorf("it does step %d, of %d", n, len(w.plan.leaves))
		}
	}
	return nil
}

// wake is what a process does before its first step: it reads what earlier ones have kept, and says so.
func (w *walk) wake() (t time.Duration, err error) {
	t, resumed := w.from, false
	for _, item := range w.items[0] {
		if t, err = w.item(item, t); err != nil {
			return t, err
		}
		x, ok := item.(agentchaos.Change)
		if resumed = ok && x.What == agentchaos.Resumed; !resumed {
			continue
		}
		for _, l := range w.plan.leaves {
			if n := l.number; n < x.ID.Step && !w.mayLeaveOut(n) || n == x.ID.Step && len(w.items[n]) == 0 && w.goesOnAfter(l) {
				return t, fmt.Errorf("it goes on with step %d, and step %d is not done", x.ID.Step, n)
			}
		}
	}
	if resumed != (w.number > 1) {
		return t, fmt.Errorf("it says that it goes on: %v", resumed)
	}
	return t, nil
}

func (w *walk) mayLeaveOut(n uint16) bool { return w.done[n] && w.r.policy().Checkpoint != nil }

// goesOnAfter reports whether the process has done anything that comes after an interaction.
func (w *walk) goesOnAfter(l *leaf) bool {
	for n := range w.items {
		if n > l.number && w.plan.leaf(n).after(l) {
			return true
		}
	}
	return false
}

// row does parts one after the other.
func (w *walk) row(parts []part, t time.Duration) (time.Duration, error) {
	for _, p := range parts {
		var err error
		if p.leaf != nil {
			t, err = w.step(p.leaf, t)
		} else {
			begin := t
			for _, side := range p.branches {
				end, err := w.row(side, begin)
				if err != nil {
					return t, err
				}
				t = max(t, end)
			}
		}
		if err != nil {
			return t, err
		}
	}
	return t, nil
}

// step does an interaction, or passes over one that is done, or that is never begun.
func (w *walk) step(l *leaf, t time.Duration) (time.Duration, error) {
	items := w.items[l.number]
	goesOn := w.goesOnAfter(l)
	if len(items) == 0 {
		if goesOn && !w.mayLeaveOut(l.number) {
			return t, fmt.Errorf("it leaves out step %d", l.number)
		}
		return t, nil
	}
	var err error
	good := false
	for _, item := range items {
		if t, err = w.item(item, t); err != nil {
			return t, err
		}
		switch x := item.(type) {
		case agentchaos.Called:
			good = x.Kind == agentchaos.None
		case agentchaos.Change:
			good = good || x.What != agentchaos.StoreFailed
		}
	}
	if good {
		w.now[l.number] = true
	} else if w.failed = append(w.failed, l); goesOn {
		return t, fmt.Errorf("step %d is not done, and it goes on", l.number)
	}
	return t, nil
}

// item is one thing that takes a process's time, or none.
func (w *walk) item(item any, t time.Duration) (time.Duration, error) {
	late := func(at time.Duration, x any) (time.Duration, error) {
		return at, fmt.Errorf("at %v, where it is to be at %v: %+v", at, t, x)
	}
	switch x := item.(type) {
	case agentchaos.Called:
		if x.Begin != t && !w.cut(x.Begin, t) {
			return late(x.Begin, x)
		}
		return x.End, nil
	case *callRecords:
		if x.Begin != t && !w.cut(x.Begin, t) {
			return late(x.Begin, x.Called)
		}
		return w.until, nil
	case agentchaos.Change:
		if x.At != t && !w.cut(x.At, t) {
			return late(x.At, x)
		}
		return w.waited(x.At, x.For), nil
	}
	return t, nil
}

// waited is when a wait ends: at once when nobody may wait any more, at the task's end or the process's.
func (w *walk) waited(at, d time.Duration) time.Duration {
	return min(at+d, max(at, w.by), w.until)
}

// cut reports whether a wait that was to last until t may have ended earlier, by the failure of a step beside.
func (w *walk) cut(at, t time.Duration) bool { return at < t && slices.Contains(w.cuts, at) }

// A task is completed when every step is done in full, degraded when each is done and at least one has a caveat instead of
// an answer, partial with something done and something not, if the policy says so, at its deadline or when a step has failed
// whose next try would have come too late; else it has failed, with the
// kind of the first step that did, as cancelled at its deadline, or as crash when its process may not be restarted. A process
// that begins when the time is up, the reserve with it, does nothing but end it as cancelled, whatever is done. What a task
// says of its steps is what its processes have done: this one, and those before it as far as that was kept.
func outcomesAreWhatWasDone(r *played) error {
	for _, t := range r.tasks {
		bad := func(format string, args ...any) error {
			return fmt.Errorf(format+": %+v", append(args, t)...)
		}
		lives, all := r.lives[t.Task], len(r.plan(t.Task).leaves)
		if len(lives) == 0 {
			return bad("it never lived")
		}
		last := lives[len(lives)-1]
		if last.crash == nil {
			if least, most := stepsOf(lives); !between(least.done, t.Steps, most.done) || !between(least.without, t.Without, most.without) {
				return bad("%+v to %+v were done", least, most)
			}
		}
		late := last.until >= r.deadline(t.Task)
		every, crashed := int(t.Steps)+int(t.Without) == all, last.crash != nil
		want := agentchaos.Failed
		switch {
		case crashed:
		case r.orphan(last):
			if !last.says(agentchaos.DeadlineHit) || t.Kind != agentchaos.Cancelled || len(last.calls) > 0 || t.Step != last.resumes() {
				return bad("it began at %v, when the time was up", last.from)
			}
		case every && t.Without == 0:
			want = agentchaos.Completed
		case every:
			want = agentchaos.Degraded
		case r.policy().Degrade.Deadline && t.Steps > 0 && (r.tooLate(last, t) || late && last.says(agentchaos.DeadlineHit)):
			want = agentchaos.Partial
		}
		switch {
		case t.Outcome != want:
			return bad("%d steps, late: %v, crashed: %v: this is %v", all, late, crashed, want)
		case (t.Kind == agentchaos.None) != (want != agentchaos.Failed), (t.Kind == agentchaos.Crash) != crashed:
			return bad("a kind for %v", want)
		case want == agentchaos.Failed && !crashed && !last.failsAs(t, late):
			return bad("no step failed so")
		}
	}
	return nil
}

// orphan reports whether a process began when its task's time was up, the reserve with it.
func (r *played) orphan(p *process) bool {
	d := r.Scenario.Agent.Deadline
	return d > 0 && p.from >= r.arrived[p.task]+d
}

// tooLate reports whether the step that a task ended with has failed and was not tried again because the deadline would
// have come first, and not because it was asked to wait for too long anyway.
func (r *played) tooLate(p *process, t agentchaos.Task) bool {
	c := p.calls[t.Step]
	if c == nil || !c.over || c.Kind == agentchaos.None || c.End != t.End {
		return false
	}
	all, _ := c.reasons()
	return slices.ContainsFunc(c.records, func(record any) bool {
		x, ok := record.(agentchaos.Change)
		return ok && x.What == agentchaos.RetryGivenUp && x.At+x.For >= r.deadline(t.Task) && !r.asksTooMuch(x, all)
	})
}

// resumes is the step that a process says that it goes on with.
func (p *process) resumes() (step uint16) {
	for _, record := range p.records {
		if x, ok := record.(agentchaos.Change); ok && x.What == agentchaos.Resumed {
			step = x.ID.Step
		}
	}
	return step
}

func between(low, x, high uint16) bool { return low <= x && x <= high }

func (p *process) says(what agentchaos.What) bool {
	return slices.ContainsFunc(p.records, func(x any) bool { c, ok := x.(agentchaos.Change); return ok && c.What == what })
}

// failsAs reports whether the first call that failed in this life is what the task failed of.
func (p *process) failsAs(t agentchaos.Task, late bool) bool {
	first := agentchaos.Forever
	for _, c := range p.calls {
		if c.over && c.Kind != agentchaos.None && !p.caveated(c.ID.Step) {
			first = min(first, c.End)
		}
	}
	for _, c := range p.calls {
		if c.over && c.End == first && c.Kind == t.Kind && c.ID.Step == t.Step {
			return true
		}
	}
	return late && t.Kind == agentchaos.Cancelled
}

func (p *process) caveated(n uint16) bool {
	return slices.ContainsFunc(p.records, func(x any) bool {
		c, ok := x.(agentchaos.Change)
		return ok && c.What == agentchaos.Caveated && c.ID.Step == n
	})
}

// stepCount is how many steps are done, and how many have a caveat.
type stepCount struct{ done, without uint16 }

// stepsOf is at least and at most what the last of these lives can say of steps: those that it has done; and of those that
// it has not, what earlier ones had kept, which the records do not say.
func stepsOf(lives []*process) (least, most stepCount) {
	full, caveat := map[uint16]bool{}, map[uint16]bool{}
	for i, p := range lives {
		for n, done := range p.ends() {
			if i < len(lives)-1 {
				full[n], caveat[n] = full[n] || done, caveat[n] || !done
				continue
			}
			delete(full, n)
			delete(caveat, n)
			if done {
				least.done++
			} else {
				least.without++
			}
		}
	}
	most = stepCount{least.done + uint16(count(full)), least.without + uint16(count(caveat))}
	return least, most
}

func count(set map[uint16]bool) (n int) {
	for _, in := range set {
		n += btoi(in)
	}
	return n
}

// ends are the steps that a process has come to the end of, and whether with an answer.
func (p *process) ends() map[uint16]bool {
	out := map[uint16]bool{}
	for _, record := range p.records {
		switch x := record.(type) {
		case agentchaos.Called:
			if x.Kind == agentchaos.None {
				out[x.ID.Step] = true
			}
		case agentchaos.Change:
			if x.What == agentchaos.Replayed || x.What == agentchaos.Caveated {
				out[x.ID.Step] = x.What == agentchaos.Replayed
			}
		}
	}
	return out
}
