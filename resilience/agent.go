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

// Step is one interaction of a task with a dependency.
type Step struct {
	Use    agentchaos.Use
	Target string // "tool/refund", "retrieval/kb"; "" for models: the policy's chain
	Input  int    // tokens sent, of models
	Output int    // tokens wanted, of models
	Plain  bool   // a model's answer is not streamed
}

// Start makes a function that runs one task, numbered from 1, through call, and reports its end to env.Trace. It may run
// many tasks at once. A task completes when all its steps have answered, and fails with the first that has not; one that
// its deadline cuts fails as cancelled.
func (a Agent) Start(env agentchaos.Env, call agentchaos.Call) func(ctx context.Context, task uint32) agentchaos.Outcome {
	return func(ctx context.Context, task uint32) agentchaos.Outcome {
		t := agentchaos.Task{Task: task, Begin: env.Clock.Now()}
		req := &agentchaos.Request{}
		if a.Deadline > 0 && a.Deadline < agentchaos.Forever-t.Begin {
			req.By = t.Begin + a.Deadline
			limited, end := env.Clock.WithTimeout(ctx, a.Deadline)
			defer end()
			ctx = limited
		}
		a.run(ctx, &env, call, req, &t)
		t.End = env.Clock.Now()
		if t.Kind != agentchaos.None {
			t.Outcome = agentchaos.Failed
		}
		if t.Kind == agentchaos.Cancelled && req.By != 0 && t.End >= req.By {
			tell(&env, agentchaos.Change{What: agentchaos.DeadlineHit, ID: req.ID, Target: req.Target, Kind: agentchaos.Cancelled, For: a.Deadline})
		}
		if env.Trace.Task != nil {
			env.Trace.Task(t)
		}
		return t.Outcome
	}
}

// run does the steps. One Request serves them all: nobody may keep it.
func (a *Agent) run(ctx context.Context, env *agentchaos.Env, call agentchaos.Call, req *agentchaos.Request, t *agentchaos.Task) {
	for i := range a.Steps {
		s := &a.Steps[i]
		t.Step = uint16(i + 1)
		req.ID = agentchaos.ID{Task: t.Task, Step: t.Step}
		req.Target, req.Use, req.Input, req.Output = s.Target, s.Use, s.Input, s.Output
		req.Stream = s.Use == agentchaos.UseModel && !s.Plain
		if over(ctx, env.Clock, req) {
			t.Kind = agentchaos.Cancelled
			return
		}
		if _, err := call(ctx, req); err != nil {
			t.Kind = agentchaos.KindOf(err)
			if _, typed := err.(*agentchaos.Error); !typed && ctx.Err() != nil { // a call without a stack
				t.Kind = agentchaos.Cancelled
			}
			return
		}
		if req.By != 0 && env.Clock.Now() > req.By { // a leaf that does not heed its context
			t.Kind = agentchaos.Cancelled
			return
		}
		t.Steps++
	}
}
