package bench

import (
	"context"
	"sync"
	"time"

	"github.com/agentchaos/agentchaos"
)

// ByHand is the least code that does the same, as the limit of what a library can reach: a loop in a loop, and a breaker of
// three fields.
func ByHand(leaf agentchaos.Call) agentchaos.Call {
	var fuses [len(models)]fuse
	return func(ctx context.Context, req *agentchaos.Request) (resp response, err error) {
		for i, m := range models {
			req.Target = m
			for range attempts {
				if !fuses[i].enter() {
					err = agentchaos.BreakerOpen
					break
				}
				resp, err = limited(ctx, req, leaf)
				fuses[i].leave(err)
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
	failed int       // in a row
	until  time.Time // open until then, while failed is at least failures
	probed bool      // half-open, and the probe is under way
}

func (f *fuse) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed < failures {
		return true
	}
	if f.probed || time.Now().Before(f.until) {
		return false
	}
	f.probed = true
	return true
}

func (f *fuse) leave(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.probed = false
	switch {
	case err == nil:
		f.failed = 0
	case counts(err):
		if f.failed++; f.failed >= failures {
			f.until = time.Now().Add(recovery)
		}
	}
}
