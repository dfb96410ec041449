package resilience

import (
	"context"

	"github.com/agentchaos/agentchaos"
)

// Repair asks again, at once, when the answer does not parse or does not fit its schema; nothing else makes it ask. The zero
// value is off. Without one a malformed answer is retried like any other failure.
type Repair struct {
	Attempts int // re-asks of a call on a target; 0: none
}

// Start makes a middleware that re-asks on the target. It counts on in req.ID.Attempt as [Retry.Start] does.
func (s Repair) Start(env agentchaos.Env, target string) agentchaos.Middleware {
	return func(next agentchaos.Call) agentchaos.Call {
		return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			for n := 0; ; n++ {
				resp, err := next(ctx, req)
				if n >= s.Attempts || agentchaos.KindOf(err) != agentchaos.Malformed || over(ctx, env.Clock, req) {
					return resp, err
				}
				tell(&env, agentchaos.Change{
					What: agentchaos.Reasked, ID: req.ID, Target: target, Kind: agentchaos.Malformed, Variant: variantOf(err),
				})
				req.ID.Attempt = following(req.ID.Attempt)
			}
		}
	}
}
