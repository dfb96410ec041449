package resilience

import (
	"context"

	"github.com/agentchaos/agentchaos"
)

// Fallback is a chain of models, best first. A call that fails on one goes on to the next where [Class] says that another
// model may help; when all fail the last error is the call's. It chooses the target itself, of model calls only: tools and
// retrieval have nothing to fall back to.
type Fallback []string

// Start makes a middleware that sends model calls down the chain.
func (s Fallback) Start(env agentchaos.Env) agentchaos.Middleware {
	return func(next agentchaos.Call) agentchaos.Call {
		c := chain{env: &env, models: s}
		for range s {
			c.calls = append(c.calls, next)
		}
		return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			if req.Use != agentchaos.UseModel || len(s) == 0 {
				return next(ctx, req)
			}
			resp, _, err := c.call(ctx, req)
			return resp, err
		}
	}
}

// chain is a fallback with a call of its own for each model.
type chain struct {
	env    *agentchaos.Env
	models []string
	calls  []agentchaos.Call
}

// call also returns the place of the model that served, or failed last.
func (c *chain) call(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, int, error) {
	target, attempt := req.Target, req.ID.Attempt
	i := 0
	for {
		req.Target, req.ID.Attempt = c.models[i], following(req.Tried)
		resp, err := c.calls[i](ctx, req)
		req.Target, req.ID.Attempt = target, attempt
		if err == nil || i == len(c.calls)-1 || !c.goesOn(ctx, req, i, err) {
			return resp, i, err
		}
		i++
	}
}

func (c *chain) goesOn(ctx context.Context, req *agentchaos.Request, i int, err error) bool {
	kind := agentchaos.KindOf(err)
	if _, helps, _ := Class(kind, variantOf(err)); !helps || over(ctx, c.env.Clock, req) {
		return false
	}
	tell(c.env, agentchaos.Change{What: agentchaos.FellBack, ID: req.ID, Target: c.models[i+1], Kind: kind, Variant: variantOf(err)})
	return true
}
