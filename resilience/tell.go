package resilience

import (
	"context"

	"github.com/agentchaos/agentchaos"
)

// tell reports a change, at the time it is now. Never with a lock held.
func tell(env *agentchaos.Env, c agentchaos.Change) {
	if env.Trace.Change != nil {
		c.At = env.Clock.Now()
		env.Trace.Change(c)
	}
}

// cut is the end of a call whose caller has gone or whose time is up. It is no attempt and no failure of the target.
func cut(ctx context.Context, target string) error {
	err := ctx.Err()
	if err == nil { // the deadline is now, and its context has not noticed yet
		err = context.DeadlineExceeded
	}
	return &agentchaos.Error{Kind: agentchaos.Cancelled, Target: target, Err: err}
}

// over reports whether no attempt may begin any more.
func over(ctx context.Context, clock agentchaos.Clock, req *agentchaos.Request) bool {
	return ctx.Err() != nil || req.By != 0 && clock.Now() >= req.By
}
