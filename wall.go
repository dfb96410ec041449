package agentchaos

import (
	"context"
	"time"
)

// Wall is the real clock, or the fake one inside a testing/synctest bubble. Make it with [NewWall].
type Wall struct{ start time.Time }

// NewWall begins a run now.
func NewWall() Wall { return Wall{time.Now()} }

// Began is when the run began, on the calendar.
func (w Wall) Began() time.Time { return w.start }

// Now is the time since NewWall.
func (w Wall) Now() time.Duration { return time.Since(w.start) }

// Sleep waits for d or until ctx ends; a timer that fires at the instant of the deadline wins.
func (w Wall) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d == Forever {
		<-ctx.Done()
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-t.C: // both at once: completions come before deadlines
		return nil
	default:
		return ctx.Err()
	}
}

// WithTimeout is context.WithTimeout, and context.WithCancel for Forever.
func (w Wall) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d == Forever {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d)
}

// Go starts a goroutine.
func (w Wall) Go(f func()) { go f() }
