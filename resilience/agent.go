package resilience

import (
	"context"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Agent is a workload: what one task does. The zero value does nothing and completes.
type Agent struct {
	Deadline time.Duration // of a task, hard: no attempt begins at or after it, no wait reaches it; 0: none
	Steps    []Step        // one after the other
}

// Start makes a function that runs one task, numbered from 1, through call, and reports its end to env.Trace. It may run
// many tasks at once. A task completes when all its steps have answered, is degraded if an answer has a caveat, and fails
// with the first step that has not answered; one that its deadline cuts fails as cancelled. [Policy.Worker] does more.
func (a Agent) Start(env agentchaos.Env, call agentchaos.Call) func(ctx context.Context, task uint32) agentchaos.Outcome {
	w := newWorker(a, &env)
	w.call = call
	return func(ctx context.Context, task uint32) agentchaos.Outcome {
		return w.Run(ctx, Life{Task: task, Begin: env.Clock.Now()})
	}
}

// Worker runs an agent's tasks under a policy: it keeps their progress, goes on where a process that died has left off, and
// makes the best of a deadline. Safe for concurrent use.
type Worker struct {
	agent   Agent
	env     *agentchaos.Env
	luck    luck
	call    agentchaos.Call
	store   Store // nil: progress is not kept
	every   int   // steps between checkpoints
	partial bool
	fixed   bool     // every task has the same plan
	writes  []uint16 // its steps with a side effect, if it is fixed
	stack   *stack   // nil: there is none
}

// Worker makes the whole stack around the leaf, and what runs the agent's tasks through it, fresh for one run. The settings
// must pass [Policy.Validate].
func (p Policy) Worker(a Agent, env agentchaos.Env, leaf agentchaos.Call) *Worker {
	w := newWorker(a, &env)
	s := newStack(p, &env)
	w.stack = s
	w.call = s.around(leaf)
	if p.Checkpoint != nil {
		w.store, w.every = s.store, max(1, p.Checkpoint.Every)
	}
	if w.partial = p.Degrade.Deadline; w.partial && a.Deadline > 0 {
		w.agent.Deadline = max(1, a.Deadline-p.Degrade.Reserve)
	}
	return w
}

func newWorker(a Agent, env *agentchaos.Env) *Worker {
	w := &Worker{agent: a, env: env, luck: newLuck(env.Seed), fixed: !drawn(a.Steps)}
	if w.fixed {
		w.writes = w.luck.writes(nil, a.Steps, 1)
	}
	return w
}

// Bury is to be called when the process of a task is about to be killed that others share the stack with, as in a simulated
// world: the dead give nothing back, and somebody may be waiting in a bulkhead's line for it.
func (w *Worker) Bury(task uint32) {
	if w.stack != nil {
		w.stack.bury(task)
	}
}

// Life is one process's part in a task: the first, or one that goes on after a crash.
type Life struct {
	Task   uint32        // from 1
	Number int           // of the process, from 1; 0: 1
	Begin  time.Duration // when the task arrived, on the run's clock: its deadline counts from there

	// What is known of earlier lives beside the store, for a simulated world; nil: nothing. Tried is how many attempts
	// they have made in a step. Done is told of every step that is over now, in full or with a caveat, when it has been
	// kept, if it is.
	Tried func(step uint16) uint8
	Done  func(step uint16, use agentchaos.Use, c agentchaos.Caveat)
}

// Run lives a life to its end, which is the task's unless the process is killed. The end is reported to the trace.
//
// It says [agentchaos.Partial] for a task whose time is up when the policy says so and something is done. A task with a
// checkpoint that cannot be read, nor the one before it, begins again; one of another version fails as store_corrupt.
func (w *Worker) Run(ctx context.Context, life Life) agentchaos.Outcome {
	c := &course{Worker: w, life: life, task: agentchaos.Task{Task: life.Task, Begin: life.Begin}}
	c.done = c.room[:0]
	if d := w.agent.Deadline; d > 0 && d < agentchaos.Forever-life.Begin {
		c.req.By = life.Begin + d
		limited, end := w.env.Clock.WithTimeout(ctx, c.req.By-w.env.Clock.Now())
		defer end()
		ctx = limited
	}
	if c.resume(ctx) {
		c.walk(ctx, &c.req, w.agent.Steps, 1, 0, 0)
	}
	return c.end()
}

// end is the task's.
func (c *course) end() agentchaos.Outcome {
	t, now := &c.task, c.env.Clock.Now()
	t.End = now
	late := t.Kind == agentchaos.Cancelled && c.req.By != 0 && now >= c.req.By
	switch {
	case late && c.partial && t.Steps > 0:
		t.Outcome, t.Kind = agentchaos.Partial, agentchaos.None
	case t.Kind != agentchaos.None:
		t.Outcome = agentchaos.Failed
	case t.Without > 0:
		t.Outcome = agentchaos.Degraded
	}
	if late {
		tell(c.env, agentchaos.Change{What: agentchaos.DeadlineHit, ID: c.cut.ID, Target: c.cut.Target, Kind: agentchaos.Cancelled, For: c.agent.Deadline})
	}
	if c.env.Trace.Task != nil {
		c.env.Trace.Task(*t)
	}
	return t.Outcome
}
