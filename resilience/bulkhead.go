package resilience

import (
	"context"
	"slices"
	"sync"

	"github.com/agentchaos/agentchaos"
)

// Bulkhead bounds the attempts in flight on a target, over all tasks. The zero value is off.
type Bulkhead struct {
	Concurrency int // attempts at a time; 0: no limit
	Queue       int // calls that wait for a slot, in the order they came; the next is refused; 0: nobody waits
}

// Start makes a middleware with slots of its own. A refused call ends with kind bulkhead_full, always the same error value.
// With a free slot it costs neither a context nor an event.
func (s Bulkhead) Start(env agentchaos.Env, target string) agentchaos.Middleware {
	return newHold(s, &env, target, nil).around
}

// hold is the state of a bulkhead.
type hold struct {
	env    *agentchaos.Env
	target string
	size   Bulkhead
	full   *agentchaos.Error // the refusal, shared by all calls
	still  func(context.Context, *agentchaos.Request) error

	mu    sync.Mutex
	slots []slot
	free  []int     // places in slots
	line  []*waiter // nobody is in line while a slot is free
}

// slot remembers its holder: a crashed task runs no deferred code, so nobody gives its slot back.
type slot struct {
	holder context.Context
	task   uint32
	turn   uint32 // counts holders: one whose slot was taken back cannot free another's
}

// pass is what a holder gives back.
type pass struct {
	place int
	turn  uint32
}

type waiter struct {
	ctx     context.Context
	task    uint32
	fire    context.CancelFunc // wakes it
	pass    pass
	granted bool
}

// newHold takes in still what has to be asked again after a wait; nil: nothing.
func newHold(s Bulkhead, env *agentchaos.Env, target string, still func(context.Context, *agentchaos.Request) error) *hold {
	return &hold{
		env: env, target: target, size: s, still: still,
		full: &agentchaos.Error{Kind: agentchaos.BulkheadFull, Target: target},
	}
}

func (h *hold) around(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		h.mu.Lock()
		p, ok := h.take(ctx, req.ID.Task)
		h.mu.Unlock()
		if !ok {
			var err error
			if p, err = h.wait(ctx, req); err != nil {
				return nil, err
			}
		}
		resp, err := next(ctx, req)
		h.leave(p)
		return resp, err
	}
}

// wait stands in line. Somebody may have left since the house was found full, so it looks again.
func (h *hold) wait(ctx context.Context, req *agentchaos.Request) (pass, error) {
	h.mu.Lock()
	h.sweep()
	if p, ok := h.take(ctx, req.ID.Task); ok {
		h.mu.Unlock()
		return p, nil
	}
	if len(h.line) >= h.size.Queue {
		h.mu.Unlock()
		h.tell(agentchaos.Refused, req, agentchaos.BulkheadFull)
		return pass{}, h.full
	}
	signal, fire := h.env.Clock.WithTimeout(ctx, agentchaos.Forever)
	w := &waiter{ctx: ctx, task: req.ID.Task, fire: fire}
	h.line = append(h.line, w)
	h.mu.Unlock()
	h.tell(agentchaos.Queued, req, agentchaos.None)
	h.env.Clock.Sleep(signal, agentchaos.Forever)
	fire()
	return h.begin(ctx, req, w)
}

// begin is the end of a wait, by a slot or by the end of the caller.
func (h *hold) begin(ctx context.Context, req *agentchaos.Request, w *waiter) (pass, error) {
	h.mu.Lock()
	granted := w.granted
	if !granted {
		h.line = slices.DeleteFunc(h.line, func(x *waiter) bool { return x == w })
	}
	h.mu.Unlock()
	if !granted {
		return pass{}, cut(ctx, h.target)
	}
	if over(ctx, h.env.Clock, req) {
		h.leave(w.pass)
		return pass{}, cut(ctx, h.target)
	}
	if h.still != nil {
		if err := h.still(ctx, req); err != nil {
			h.leave(w.pass)
			return pass{}, err
		}
	}
	return w.pass, nil
}

// take gives out a slot if one is free.
func (h *hold) take(ctx context.Context, task uint32) (pass, bool) {
	i := len(h.slots)
	if n := len(h.free); n > 0 {
		i = h.free[n-1]
		h.free = h.free[:n-1]
	} else if i < h.size.Concurrency {
		h.slots = append(h.slots, slot{})
	} else {
		return pass{}, false
	}
	s := &h.slots[i]
	s.holder, s.task = ctx, task
	s.turn++
	return pass{i, s.turn}, true
}

func (h *hold) leave(p pass) {
	h.mu.Lock()
	if s := &h.slots[p.place]; s.turn == p.turn && s.holder != nil {
		h.give(p.place)
		h.serve()
	}
	h.mu.Unlock()
}

func (h *hold) give(place int) {
	h.slots[place].holder = nil
	h.free = append(h.free, place)
}

// serve lets in from the line while there are slots. Who has given up or died is passed over.
func (h *hold) serve() {
	for len(h.line) > 0 && len(h.free) > 0 {
		w := h.line[0]
		h.line = slices.Delete(h.line, 0, 1)
		if w.ctx.Err() != nil {
			continue
		}
		w.pass, w.granted = h.take(w.ctx, w.task)
		w.fire()
	}
}

// sweep takes slots back from the dead, and the dead out of the line.
func (h *hold) sweep() {
	h.line = slices.DeleteFunc(h.line, func(w *waiter) bool { return w.ctx.Err() != nil })
	for i := range h.slots {
		if s := &h.slots[i]; s.holder != nil && dead(s.holder) {
			h.give(i)
		}
	}
	h.serve()
}

// bury takes back what the process of a task holds that is about to die, and its places in the line: of a holder that was
// cancelled in the instant of its death the context does not say that it cannot give its slot back.
func (h *hold) bury(task uint32) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.line = slices.DeleteFunc(h.line, func(w *waiter) bool { return w.task == task })
	for i := range h.slots {
		if s := &h.slots[i]; s.holder != nil && s.task == task {
			h.give(i)
		}
	}
	h.serve()
}

// dead reports whether the context's process was killed: ended, and neither cancelled nor out of time, after which its
// holder still runs and gives the slot back itself.
func dead(ctx context.Context) bool {
	err := ctx.Err()
	return err != nil && err != context.Canceled && err != context.DeadlineExceeded
}

func (h *hold) tell(what agentchaos.What, req *agentchaos.Request, k agentchaos.Kind) {
	tell(h.env, agentchaos.Change{What: what, ID: req.ID, Target: h.target, Kind: k})
}
