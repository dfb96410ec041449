package resilience

import (
	"context"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Life is one process's part in a task: the first, or one that goes on after a crash. All its functions may be nil. Steps at
// once call them concurrently.
type Life struct {
	Task   uint32        // from 1
	Number int           // of the process, from 1; 0: not known, it shows in the store
	Begin  time.Duration // when the task arrived, on the run's clock; negative: before it began, as on a [agentchaos.Wall], which begins with the process

	// Ask fills in what a step asks (Arguments, what a leaf of your own needs), from the answers so far. It is called once
	// for every step that is begun, before its first attempt.
	Ask func(*agentchaos.Request)
	// Answer is told of every answer, those from the log and those with a caveat too, before the step is kept.
	Answer func(*agentchaos.Request, *agentchaos.Response)
	// State is asked for what is to be kept with a checkpoint, and Restore is given what was, before the first step of a life
	// that goes on from it. What they exchange is the agent's own: the answers that later steps need. A life that could not
	// read the store at its beginning has begun anew, and is not given an older state later.
	State   func() []byte
	Restore func(state []byte)
	// Done is told of every step that is over, when it has been kept, if it is.
	Done func(step uint16, use agentchaos.Use, c agentchaos.Caveat)

	// Tried is how many attempts at a step earlier lives have made: for a simulated world, which knows.
	Tried func(step uint16) uint8
}

// End is how a life ended, and with it the task, unless the process was killed.
type End struct {
	agentchaos.Task
	Err     error // of the step that failed first, or of the store; of a partial task, why it has no more. Nil: completed or degraded
	Missing Steps // steps that are answered without what failed
}

// Run lives a life to its end, which is the task's unless the process is killed. The end is reported to the trace.
//
// A task is partial if its time is up, something is done, and the policy says so. One of which the process begins at or
// after the deadline has nobody left to answer: it fails as cancelled, whatever is done. A task with a checkpoint that
// cannot be read, nor the one before it, begins again; a checkpoint of another version ([VersionError]) or another plan
// ([ErrOtherPlan]) ends it as store_corrupt.
func (w *Worker) Run(ctx context.Context, life Life) End {
	c := &course{Worker: w, life: life, task: agentchaos.Task{Task: life.Task, Begin: life.Begin}}
	c.done = c.room[:0]
	if w.store != nil {
		c.endless = context.WithoutCancel(ctx)
	}
	born := w.env.Clock.Now()
	c.orphan = w.whole > 0 && born-life.Begin >= w.whole
	if d := w.agent.Deadline; d > 0 && d < agentchaos.Forever-max(0, life.Begin) {
		c.req.By = max(1, life.Begin+d)
		limited, end := w.env.Clock.WithTimeout(ctx, c.req.By-born)
		defer end()
		ctx = limited
	}
	switch {
	case !c.resume(ctx):
	case c.orphan:
		c.fail(&agentchaos.Request{ID: agentchaos.ID{Task: life.Task, Step: c.done.first()}}, agentchaos.Cancelled, cut(ctx, ""))
	default:
		c.walk(ctx, &c.req, w.agent.Steps, 1, 0, 0)
	}
	return c.end()
}

// end is the task's.
func (c *course) end() End {
	t, now := &c.task, c.env.Clock.Now()
	t.End = now
	passed := t.Kind == agentchaos.Cancelled && c.whole > 0 && now-t.Begin >= c.agent.Deadline
	switch {
	case (passed || c.late) && c.partial && t.Steps > 0 && !c.orphan:
		t.Outcome, t.Kind = agentchaos.Partial, agentchaos.None
	case t.Kind != agentchaos.None:
		t.Outcome = agentchaos.Failed
	case t.Without > 0:
		t.Outcome = agentchaos.Degraded
	}
	if passed || t.Outcome == agentchaos.Partial {
		tell(c.env, agentchaos.Change{What: agentchaos.DeadlineHit, ID: agentchaos.ID{Task: t.Task, Step: c.cut.ID.Step}, Target: c.cut.Target, Kind: agentchaos.Cancelled, For: c.agent.Deadline})
	}
	if c.env.Trace.Task != nil {
		c.env.Trace.Task(*t)
	}
	return End{Task: *t, Err: c.err, Missing: c.without}
}
