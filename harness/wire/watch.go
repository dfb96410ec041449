package wire

import (
	"context"
	"sync"
	"time"

	"github.com/agentchaos/agentchaos"
)

// watch keeps the limits of a streamed call, and tells its hedge when it is slow. A limit is a deadline: what comes at its very
// moment is in time.
type watch struct {
	clock  agentchaos.Clock
	req    *agentchaos.Request
	begin  time.Duration
	ctx    context.Context // of the call: ended by a limit
	cancel context.CancelFunc
	early  context.Context // until the first token, or the end
	enough context.CancelFunc

	mu      sync.Mutex
	idle    *sync.Cond    // nobody is in OnSlow
	at      time.Duration // when the next token must have come
	telling bool          // OnSlow is being called
	over    bool
	expired bool
}

// newWatch starts to watch a call, if there is anything to watch for; the context is the one to make it under.
func newWatch(ctx context.Context, clock agentchaos.Clock, req *agentchaos.Request) *watch {
	w := &watch{clock: clock, req: req, begin: clock.Now(), ctx: ctx}
	w.idle = sync.NewCond(&w.mu)
	limited := req.Stream && (req.FirstToken > 0 || req.Idle > 0)
	if !limited && req.OnSlow == nil {
		return w
	}
	w.ctx, w.cancel = clock.WithTimeout(ctx, agentchaos.Forever)
	if req.OnSlow != nil || w.first() > 0 {
		w.early, w.enough = clock.WithTimeout(w.ctx, agentchaos.Forever)
		beside(clock, w.await)
	}
	return w
}

// beside starts what watches its caller. A virtual clock can tell it from what its caller has started for itself, so that the
// order of events does not depend on whether anybody watches.
func beside(clock agentchaos.Clock, f func()) {
	if c, ok := clock.(interface{ Beside(f func()) }); ok {
		c.Beside(f)
		return
	}
	clock.Go(f)
}

// first is the limit of the first token; 0: there is none.
func (w *watch) first() time.Duration {
	if w.req.Stream {
		return w.req.FirstToken
	}
	return 0
}

// await waits for the moments before the first token.
func (w *watch) await() {
	if w.req.OnSlow != nil && (w.first() == 0 || w.req.Slow < w.first()) {
		if !w.expire(w.early, w.begin+w.req.Slow) || !w.tell() {
			return
		}
	}
	if w.first() > 0 && w.expire(w.early, w.begin+w.first()) {
		w.end(true)
	}
}

// expire waits until a moment as a deadline. False: phase ended before.
func (w *watch) expire(phase context.Context, moment time.Duration) bool {
	d, stop := w.clock.WithTimeout(phase, moment-w.clock.Now())
	_ = w.clock.Sleep(d, agentchaos.Forever)
	stop()
	return phase.Err() == nil
}

// tell calls OnSlow, unless the call is over. Whoever ends the call waits for it, so that nothing that OnSlow has done is
// missed; no lock is held meanwhile.
func (w *watch) tell() bool {
	w.mu.Lock()
	w.telling = !w.over
	telling := w.telling
	w.mu.Unlock()
	if !telling {
		return false
	}
	w.req.OnSlow()
	w.mu.Lock()
	w.telling = false
	w.idle.Broadcast()
	w.mu.Unlock()
	return true
}

// token is told that one has come.
func (w *watch) token(first bool) {
	if first && w.enough != nil {
		w.enough()
	}
	w.alive()
	if first && w.req.Stream && w.req.Idle > 0 {
		beside(w.clock, w.gaps)
	}
}

// alive is told that something has come, a token or another sign that the answer goes on.
func (w *watch) alive() {
	if !w.req.Stream || w.req.Idle <= 0 {
		return
	}
	w.mu.Lock()
	w.at = w.clock.Now() + w.req.Idle
	w.mu.Unlock()
}

// gaps waits for the gap that is too long. Most tokens move the moment on before it comes.
func (w *watch) gaps() {
	for {
		w.mu.Lock()
		at := w.at
		w.mu.Unlock()
		if w.clock.Now() >= at {
			w.end(true)
			return
		}
		if !w.expire(w.ctx, at) {
			return
		}
	}
}

// end ends the call: because a limit ran out, or of itself.
func (w *watch) end(expired bool) {
	if w.cancel == nil {
		return
	}
	w.mu.Lock()
	if !expired {
		for w.telling {
			w.idle.Wait()
		}
	}
	if !w.over {
		w.over, w.expired = true, expired
	}
	w.mu.Unlock()
	w.cancel()
}

func (w *watch) ranOut() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.expired
}
