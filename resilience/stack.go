package resilience

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/agentchaos/agentchaos"
)

// stack is a started Policy.
type stack struct {
	env    *agentchaos.Env
	policy Policy
	served atomic.Int64 // when the preferred model last served; the run's begin at first

	mu     sync.Mutex
	guards map[string]agentchaos.Middleware // by target: the models at once, tools when they are first used
}

func newStack(p Policy, env *agentchaos.Env) *stack {
	p.Models = slices.Clone(p.Models)
	s := &stack{env: env, policy: p, guards: map[string]agentchaos.Middleware{}}
	for _, m := range p.Models {
		s.guard(m)
	}
	return s
}

func (s *stack) guard(target string) agentchaos.Middleware {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guards[target]
	if g == nil {
		g = s.policy.guard(s.env, target)
		s.guards[target] = g
	}
	return g
}

// router is a stack around a leaf.
type router struct {
	*stack
	leaf  agentchaos.Call
	chain chain

	mu    sync.Mutex
	calls map[string]agentchaos.Call // of targets outside the chain
}

func (s *stack) around(leaf agentchaos.Call) agentchaos.Call {
	r := &router{stack: s, leaf: leaf, chain: chain{env: s.env, models: s.policy.Models}, calls: map[string]agentchaos.Call{}}
	for _, m := range s.policy.Models {
		r.chain.calls = append(r.chain.calls, s.guard(m)(leaf))
	}
	if s.env.Trace.Call != nil {
		return r.reported
	}
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		resp, _, err := r.route(ctx, req)
		return resp, err
	}
}

// route also returns the place in the chain of the model that served or failed last; −1: the target the request names.
func (r *router) route(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, int, error) {
	if req.Use == agentchaos.UseModel && len(r.chain.calls) > 0 {
		return r.chain.call(ctx, req)
	}
	attempt := req.ID.Attempt
	req.ID.Attempt = 1
	resp, err := r.call(req.Target)(ctx, req)
	req.ID.Attempt = attempt
	return resp, -1, err
}

func (r *router) call(target string) agentchaos.Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.calls[target]
	if c == nil {
		c = r.guard(target)(r.leaf)
		r.calls[target] = c
	}
	return c
}

// reported is route with a record of the call.
func (r *router) reported(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
	begin := r.env.Clock.Now()
	resp, i, err := r.route(ctx, req)
	r.report(req, begin, i, err)
	return resp, err
}

func (r *router) report(req *agentchaos.Request, begin time.Duration, i int, err error) {
	c := agentchaos.Called{
		ID: agentchaos.ID{Task: req.ID.Task, Step: req.ID.Step}, Target: req.Target, Preferred: req.Target, Use: req.Use,
		Begin: begin, End: r.env.Clock.Now(), Kind: agentchaos.KindOf(err),
	}
	if i >= 0 {
		c.Target, c.Preferred = r.chain.models[i], r.chain.models[0]
		if err == nil {
			c.Away = r.away(i, c.End)
		}
	}
	r.env.Trace.Call(c)
}

// away is how long the preferred model has not served, given who has served now.
func (s *stack) away(i int, now time.Duration) time.Duration {
	if i == 0 {
		s.served.Store(int64(now))
		return 0
	}
	return now - time.Duration(s.served.Load())
}
