package bench

import (
	"context"
	"sync"
	"time"

	"github.com/agentchaos/agentchaos"
)

// ByHand is the least code that does the same, as the limit of what a library can reach: a loop in a loop, and a breaker of
// three fields.
func ByHand(leaf agentchaos.Call) agentchaos.Call { return byHandOn(agentchaos.NewWall())(leaf) }

func byHandOn(clock agentchaos.Clock) Peer {
	return func(leaf agentchaos.Call) agentchaos.Call { return loop(clock, clock.WithTimeout, leaf) }
}

func loop(clock agentchaos.Clock, within bound, leaf agentchaos.Call) agentchaos.Call {
	var fuses [len(models)]fuse
	return func(ctx context.Context, req *agentchaos.Request) (resp response, err error) {
		for i, m := range models {
			req.Target = m
			for range attempts {
				if !fuses[i].enter(clock) {
					err = agentchaos.BreakerOpen
					break
				}
				resp, err = limited(ctx, within, req, leaf)
				fuses[i].leave(clock, err)
				if err == nil {
					return resp, nil
				}
				if !retried(err) {
					break
				}
			}
			if !helped(err) {
				break
			}
		}
		return nil, err
	}
}

// fuse is a breaker. Zero: closed.
type fuse struct {
	mu     sync.Mutex
	failed int           // in a row
	until  time.Duration // open until then, while failed is at least failures
	probed bool          // half-open, and the probe is under way
}

func (f *fuse) enter(clock agentchaos.Clock) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed < failures {
		return true
	}
	if f.probed || clock.Now() < f.until {
		return false
	}
	f.probed = true
	return true
}

func (f *fuse) leave(clock agentchaos.Clock, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.probed = false
	switch {
	case err == nil:
		f.failed = 0
	case counts(err):
		if f.failed++; f.failed >= failures {
			f.until = clock.Now() + recovery
		}
	}
}
