package resilience

import (
	"context"
	"sync"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Hedge sends a second copy of a call that is slow, and takes whichever succeeds first; the other is cancelled, which is no
// failure. Calls with a side effect are never copied. Dean and Barroso, "The Tail at Scale", CACM 2013.
type Hedge struct {
	After time.Duration // without a first token (an answer, if not streamed), counted by the leaf from the attempt's start; 0: off
}

// Start makes a middleware that hedges calls on the target. The copy is the same attempt with Copy 1 in its ID, so its luck
// is its own. It needs a leaf that keeps req.Slow; with any other nothing is ever copied. While nobody is slow it costs a
// context: no event, no coroutine. req.OnFirst may be called by both copies.
func (s Hedge) Start(env agentchaos.Env, target string) agentchaos.Middleware {
	return newHedger(s, &env, target, nil).around
}

type hedger struct {
	env    *agentchaos.Env
	target string
	after  time.Duration
	budget *budget

	mu   sync.Mutex
	free []*hedged // states of calls that have ended
}

func newHedger(s Hedge, env *agentchaos.Env, target string, b *budget) *hedger {
	return &hedger{env: env, target: target, after: s.After, budget: b}
}

// hedged is one call. It belongs to the caller's coroutine, on which the leaf calls onSlow; what the copy touches is in dup.
type hedged struct {
	*hedger
	onSlow func() // h.slow, bound once

	next  agentchaos.Call
	ctx   context.Context // the caller's
	req   *agentchaos.Request
	close context.CancelFunc // ends the original
	dup   *duplicate         // nil: there is no copy
}

func (h *hedger) around(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		if req.Use == agentchaos.UseWrite {
			return next(ctx, req)
		}
		c := h.take()
		mine, end := h.env.Clock.WithTimeout(ctx, agentchaos.Forever)
		c.next, c.ctx, c.req, c.close = next, ctx, req, end
		slow, onSlow := req.Slow, req.OnSlow
		req.Slow, req.OnSlow = h.after, c.onSlow
		resp, err := next(mine, req)
		req.Slow, req.OnSlow = slow, onSlow
		if c.dup != nil {
			resp, err = c.dup.settle(h.env.Clock, ctx, resp, err)
		}
		end()
		h.put(c)
		return resp, err
	}
}

func (h *hedger) take() *hedged {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.free); n > 0 {
		c := h.free[n-1]
		h.free = h.free[:n-1]
		return c
	}
	c := &hedged{hedger: h}
	c.onSlow = c.slow
	return c
}

func (h *hedger) put(c *hedged) {
	c.next, c.ctx, c.req, c.close, c.dup = nil, nil, nil, nil, nil
	h.mu.Lock()
	h.free = append(h.free, c)
	h.mu.Unlock()
}

// slow starts the copy, if time and budget allow it.
func (c *hedged) slow() {
	if c.dup != nil || over(c.ctx, c.env.Clock, c.req) {
		return
	}
	id := c.req.ID
	id.Copy = 1
	change := agentchaos.Change{What: agentchaos.Hedged, ID: id, Target: c.target, For: c.after}
	if !c.budget.spend(c.env.Clock.Now()) {
		change.What, change.Kind, change.For = agentchaos.Refused, agentchaos.BudgetExhausted, 0
		tell(c.env, change)
		return
	}
	d := &duplicate{req: *c.req, target: c.target, endFirst: c.close}
	d.req.ID, d.req.Slow, d.req.OnSlow, d.req.Truth = id, 0, nil, agentchaos.Truth{}
	d.ctx, d.end = c.env.Clock.WithTimeout(c.ctx, agentchaos.Forever)
	d.done, d.fire = c.env.Clock.WithTimeout(c.ctx, agentchaos.Forever)
	c.dup = d
	tell(c.env, change)
	next := c.next
	c.env.Clock.Go(func() { d.run(next) })
}
