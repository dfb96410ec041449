package resilience

import (
	"context"
	"math"
	"time"

	"github.com/agentchaos/agentchaos"
)

// circuit is the state machine of a breaker. It reads no clock and takes no lock: now is an argument (as in gobreaker), so
// that its tests are tables.
type circuit struct {
	settings Breaker
	rate     int64 // FailureRate in grains; 0: not judged

	state      condition
	generation uint32 // counts changes of state: results of an earlier one change nothing
	failures   int    // in a row
	window     window // a: calls, b: failures
	until      time.Duration

	probes []probe // in flight, half-open
	last   uint32  // number of the last probe
	good   int     // probes that have succeeded
}

type condition uint8

const (
	closed condition = iota + 1 // so that 0 can say "unchanged"
	opened
	halfOpen
)

// verdict is what the end of a call says of its target.
type verdict uint8

const (
	success verdict = iota
	failure
	ignored
)

// probe is a call in flight while half-open. Its context is kept because its holder may never come back: a crashed task
// runs no deferred code.
type probe struct {
	number uint32
	ctx    context.Context
}

// ticket is what a call that was let in gives back at its end.
type ticket struct{ generation, probe uint32 }

func newCircuit(s Breaker) circuit {
	if s.Failures == 0 && s.FailureRate == 0 {
		s.Failures = 5
	}
	if s.Window == 0 {
		s.Window = 30 * time.Second
	}
	if s.MinCalls == 0 {
		s.MinCalls = 10
	}
	if s.Recovery == 0 {
		s.Recovery = 30 * time.Second
	}
	if s.Probes == 0 {
		s.Probes = 1
	}
	return circuit{settings: s, rate: int64(math.Round(s.FailureRate * grain)), state: closed, window: window{width: s.Window}}
}

// enter lets a call in or not. half reports that the breaker has become half-open by it.
func (c *circuit) enter(now time.Duration, ctx context.Context) (t ticket, ok, half bool) {
	switch c.state {
	case closed:
		return ticket{generation: c.generation}, true, false
	case opened:
		if now < c.until {
			return ticket{}, false, false
		}
		half = true
		c.become(halfOpen)
	}
	if len(c.probes)+c.good >= c.settings.Probes {
		c.sweep()
	}
	if len(c.probes)+c.good >= c.settings.Probes {
		return ticket{}, false, half
	}
	c.last++
	c.probes = append(c.probes, probe{c.last, ctx})
	return ticket{c.generation, c.last}, true, half
}

// leave records the end of a call, and returns what the breaker has become by it; 0: what it was.
func (c *circuit) leave(now time.Duration, t ticket, v verdict) condition {
	if t.generation != c.generation {
		return 0
	}
	if c.state == halfOpen && !c.end(t.probe) {
		return 0
	}
	switch {
	case v == failure && (c.state == halfOpen || c.breaks(now)):
		c.until = now + min(c.settings.Recovery, agentchaos.Forever-now)
		return c.become(opened)
	case v == success && c.state == halfOpen:
		if c.good++; c.good >= c.settings.Probes {
			return c.become(closed)
		}
	case v == success:
		c.failures = 0
		if c.rate > 0 {
			c.window.add(now, 1, 0)
		}
	}
	return 0
}

// breaks records a failure of the closed state and judges.
func (c *circuit) breaks(now time.Duration) bool {
	c.failures++
	if c.settings.Failures > 0 && c.failures >= c.settings.Failures {
		return true
	}
	if c.rate == 0 {
		return false
	}
	c.window.add(now, 1, 1)
	return c.window.a >= c.settings.MinCalls && int64(c.window.b)*grain >= c.rate*int64(c.window.a)
}

// holds reports whether a call that was let in before may begin an attempt now.
func (c *circuit) holds(ctx context.Context) bool {
	if c.state == halfOpen {
		for i := range c.probes {
			if c.probes[i].ctx == ctx {
				return true
			}
		}
	}
	return c.state == closed
}

func (c *circuit) become(s condition) condition {
	c.state = s
	c.generation++
	c.failures, c.good = 0, 0
	c.window.clear()
	clear(c.probes)
	c.probes = c.probes[:0]
	return s
}

// end takes a probe out; false if it was swept.
func (c *circuit) end(number uint32) bool {
	for i := range c.probes {
		if c.probes[i].number == number {
			c.remove(i)
			return true
		}
	}
	return false
}

// sweep takes out the probes whose context has ended: nobody waits for them, and the dead do not report.
func (c *circuit) sweep() {
	for i := len(c.probes) - 1; i >= 0; i-- {
		if c.probes[i].ctx.Err() != nil {
			c.remove(i)
		}
	}
}

func (c *circuit) remove(i int) {
	last := len(c.probes) - 1
	c.probes[i] = c.probes[last]
	c.probes[last] = probe{}
	c.probes = c.probes[:last]
}
