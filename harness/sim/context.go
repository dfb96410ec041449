package sim

import (
	"context"
	"time"
)

// virtual is a context of the world. Its deadline costs nothing until it matters: no event is queued for it, a Sleep queues
// one at the earlier of the two, and Err compares.
type virtual struct {
	w        *World
	deadline int64 // the earliest of its own and its ancestors'
	err      error // nil: nobody has noticed its end
	border   bool  // the standard library can end its parent: polled
	foreign  bool  // it or an ancestor is at the border
	released bool  // poisoned: its process has ended
	sleepers *coroutine
	std      *stdView // nil: nobody asked for Done

	groupNext        *virtual // in the list of the process that made it, or of the free
	cancel           context.CancelFunc
	parent           context.Context
	up               *virtual // in whose kids it is: the virtual parent; the root for one at the border
	kids             *virtual
	kidNext, kidPrev *virtual // in up.kids
}

// WithTimeout is context.WithTimeout in virtual time. With d = Forever only the cancel or ctx ends it; with 0 or less it is
// over at once. It costs no event, and no allocation once the world has contexts to reuse. The context belongs to the
// process that makes it, ends with it, and is reused after it; the cancel may be called any number of times until then.
func (w *World) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	up, direct := ctx.(*virtual)
	border := false
	if !direct {
		up, border = w.adopt(ctx)
	} else if up.w != w {
		panic(otherWorld)
	}
	c := w.newChild(ctx, up, d, border)
	return c, c.cancel
}

// newChild makes a context below parent, whose nearest virtual ancestor is up. It is at the border if the standard library
// can end parent.
func (w *World) newChild(parent context.Context, up *virtual, d time.Duration, border bool) *virtual {
	c := w.newContext()
	c.parent = parent
	c.border, c.foreign = border, border || up.foreign
	c.deadline = min(up.deadline, w.after(d))
	if w.cur != nil {
		w.cur.group.own(c)
	}
	switch err := parent.Err(); {
	case err != nil:
		c.err = err
	case w.collecting:
		c.err = context.Canceled
	case d <= 0:
		c.err = context.DeadlineExceeded
	case border:
		w.root.addKid(c)
		w.borders = append(w.borders, c)
	default:
		up.addKid(c)
	}
	return c
}

func (w *World) newContext() *virtual {
	if c := w.free; c != nil {
		w.free = c.groupNext
		c.err = nil
		return c
	}
	c := &virtual{w: w}
	c.cancel = func() {
		c.mustBeAlive()
		c.end(context.Canceled)
	}
	return c
}

// recycle takes back an ended context, unless somebody may still look at it.
func (w *World) recycle(c *virtual) {
	switch {
	case c.std != nil || c.sleepers != nil:
	case w.poison:
		c.released = true
	default:
		c.parent, c.up = nil, nil
		c.groupNext = w.free
		w.free = c
	}
}

func (c *virtual) mustBeAlive() {
	if c.released {
		lateUse()
	}
}

//go:noinline
func lateUse() {
	panic("sim: a context was used after the process that made it had ended; in a world without Poison it would be another's by now")
}

// Err is nil until the context has ended.
func (c *virtual) Err() error {
	if c.err != nil {
		c.mustBeAlive()
		return c.err
	}
	if c.expired() {
		c.end(context.DeadlineExceeded)
	} else if c.foreign {
		if err := c.parent.Err(); err != nil {
			c.end(err)
		}
	}
	return c.err
}

// expired: at the instant of the deadline, completions still come before it.
func (c *virtual) expired() bool {
	w := c.w
	return w.now > c.deadline || w.now == c.deadline && w.class >= deadline
}

// end ends the context and all below it, once.
func (c *virtual) end(err error) {
	if c.err != nil {
		return
	}
	if c.expired() {
		err = context.DeadlineExceeded // it ended earlier, and nobody has looked since
	}
	c.err = err
	c.leaveParent()
	for co := c.sleepers; co != nil; co = co.sleepNext {
		co.wake()
	}
	for c.kids != nil {
		c.kids.end(err) // takes itself off the list
	}
	if c.std != nil {
		c.endStd()
	}
	if c.border {
		c.leaveBorder()
	}
}

func (c *virtual) addKid(kid *virtual) {
	kid.up = c
	kid.kidPrev, kid.kidNext = nil, c.kids
	if c.kids != nil {
		c.kids.kidPrev = kid
	}
	c.kids = kid
}

func (c *virtual) leaveParent() {
	if c.kidPrev != nil {
		c.kidPrev.kidNext = c.kidNext
	} else if c.up != nil {
		c.up.kids = c.kidNext
	}
	if c.kidNext != nil {
		c.kidNext.kidPrev = c.kidPrev
	}
	c.kidNext, c.kidPrev = nil, nil
}

func (c *virtual) addSleeper(co *coroutine) {
	co.sleepPrev, co.sleepNext = nil, c.sleepers
	if c.sleepers != nil {
		c.sleepers.sleepPrev = co
	}
	c.sleepers = co
}

func (c *virtual) removeSleeper(co *coroutine) {
	if co.sleepPrev != nil {
		co.sleepPrev.sleepNext = co.sleepNext
	} else {
		c.sleepers = co.sleepNext
	}
	if co.sleepNext != nil {
		co.sleepNext.sleepPrev = co.sleepPrev
	}
	co.sleepNext, co.sleepPrev = nil, nil
}
