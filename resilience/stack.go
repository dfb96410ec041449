package resilience

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/agentchaos/agentchaos"
)

// stack is a started Policy.
type stack struct {
	env    *agentchaos.Env
	policy Policy
	store  Store

	mu     sync.Mutex
	guards map[string]agentchaos.Middleware // by target: the models at once, tools when they are first used
	holds  []*hold                          // their bulkheads
}

func newStack(p Policy, env *agentchaos.Env) *stack {
	p.Models = slices.Clone(p.Models)
	s := &stack{env: env, policy: p, store: p.Store, guards: map[string]agentchaos.Middleware{}}
	if s.store == nil {
		s.store = &Memory{}
	}
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
		var h *hold
		g, h = s.policy.guard(s.env, target)
		s.guards[target] = g
		if h != nil {
			s.holds = append(s.holds, h)
		}
	}
	return g
}

// bury takes back what the process of a task holds that is about to die.
func (s *stack) bury(task uint32) {
	s.mu.Lock()
	holds := slices.Clone(s.holds)
	s.mu.Unlock()
	for _, h := range holds {
		h.bury(task)
	}
}

// router is a stack around a leaf.
type router struct {
	*stack
	leaf  agentchaos.Call
	chain chain

	mu     sync.Mutex
	calls  map[string]agentchaos.Call // of targets outside the chain
	chains []*chain                   // of steps that have one of their own
}

// around composes the stack, outermost first: degradation, the log of results, the record of the call, the chain, and what
// belongs to its targets.
func (s *stack) around(leaf agentchaos.Call) agentchaos.Call {
	r := &router{stack: s, leaf: leaf, calls: map[string]agentchaos.Call{}}
	r.chain = *r.chainOf(s.policy.Models)
	call := r.reported
	if s.env.Trace.Call == nil {
		call = func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			resp, _, err := r.route(ctx, r.chainFor(req), req)
			return resp, err
		}
	}
	if s.policy.Idempotency != nil {
		call = newResultLog(s.policy.Idempotency, s.env, s.store, s.policy.run(s.env)).around(call)
	}
	if s.policy.Degrade.skips() {
		call = s.policy.Degrade.around(s.env, call)
	}
	return call
}

func (r *router) chainOf(models []string) *chain {
	c := &chain{env: r.env, models: models}
	for _, m := range models {
		c.calls = append(c.calls, r.guard(m)(r.leaf))
	}
	return c
}

// chainFor is the chain that a request goes down; nil: it goes to the target that it names.
func (r *router) chainFor(req *agentchaos.Request) *chain {
	switch {
	case req.Use != agentchaos.UseModel:
		return nil
	case len(req.Models) > 0:
		return r.own(req.Models)
	case len(r.chain.calls) > 0:
		return &r.chain
	}
	return nil
}

// own is the chain of a step that has one of its own.
func (r *router) own(models []string) *chain {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.chains {
		if slices.Equal(c.models, models) {
			return c
		}
	}
	c := r.chainOf(slices.Clone(models))
	r.chains = append(r.chains, c)
	return c
}

// route also returns the place in the chain of the model that served or failed last; −1: there is no chain. Attempts are
// counted on from those that earlier lives of the task have made.
func (r *router) route(ctx context.Context, c *chain, req *agentchaos.Request) (*agentchaos.Response, int, error) {
	if c != nil {
		return c.call(ctx, req)
	}
	attempt := req.ID.Attempt
	req.ID.Attempt = following(req.Tried)
	resp, err := r.call(req.Target)(ctx, req)
	req.ID.Attempt = attempt
	return resp, -1, err
}

// following is the number of the attempt after; the last number that there is stays.
func following(attempt uint8) uint8 { return max(attempt, attempt+1) }

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
	begin, c := r.env.Clock.Now(), r.chainFor(req)
	resp, i, err := r.route(ctx, c, req)
	r.report(req, begin, c, i, err)
	return resp, err
}

func (r *router) report(req *agentchaos.Request, begin time.Duration, down *chain, i int, err error) {
	c := agentchaos.Called{
		ID: agentchaos.ID{Task: req.ID.Task, Step: req.ID.Step}, Target: req.Target, Preferred: req.Target, Use: req.Use,
		Begin: begin, End: r.env.Clock.Now(), Kind: agentchaos.KindOf(err),
	}
	if i >= 0 {
		c.Target, c.Preferred = down.models[i], down.models[0]
	}
	r.env.Trace.Call(c)
}
