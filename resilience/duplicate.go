package resilience

import (
	"context"
	"sync"

	"github.com/agentchaos/agentchaos"
)

// duplicate is a hedge's copy in flight.
type duplicate struct {
	req      agentchaos.Request
	target   string
	ctx      context.Context
	end      context.CancelFunc // ends the copy
	endFirst context.CancelFunc // ends the original; does nothing when it has ended
	done     context.Context    // a signal: the copy has ended
	fire     context.CancelFunc

	mu    sync.Mutex
	ended bool
	resp  *agentchaos.Response
	err   error
}

func (d *duplicate) run(next agentchaos.Call) {
	resp, err := next(d.ctx, &d.req)
	d.mu.Lock()
	d.ended, d.resp, d.err = true, resp, err
	d.mu.Unlock()
	if err == nil {
		d.endFirst()
	}
	d.fire()
	d.end()
}

// settle is called by the original when it has ended, and makes one answer of two. The first success wins; when both fail
// the original's error is the call's, with the longer Retry-After of the two: both have asked one target.
func (d *duplicate) settle(clock agentchaos.Clock, ctx context.Context, resp *agentchaos.Response, err error) (*agentchaos.Response, error) {
	d.mu.Lock()
	if err != nil && !d.ended {
		d.mu.Unlock()
		clock.Sleep(d.done, agentchaos.Forever)
		d.mu.Lock()
		if ctx.Err() != nil { // the caller has ended, and with it the copy, if that had not
			err = cut(ctx, d.target)
		}
	}
	switch {
	case d.ended && d.err == nil:
		resp, err = d.resp, nil
	case d.ended && err != nil:
		err = patient(err, d.err)
	}
	d.mu.Unlock()
	d.end()
	d.fire()
	return resp, err
}

// patient is the original's error, or, if the copy was told to wait for longer, one that says so. A malformed answer cannot:
// repair would ask again at once.
func patient(err, other error) error {
	e, ok1 := err.(*agentchaos.Error)
	o, ok2 := other.(*agentchaos.Error)
	switch {
	case !ok1 || !ok2 || o.RetryAfter <= e.RetryAfter:
		return err
	case e.Kind == agentchaos.Malformed:
		return other
	}
	both := *e
	both.RetryAfter = o.RetryAfter
	return &both
}
