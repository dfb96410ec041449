package sim

import (
	"context"
	"slices"
	"time"
)

// epochSeconds is 2200-01-01 UTC: where virtual deadlines begin on the calendar. It lies beyond any wall clock, so that of a
// virtual and a wall deadline the wall's is always the earlier one: it shows, and Sleep can refuse it.
const epochSeconds = 7258118400

const (
	otherWorld   = "sim: a context of another world"
	wallDeadline = "sim: a context with a deadline on the wall clock (from context.WithTimeout or WithDeadline) in virtual time, where it would never come; use Clock.WithTimeout"
)

type virtualKey struct{}

// adopt finds the nearest virtual context of one that is not. Border says that the standard library can end ctx without our
// knowledge.
func (w *World) adopt(ctx context.Context) (c *virtual, border bool) {
	c, _ = ctx.Value(virtualKey{}).(*virtual)
	if c == nil {
		c = w.root
	}
	if c.w != w {
		panic(otherWorld)
	}
	at, bounded := ctx.Deadline()
	own, ownBounded := c.Deadline()
	switch {
	case bounded && !(ownBounded && own.Equal(at)):
		panic(wallDeadline)
	case !bounded && ownBounded:
		c = w.root // context.WithoutCancel lies between
	}
	done := ctx.Done()
	if done == nil {
		return w.root, false
	}
	return c, done != c.doneIfAny()
}

// pollBorders ends the contexts whose parents the standard library has ended. It is done after every event while there are
// such contexts, so that what was ended first counts, whenever somebody looks.
func (w *World) pollBorders() {
	for i := 0; i < len(w.borders); {
		if w.borders[i].Err() == nil {
			i++
		} else {
			i = 0 // it has left the list, and perhaps others with it
		}
	}
}

func (c *virtual) leaveBorder() {
	i := slices.Index(c.w.borders, c)
	c.w.borders = slices.Delete(c.w.borders, i, i+1)
}

// Deadline is the virtual deadline, counted from 2200.
func (c *virtual) Deadline() (time.Time, bool) {
	c.mustBeAlive()
	if c.deadline == forever {
		return time.Time{}, false
	}
	return time.Unix(epochSeconds, 0).UTC().Add(time.Duration(c.deadline)), true
}

// Value also answers the standard library's question for its own cancelCtx, so that its children attach to that one, with
// any number of WithValue between, and need no goroutine.
func (c *virtual) Value(key any) any {
	c.mustBeAlive()
	if key == (virtualKey{}) {
		return c
	}
	if c.std != nil {
		if v := c.std.Value(key); v != nil {
			return v
		}
	}
	return c.parent.Value(key)
}

// Done is for the standard library's children, and for wire code that hands it on; a coroutine must not wait for it. From
// here on the deadline is an event.
func (c *virtual) Done() <-chan struct{} {
	c.mustBeAlive()
	if c == c.w.root {
		return nil
	}
	if c.std == nil {
		s := &stdView{}
		s.Context, s.cancel = context.WithCancel(parentOfStd{c, s})
		c.std = s
	}
	return c.std.Done()
}

func (c *virtual) doneIfAny() <-chan struct{} {
	if c.std == nil {
		return nil
	}
	return c.std.Done()
}

// endStd ends the standard library's child, with the same error at the same instant.
func (c *virtual) endStd() {
	s := c.std
	if s.timer != nil {
		s.timer.gen++
	}
	if s.ended != nil {
		s.ended()
	}
	s.cancel() // ended already; for its bookkeeping
}

// stdView is what a context is to the standard library.
type stdView struct {
	context.Context // a cancelCtx that ends with ours
	cancel          context.CancelFunc
	ended           func()     // tells it that ours has ended
	timer           *coroutine // the event at the deadline; nil: there is none
}

// parentOfStd is how the standard library's child sees its virtual parent: as a context that tells it when it ends
// (AfterFunc), which is what saves the goroutine.
type parentOfStd struct {
	c    *virtual
	view *stdView
}

var never, always = make(chan struct{}), closedChannel()

func closedChannel() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func (p parentOfStd) Deadline() (time.Time, bool) { return p.c.Deadline() }
func (p parentOfStd) Err() error                  { return p.c.Err() }
func (p parentOfStd) Value(any) any               { return nil }

func (p parentOfStd) Done() <-chan struct{} {
	if p.c.Err() != nil {
		return always
	}
	return never
}

// AfterFunc is called once, by context.WithCancel, while p.c is alive.
func (p parentOfStd) AfterFunc(f func()) (stop func() bool) {
	c, w := p.c, p.c.w
	p.view.ended = f
	if c.deadline != forever {
		w.timers++
		timer := &coroutine{w: w, expires: c, id: uint64(w.timers)} // of task 0: before any coroutine looks
		p.view.timer = timer
		w.queue.push(event{c.deadline, w.key(timer, c.deadline, deadline), timer, 0})
	}
	return func() bool { return false }
}
