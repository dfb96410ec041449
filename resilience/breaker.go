package resilience

import (
	"context"
	"sync"
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

	mu sync.Mutex
	circuit
}

func newFuse(s Breaker, env *agentchaos.Env, target string) *fuse {
	return &fuse{
		env: env, target: target, circuit: newCircuit(s),
		open: &agentchaos.Error{Kind: agentchaos.BreakerOpen, Target: target},
	}
}

func (f *fuse) around(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		now := f.env.Clock.Now()
		f.mu.Lock()
		t, ok, half := f.enter(now, ctx)
		f.mu.Unlock()
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
		now = f.env.Clock.Now()
		f.mu.Lock()
		became := f.leave(now, t, v)
		f.mu.Unlock()
		switch became {
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
