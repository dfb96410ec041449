package agentchaos

import (
	"context"
	"time"
)

// Forever is later than anything; it is no deadline at all.
const Forever = time.Duration(1<<63 - 1)

// Clock is the only source of time and of concurrency. Two implementations: sim.World in virtual time, and [Wall].
//
// A context from WithTimeout(ctx, Forever) is also a one-shot signal: who calls its cancel wakes who sleeps on it.
type Clock interface {
	// Now is the time since the run began.
	Now() time.Duration
	// Sleep waits for d, or returns ctx.Err() if ctx ends first. At the very instant of its deadline a completed sleep
	// wins: it returns nil. Negative durations are 0.
	Sleep(ctx context.Context, d time.Duration) error
	// WithTimeout is context.WithTimeout on this clock. Forever makes a context that only its cancel (or ctx) ends.
	WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
	// Go runs f concurrently. In virtual time f belongs to the simulated process of its caller.
	Go(f func())
}
