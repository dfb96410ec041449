package resilience

import (
	"context"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Retry tries a call on the same target again. The zero value does not.
type Retry struct {
	Attempts      int               // tries of a call on a target, the first included, at most 200; 0 and 1: no retry
	On            []agentchaos.Kind // the kinds that are tried again; nil: those of [Class]
	Backoff       Backoff           // between the attempts; zero: none
	MaxRetryAfter time.Duration     // a Retry-After above it ends the call on the target at once; 0: 60 s
}

// MaxAttempts is the largest Attempts: attempts are numbered in 8 bits, re-asks included.
const MaxAttempts = 200

const defaultMaxRetryAfter = 60 * time.Second

// Start makes a middleware that retries calls on the target. It counts on in req.ID.Attempt, the number of the attempt that
// is begun, and leaves it at the last one, so that whoever retries or re-asks above counts further; a [Policy] begins with
// 1 and restores it.
func (s Retry) Start(env agentchaos.Env, target string) agentchaos.Middleware {
	return newRetrier(s, &env, target, nil, false).around
}

type retrier struct {
	env           *agentchaos.Env
	target        string
	attempts      int
	on            [agentchaos.Kinds]bool
	waits         waits
	jitter        agentchaos.Seed
	maxRetryAfter time.Duration
	budget        *budget
}

// newRetrier leaves malformed answers alone if they are repaired: whoever re-asks tells the model what was wrong.
func newRetrier(s Retry, env *agentchaos.Env, target string, b *budget, repaired bool) *retrier {
	attempts := min(s.Attempts, MaxAttempts)
	r := &retrier{
		env: env, target: target, budget: b, attempts: attempts,
		waits: s.Backoff.waits(attempts), maxRetryAfter: s.MaxRetryAfter,
		jitter: env.Seed.Derive("jitter").Derive(target),
	}
	if r.maxRetryAfter == 0 {
		r.maxRetryAfter = defaultMaxRetryAfter
	}
	for _, k := range s.On {
		r.on[k] = !final(k)
	}
	for k := range r.on {
		r.on[k] = r.on[k] || s.On == nil && classes[k].retry
	}
	if repaired {
		r.on[agentchaos.Malformed] = false
	}
	return r
}

// final kinds end the call on its target whatever the settings say: asking the same breaker or budget again, or for a
// caller who has gone, is never right.
func final(k agentchaos.Kind) bool {
	switch k {
	case agentchaos.None, agentchaos.BreakerOpen, agentchaos.BudgetExhausted, agentchaos.Cancelled, agentchaos.Crash:
		return true
	}
	return false
}

func (r *retrier) around(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		prev := r.waits.initial
		for n := 1; ; n++ {
			resp, err := next(ctx, req)
			if err == nil {
				return resp, nil
			}
			if n >= r.attempts || !r.on[agentchaos.KindOf(err)] || ctx.Err() != nil {
				return nil, err
			}
			wait, stop := r.again(req, n, prev, err)
			if stop != nil {
				return nil, stop
			}
			if wait.sleep > 0 && r.env.Clock.Sleep(ctx, wait.sleep) != nil {
				return nil, cut(ctx, r.target)
			}
			prev = wait.backoff
			req.ID.Attempt = following(req.ID.Attempt)
		}
	}
}

// pause is a wait, and the part of it that is backoff: the rest is a Retry-After.
type pause struct{ sleep, backoff time.Duration }

// again decides whether attempt n that failed with err is tried again, and when; stop is the call's end if it is not.
func (r *retrier) again(req *agentchaos.Request, n int, prev time.Duration, err error) (p pause, stop error) {
	kind := agentchaos.KindOf(err)
	p.backoff = r.waits.after(n, prev, r.jitter.At(req.ID))
	p.sleep = p.backoff
	if e, ok := err.(*agentchaos.Error); ok && e.RetryAfter > 0 {
		p.sleep = e.RetryAfter
		if e.RetryAfter > r.maxRetryAfter {
			r.tell(agentchaos.RetryGivenUp, req, kind, e.RetryAfter)
			return p, err
		}
		if r.waits.jittered {
			p.sleep += p.backoff
		}
	}
	now := r.env.Clock.Now()
	if req.By != 0 && p.sleep >= req.By-now {
		req.Late = true
		r.tell(agentchaos.RetryGivenUp, req, kind, p.sleep)
		return p, err
	}
	if !r.budget.spend(now) {
		r.tell(agentchaos.Refused, req, agentchaos.BudgetExhausted, 0)
		return p, &agentchaos.Error{Kind: agentchaos.BudgetExhausted, Target: r.target, Err: err}
	}
	r.tell(agentchaos.RetryWait, req, kind, p.sleep)
	return p, nil
}

func (r *retrier) tell(what agentchaos.What, req *agentchaos.Request, k agentchaos.Kind, d time.Duration) {
	tell(r.env, agentchaos.Change{What: what, ID: req.ID, Target: r.target, Kind: k, For: d})
}
