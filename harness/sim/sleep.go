package sim

import (
	"context"
	"runtime"
	"time"

	"github.com/agentchaos/agentchaos"
)

const forever = int64(agentchaos.Forever)

// after is now+d: a negative d is 0, and what is too far to be counted is forever.
func (w *World) after(d time.Duration) int64 {
	if int64(d) >= forever-w.now {
		return forever
	}
	return w.now + int64(max(d, 0))
}

// Sleep parks the calling coroutine for d (negative: 0) or until ctx ends, and then returns ctx.Err(). A sleep that ends at
// the very instant of ctx's deadline returns nil. It panics outside of a coroutine of this world, and on a context with a
// deadline on the wall clock.
func (w *World) Sleep(ctx context.Context, d time.Duration) error {
	co := w.cur
	if co == nil {
		w.refuseSleep()
	}
	c, direct := ctx.(*virtual)
	if !direct {
		var border bool
		if c, border = w.adopt(ctx); border {
			return w.sleepAtBorder(ctx, c, d)
		}
	} else if c.w != w {
		panic(otherWorld)
	}
	if err := c.Err(); err != nil {
		return err
	}
	at, class := w.after(d), completion
	if c.deadline < at {
		at, class = c.deadline, deadline
	}
	if at != forever && w.due(co, at, class) { // at forever only a cancel wakes it
		return c.Err()
	}
	if c == w.root {
		co.park() // nothing ever ends it: nobody looks for who sleeps on it
		return nil
	}
	c.addSleeper(co)
	co.sleepsOn(c)
	co.park()
	c.removeSleeper(co)
	return c.Err()
}

// due says when the running coroutine goes on. If nothing else happens before, that is now: time has moved, true.
func (w *World) due(co *coroutine, at int64, c class) bool {
	e := event{at, w.key(co, at, c), co, co.gen}
	if w.nobodyBefore(&e) {
		w.events++
		w.advance(at, c)
		return true
	}
	w.queue.push(e)
	return false
}

// nobodyBefore reports whether the queue would give e back at once: then time can move without a switch.
func (w *World) nobodyBefore(e *event) bool {
	return (len(w.queue) == 0 || e.before(&w.queue[0])) && len(w.borders) == 0 && !w.slow && !w.stopped.Load()
}

// sleepAtBorder sleeps on a context that the standard library can end: through one of ours, which is polled.
func (w *World) sleepAtBorder(ctx context.Context, up *virtual, d time.Duration) error {
	c := w.newChild(ctx, up, agentchaos.Forever, true)
	err := w.Sleep(c, d)
	c.end(context.Canceled)
	return err
}

func (w *World) refuseSleep() {
	if w.collecting {
		runtime.Goexit() // deferred code of a coroutine that is being collected: there is no time left to sleep in
	}
	panic("sim: Sleep outside of the world's coroutines; start the function with Go or GoAt")
}
