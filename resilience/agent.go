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
		return w.Run(ctx, Life{Task: task, Begin: env.Clock.Now()}).Outcome
	}
}
