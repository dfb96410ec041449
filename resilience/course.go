package resilience

import (
	"context"
	"sync"

	"github.com/agentchaos/agentchaos"
)

// course is one life of a task on its way through the plan. One Request serves all the steps of a line: nobody may keep it.
type course struct {
	*Worker
	life    Life
	req     agentchaos.Request
	endless context.Context // for the store

	mu   sync.Mutex // parallel steps come here together
	task agentchaos.Task
	err  error    // the first failure
	late bool     // it was for want of time
	cut  struct { // where it was
		ID     agentchaos.ID
		Target string
	}
	orphan  bool   // the process began when the time was up
	done    Steps  // over, of tasks whose progress is kept
	without Steps  // those with a caveat
	since   int    // steps since the last checkpoint
	state   []byte // the agent's own, as the store had it
	unread  bool   // what the store holds is not known yet: nothing is saved over it
	room    [1]uint64
	seal    [64]byte
}

// walk does the steps, which begin with number n at that depth of the plan, every model's input grown by grow. It gives the
// number after the last; false: a step has failed.
func (c *course) walk(ctx context.Context, req *agentchaos.Request, steps []Step, n uint16, grow int, depth uint8) (uint16, bool) {
	for i := range steps {
		s := &steps[i]
		for round := range c.luck.rounds(s, c.life.Task, n, depth) {
			ok := true
			switch {
			case len(s.Loop) > 0:
				n, ok = c.walk(ctx, req, s.Loop, n, grow+round*s.Grow, depth+1)
			case len(s.Parallel) > 0:
				n, ok = c.fork(ctx, s.Parallel, n, grow, depth+1)
			default:
				ok = c.step(ctx, req, s, n, grow)
				n++
			}
			if !ok {
				return n, false
			}
		}
	}
	return n, true
}

// step is one interaction.
func (c *course) step(ctx context.Context, req *agentchaos.Request, s *Step, n uint16, grow int) bool {
	if c.has(n) {
		return true
	}
	c.fill(req, s, n, grow)
	if over(ctx, c.env.Clock, req) {
		return c.fail(req, agentchaos.Cancelled, cut(ctx, req.Target))
	}
	resp, err := c.call(ctx, req)
	if err != nil {
		kind := agentchaos.KindOf(err)
		if _, typed := err.(*agentchaos.Error); !typed && ctx.Err() != nil { // a call without a stack
			kind = agentchaos.Cancelled
		}
		return c.fail(req, kind, err)
	}
	if req.By != 0 && c.env.Clock.Now() > req.By { // a leaf that does not heed its context
		return c.fail(req, agentchaos.Cancelled, cut(ctx, req.Target))
	}
	return c.finish(ctx, req, resp)
}

// fill makes the request of a step.
func (c *course) fill(req *agentchaos.Request, s *Step, n uint16, grow int) {
	req.ID = agentchaos.ID{Task: c.life.Task, Step: n}
	req.Target, req.Use, req.Models, req.Arguments = s.Target, s.Use, s.Models, s.Arguments
	req.Input, req.Output, req.Stream = s.Input, s.Output, false
	if s.Use == agentchaos.UseModel {
		req.Input, req.Output = c.luck.tokens(s, req.ID)
		req.Input += grow
		req.Stream = !s.Plain
	}
	req.Tried, req.Late, req.Unsure = 0, false, false
	if c.life.Tried != nil {
		req.Tried = c.life.Tried(n)
	}
	if c.life.Ask != nil {
		c.life.Ask(req)
	}
}

// fail takes down the first failure.
func (c *course) fail(req *agentchaos.Request, k agentchaos.Kind, err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.task.Kind == agentchaos.None {
		c.task.Kind, c.task.Step, c.err, c.late = k, req.ID.Step, err, req.Late
		c.cut.ID, c.cut.Target = agentchaos.ID{Task: req.ID.Task, Step: req.ID.Step}, req.Target
	}
	return false
}

// has reports whether a step is over already.
func (c *course) has(n uint16) bool {
	if c.store == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done.Has(n)
}

// finish takes down that a step is over, and keeps it.
func (c *course) finish(ctx context.Context, req *agentchaos.Request, resp *agentchaos.Response) bool {
	caveat := agentchaos.NoCaveat
	if resp != nil {
		caveat = resp.Caveat
	}
	if c.life.Answer != nil {
		c.life.Answer(req, resp)
	}
	c.mu.Lock()
	if caveat == agentchaos.NoCaveat {
		c.task.Steps++
	} else {
		c.task.Without++
	}
	if c.task.Kind == agentchaos.None {
		c.task.Step = max(c.task.Step, req.ID.Step)
	}
	if c.store != nil {
		c.done.Add(req.ID.Step)
		if caveat != agentchaos.NoCaveat {
			c.without.Add(req.ID.Step)
		}
	}
	c.mu.Unlock()
	if c.store != nil && !c.keep(ctx, req) {
		return false
	}
	if c.life.Done != nil {
		c.life.Done(req.ID.Step, req.Use, caveat)
	}
	return true
}
