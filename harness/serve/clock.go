package serve

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"github.com/agentchaos/agentchaos"
)

// clock is the scenario's: it begins when it is first asked, which the first request does, and runs scale times as fast as
// the one below.
type clock struct {
	agentchaos.Clock
	scale float64      // > 0
	begin atomic.Int64 // on the clock below, plus 1; 0: not yet
	wall  bool
}

func newClock(below agentchaos.Clock, scale float64) *clock {
	_, wall := below.(agentchaos.Wall)
	return &clock{Clock: below, scale: scale, wall: wall}
}

// Now is the time since it was first asked for.
func (c *clock) Now() time.Duration {
	now := c.Clock.Now()
	if c.begin.Load() == 0 {
		c.begin.CompareAndSwap(0, int64(now)+1)
	}
	now = max(0, now-c.began()) // who asks at the same moment as the first may have looked before it
	if c.scale == 1 {
		return now
	}
	return time.Duration(float64(now) * c.scale)
}

func (c *clock) began() time.Duration { return time.Duration(c.begin.Load() - 1) }

// Sleep waits for d of the scenario's time. On the wall clock, what has come already costs no timer.
func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 && c.wall {
		return ctx.Err()
	}
	return c.Clock.Sleep(ctx, c.below(d))
}

// WithTimeout ends after d of the scenario's time.
func (c *clock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return c.Clock.WithTimeout(ctx, c.below(d))
}

// below is how long d takes on the clock below, rounded up: who waits for a moment finds that it has come.
func (c *clock) below(d time.Duration) time.Duration {
	if c.scale == 1 || d == agentchaos.Forever {
		return d
	}
	x := math.Ceil(float64(d) / c.scale)
	if x >= float64(agentchaos.Forever) {
		return agentchaos.Forever
	}
	return time.Duration(x)
}

// Calendar is when that is for the clients, whose clocks nobody speeds up.
func (c *clock) Calendar(now time.Duration) time.Time {
	epoch := agentchaos.Epoch
	if wall, ok := c.Clock.(agentchaos.Wall); ok {
		epoch = wall.Began()
	}
	if c.begin.Load() == 0 { // who asks which models there are does not start the scenario
		return epoch.Add(c.below(now))
	}
	return epoch.Add(c.began() + c.below(now))
}
