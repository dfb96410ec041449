package resilience

import (
	"context"
	"time"

	"github.com/agentchaos/agentchaos"
)

// watch is where an attempt begins, and where it is reported when it has ended: what a policy above refuses never comes
// here. It keeps the law that no attempt is begun at or after the task's deadline.
type watch struct {
	env    *agentchaos.Env
	target string
	okay   int     // the status of a good answer
	budget *budget // first attempts pay in; nil: none
}

func newWatch(env *agentchaos.Env, target string, b *budget) *watch {
	return &watch{env: env, target: target, okay: okay(target), budget: b}
}

// okay is the HTTP status of a good answer: tools and retrieval have none.
func okay(target string) int {
	if agentchaos.DialectOf(target) == agentchaos.Plain {
		return 0
	}
	return 200
}

func (w *watch) around(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		begin := w.env.Clock.Now()
		if req.By != 0 && begin >= req.By {
			return nil, cut(ctx, w.target)
		}
		if w.budget != nil && req.ID.Attempt <= following(req.Tried) && req.ID.Copy == 0 {
			w.budget.deposit(begin)
		}
		req.Truth = agentchaos.Truth{}
		resp, err := next(ctx, req)
		if err != nil && req.Use == agentchaos.UseWrite && ambiguous(err) {
			req.Unsure = true
		}
		if w.env.Trace.Attempt != nil {
			w.report(req, begin, resp, err)
		}
		return resp, err
	}
}

// ambiguous reports whether a failed write may have been done: whatever is not a refusal.
func ambiguous(err error) bool {
	switch agentchaos.KindOf(err) {
	case agentchaos.Timeout, agentchaos.Reset, agentchaos.Truncated, agentchaos.Malformed, agentchaos.Conflict, agentchaos.Cancelled:
		return true
	}
	return false
}

func (w *watch) report(req *agentchaos.Request, begin time.Duration, resp *agentchaos.Response, err error) {
	a := agentchaos.Attempt{
		ID: req.ID, Target: w.target, Use: req.Use, Begin: begin, End: w.env.Clock.Now(),
		Kind: agentchaos.KindOf(err), Truth: req.Truth,
	}
	if e, ok := err.(*agentchaos.Error); ok {
		a.Variant, a.Status, a.RetryAfter, a.Got, a.First = e.Variant, e.Status, e.RetryAfter, e.Got, e.First
	}
	if err == nil && resp != nil {
		a.Status, a.Got, a.First = w.okay, resp.Output, resp.First
	}
	w.env.Trace.Attempt(a)
}
