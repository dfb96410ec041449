package resilience

import (
	"context"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Timeout bounds one attempt. The zero value bounds nothing, and still tells the two ends of a context apart: an attempt
// that ran into its own limit is a timeout, one that was cut from above is cancelled.
type Timeout struct {
	FirstToken time.Duration // until the first token of a streamed answer, kept by the leaf; 0: none
	Idle       time.Duration // between two tokens of a streamed answer, kept by the leaf; 0: none
	Attempt    time.Duration // for the whole attempt, as its context's deadline; 0: none
}

// Start makes a middleware that bounds attempts on the target.
func (s Timeout) Start(env agentchaos.Env, target string) agentchaos.Middleware {
	return (&limiter{&env, target, s}).around
}

type limiter struct {
	env    *agentchaos.Env
	target string
	Timeout
}

func (l *limiter) around(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		first, idle := req.FirstToken, req.Idle
		req.FirstToken, req.Idle = l.FirstToken, l.Idle
		mine, end := ctx, context.CancelFunc(nil)
		if l.Attempt > 0 {
			mine, end = l.env.Clock.WithTimeout(ctx, l.Attempt)
		}
		resp, err := next(mine, req)
		if err != nil {
			err = l.explain(ctx, mine, req, err)
		}
		if end != nil {
			end()
		}
		req.FirstToken, req.Idle = first, idle
		return resp, err
	}
}

// explain gives a kind to the end of a context. What the provider itself has said is kept, and so is a limit that the leaf
// kept, with what it had received. When the task's deadline is reached at the same instant as a limit, the deadline is why.
func (l *limiter) explain(ctx, mine context.Context, req *agentchaos.Request, err error) error {
	e, typed := err.(*agentchaos.Error)
	kind := agentchaos.KindOf(err)
	switch ended := mine.Err() != nil; {
	case over(ctx, l.env.Clock, req):
		if typed && kind != agentchaos.Timeout && kind != agentchaos.Cancelled {
			return err
		}
		kind = agentchaos.Cancelled
	case ended && (!typed || kind == agentchaos.Cancelled):
		kind = agentchaos.Timeout
	default:
		return err
	}
	out := agentchaos.Error{Kind: kind, Target: l.target, Err: mine.Err()}
	if typed {
		out.Status, out.Got, out.First = e.Status, e.Got, e.First
	}
	return &out
}
