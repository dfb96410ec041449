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
	polled := false
	if !direct {
		c, polled = w.adopt(ctx)
		direct = !polled
	} else if c.w != w {
		panic(otherWorld)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	polled = polled || c.foreign

	at, class := w.after(d), completion
	if c.deadline < at {
		at, class = c.deadline, deadline
	}
	if at != forever { // else only a cancel wakes it
		e := event{at, w.key(co, at, class), co, co.gen}
		if w.nobodyBefore(&e) && !polled {
			w.events++
			w.advance(at, class)
			return c.Err()
		}
		w.queue.push(e)
	}
	if direct {
		c.addSleeper(co)
	}
	if polled {
		co.foreign = ctx
		w.foreign = append(w.foreign, co)
	}
	co.park()
	if direct {
		c.removeSleeper(co)
	}
	if polled {
		w.forget(co)
	}
	return ctx.Err()
}

// nobodyBefore reports whether the queue would give e back at once: then time can move without a switch.
func (w *World) nobodyBefore(e *event) bool {
	return (len(w.queue) == 0 || e.before(&w.queue[0])) && len(w.foreign) == 0 && !w.slow && !w.stopped.Load()
}

func (w *World) refuseSleep() {
	if w.collecting {
		runtime.Goexit() // deferred code of a coroutine that is being collected: there is no time left to sleep in
	}
	panic("sim: Sleep outside of the world's coroutines; start the function with Go or GoAt")
}

// pollForeign wakes those whose context was ended by the standard library, which cannot tell us.
func (w *World) pollForeign() {
	kept := w.foreign[:0]
	for _, co := range w.foreign {
		switch {
		case co.group.dead:
		case co.foreign.Err() != nil:
			co.wake()
		default:
			kept = append(kept, co)
		}
	}
	clear(w.foreign[len(kept):])
	w.foreign = kept
}

// forget takes co off the foreign list if it is still there.
func (w *World) forget(co *coroutine) {
	co.foreign = nil
	for i, other := range w.foreign {
		if other == co {
			last := len(w.foreign) - 1
			w.foreign[i], w.foreign[last] = w.foreign[last], nil
			w.foreign = w.foreign[:last]
			return
		}
	}
}
