package resilience

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Breaker stops calls to a target that fails, and lets a few through after a while to see whether it is back. It opens after
// Failures consecutive failures, or when the share of failures within Window is at least FailureRate; both set: on
// whichever comes first, neither: Failures is 5.
//
// Only the kinds of [Class] count. A success counts as one; every other ending (a rate limit, a wrong request, a call cut
// by its caller) says nothing about the target's health and is ignored, like gobreaker's IsExcluded: it neither breaks
// nor mends a row of failures, and gives a probe's place back.
type Breaker struct {
	Failures    int           // consecutive; 0: not judged, or 5 if FailureRate is 0 too
	FailureRate float64       // share from 0 to 1, judged when a failure is recorded, opens at it; 0: not judged
	Window      time.Duration // of FailureRate, sliding and exact, by when calls ended; a call of that age no longer counts; 0: 30 s
	MinCalls    int           // within Window before FailureRate is judged; 0: 10
	Recovery    time.Duration // how long it stays open; at exactly this age it lets probes through; 0: 30 s
	Probes      int           // calls let through half-open; all must succeed to close it, the first failure opens it again; 0: 1
}

// Start makes a middleware with a breaker of its own. A refused call ends with kind breaker_open, always the same error value.
func (s Breaker) Start(env agentchaos.Env, target string) agentchaos.Middleware {
	return newFuse(s, &env, target).around
}

// fuse is a breaker between a clock and a trace; what it decides is in circuit, which knows neither.
type fuse struct {
	env    *agentchaos.Env
	target string
	open   *agentchaos.Error // the refusal, shared by all calls

	health atomic.Uint64 // what a call on a healthy target needs to know: see publish

	mu sync.Mutex
	circuit
}

// The bits of fuse.health above the generation.
const (
	passes = 1 << 32 // closed: every call is let in
	calm   = 1 << 33 // closed, and a success would change nothing
)

// publish tells what the circuit has become, with the lock held. While it is closed and nothing fails, calls need no lock.
func (f *fuse) publish() {
	h := uint64(0)
	if f.state == closed {
		h = passes | uint64(f.generation)
		if f.failures == 0 && f.rate == 0 {
			h |= calm
		}
	}
	if f.health.Load() != h {
		f.health.Store(h)
	}
}

func (f *fuse) enter(ctx context.Context) (t ticket, ok, half bool) {
	if h := f.health.Load(); h&passes != 0 {
		return ticket{generation: uint32(h)}, true, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.publish()
	return f.circuit.enter(f.env.Clock.Now(), ctx)
}

func (f *fuse) leave(t ticket, v verdict) condition {
	if h := f.health.Load(); v == success && h&calm != 0 && uint32(h) == t.generation {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.publish()
	return f.circuit.leave(f.env.Clock.Now(), t, v)
}

func newFuse(s Breaker, env *agentchaos.Env, target string) *fuse {
	f := &fuse{
		env: env, target: target, circuit: newCircuit(s),
		open: &agentchaos.Error{Kind: agentchaos.BreakerOpen, Target: target},
	}
	f.publish()
	return f
}

func (f *fuse) around(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		t, ok, half := f.enter(ctx)
		if half {
			f.tell(agentchaos.BreakerHalfOpened, req, agentchaos.None, 0)
		}
		if !ok {
			return nil, f.refuse(req)
		}
		resp, err := next(ctx, req)
		v := success
		if err != nil {
			v = verdictOf(err)
		}
		switch f.leave(t, v) {
		case opened:
			f.tell(agentchaos.BreakerOpened, req, agentchaos.KindOf(err), f.settings.Recovery)
		case closed:
			f.tell(agentchaos.BreakerClosed, req, agentchaos.None, 0)
		}
		return resp, err
	}
}

// still is asked for a call that the breaker let in and that has waited since: no attempt is begun while it is open, nor
// half-open unless it is the probe.
func (f *fuse) still(ctx context.Context, req *agentchaos.Request) error {
	f.mu.Lock()
	ok := f.holds(ctx)
	f.mu.Unlock()
	if ok {
		return nil
	}
	return f.refuse(req)
}

func (f *fuse) refuse(req *agentchaos.Request) error {
	f.tell(agentchaos.Refused, req, agentchaos.BreakerOpen, 0)
	return f.open
}

func (f *fuse) tell(what agentchaos.What, req *agentchaos.Request, k agentchaos.Kind, d time.Duration) {
	tell(f.env, agentchaos.Change{What: what, ID: req.ID, Target: f.target, Kind: k, For: d})
}

func verdictOf(err error) verdict {
	if _, _, counts := Class(agentchaos.KindOf(err), variantOf(err)); counts {
		return failure
	}
	return ignored
}
