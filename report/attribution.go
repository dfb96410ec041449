package report

import "github.com/agentchaos/agentchaos"

// Attribution: what became of every injected fault. A fault fired when it changed an attempt (Truth.EndBy, Truth.SlowBy).
// What the attempt's client made of it decides at once, or when the call has ended, or when the task has:
//
//	answered well all the same                    absorbed
//	answered, but wrongly, and nobody noticed     silent
//	not answered; its twin of the hedge was       absorbed
//	not answered; the same target was, later      retried
//	not answered; another target was              fell back
//	the call failed, the task was saved           degraded
//	the call failed, and the task with it         failed
//
// Each fired fault ends in exactly one of them, in the phase in which its attempt began.

// blame is a fault whose fate is open: it spoiled an attempt of a call that has not ended, or of a failed call.
type blame struct {
	fault   uint8 // from 0
	attempt uint8 // ID.Attempt
	phase   Phase
	target  int32
}

// hit counts what a fault did to one task: for the line that explains the worst one.
type hit struct {
	fault uint8
	n     int32
}

// attribute settles the faults of an attempt, or leaves them to the call.
func (r *Recorder) attribute(t *taskState, c *callState, a *agentchaos.Attempt, target int, phase Phase) {
	end, slow := a.Truth.EndBy, a.Truth.SlowBy
	if end == slow {
		slow = 0
	}
	if end != 0 {
		r.fire(t, c, a, blame{end - 1, a.ID.Attempt, phase, int32(target)}, a.Truth.Wrong)
	}
	if slow != 0 {
		r.fire(t, c, a, blame{slow - 1, a.ID.Attempt, phase, int32(target)}, false)
	}
}

// fire takes down one fault. c is nil for an attempt that lost to its twin: its call is over.
func (r *Recorder) fire(t *taskState, c *callState, a *agentchaos.Attempt, b blame, wrong bool) {
	t.hit(b.fault)
	switch {
	case c == nil:
		r.fate(b, Absorbed)
	case a.Kind != agentchaos.None:
		c.blamed = append(c.blamed, b)
	case wrong:
		c.wrong = append(c.wrong, b)
	default:
		r.fate(b, Absorbed)
	}
}

// settleCall decides what the end of a call decides.
func (r *Recorder) settleCall(t *taskState, c *callState, called *agentchaos.Called, target int) {
	if called.Kind != agentchaos.None {
		t.blamed = append(t.blamed, c.blamed...)
		t.blamed = append(t.blamed, c.wrong...)
		return
	}
	for _, b := range c.blamed {
		switch {
		case int(b.target) != target:
			r.fate(b, FellBack)
		case c.won && b.attempt == c.winner.attempt:
			r.fate(b, Absorbed)
		default:
			r.fate(b, Retried)
		}
	}
	for _, b := range c.wrong { // a wrong answer is silent if it is the one that was used
		if c.won && int(b.target) == target && b.attempt == c.winner.attempt {
			r.fate(b, Silent)
		} else {
			r.fate(b, Absorbed)
		}
	}
}

// settleTask decides what the end of a task decides. A task completed in spite of a failed call has done it again.
func (r *Recorder) settleTask(t *taskState, o agentchaos.Outcome) {
	f := FailedEnd
	switch o {
	case agentchaos.Completed:
		f = Retried
	case agentchaos.Degraded, agentchaos.Partial:
		f = DegradedEnd
	}
	for i := range t.calls[:t.open] { // calls that never ended: the task was cut off, or its process died
		r.abandon(&t.calls[i], f)
	}
	for _, b := range t.blamed {
		r.fate(b, f)
	}
	t.open, t.blamed = 0, t.blamed[:0]
}

// crashed leaves the fate of a crash, and of what had spoiled the calls that died in it, to the task: those calls have no
// end, and nothing that was paid for them was used.
func (r *Recorder) crashed(c *agentchaos.Change, p Phase) {
	t := r.flight.task(c.ID.Task)
	for i := range t.calls[:t.open] {
		call := &t.calls[i]
		t.blamed = append(append(t.blamed, call.blamed...), call.wrong...)
		for q, n := range call.cost {
			r.waste(Phase(q), n)
		}
	}
	t.open = 0
	if c.By != 0 {
		t.hit(c.By - 1)
		t.blamed = append(t.blamed, blame{fault: c.By - 1, phase: p})
	}
}

// abandon settles a call that has no end: nothing that was paid for it was used.
func (r *Recorder) abandon(c *callState, f Fate) {
	for _, b := range c.blamed {
		r.fate(b, f)
	}
	for _, b := range c.wrong {
		r.fate(b, f)
	}
	for p, n := range c.cost {
		r.waste(Phase(p), n)
	}
}

func (r *Recorder) fate(b blame, f Fate) {
	r.meters[Whole].faults[b.fault][f]++
	if b.phase != Whole {
		r.meters[b.phase].faults[b.fault][f]++
	}
}

// hit counts a fault against the task.
func (t *taskState) hit(fault uint8) {
	for i := range t.hits {
		if t.hits[i].fault == fault {
			t.hits[i].n++
			return
		}
	}
	t.hits = append(t.hits, hit{fault, 1})
}
