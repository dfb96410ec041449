package resilience

import (
	"strconv"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Worker runs an agent's tasks under a policy: it keeps their progress, goes on where a process that died has left off, and
// makes the best of a deadline. Safe for concurrent use.
type Worker struct {
	agent   Agent
	env     *agentchaos.Env
	luck    luck
	call    agentchaos.Call
	store   Store  // nil: progress is not kept
	every   int    // steps between checkpoints
	of      uint64 // names run and plan in checkpoints
	partial bool
	whole   time.Duration // the agent's deadline, the reserve included; 0: none
	fixed   bool          // every task has the same plan
	writes  []uint16      // its steps with a side effect, if it is fixed
	stack   *stack        // nil: there is none
}

// Worker makes the whole stack around the leaf, and what runs the agent's tasks through it, fresh for one run. The settings
// must pass [Policy.Validate].
func (p Policy) Worker(a Agent, env agentchaos.Env, leaf agentchaos.Call) *Worker {
	w := newWorker(a, &env)
	s := newStack(p, &env)
	w.stack = s
	w.call = s.around(leaf)
	if p.Checkpoint != nil {
		w.store, w.every, w.of = s.store, max(1, p.Checkpoint.Every), planOf(p.run(&env), a.Steps)
	}
	if w.partial = p.Degrade.Deadline; w.partial && a.Deadline > 0 {
		w.agent.Deadline = max(1, a.Deadline-p.Degrade.Reserve)
	}
	return w
}

func newWorker(a Agent, env *agentchaos.Env) *Worker {
	w := &Worker{agent: a, env: env, luck: newLuck(env.Seed), whole: a.Deadline, fixed: !drawn(a.Steps)}
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

// run is the name of the run.
func (p *Policy) run(env *agentchaos.Env) string {
	if p.Run != "" {
		return p.Run
	}
	return strconv.FormatUint(uint64(env.Seed), 10)
}
