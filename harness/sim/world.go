package sim

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/agentchaos/agentchaos"
)

// ErrStopped is what Run returns after Stop.
var ErrStopped = errors.New("sim: stopped")

// World is a simulated world: a clock, the events to come and the processes they belong to. Make it with [New]; it
// implements [agentchaos.Clock]. A world must be closed, or the goroutines behind its coroutines stay.
type World struct {
	now    int64
	class  class // of the instant: never falls while now stands still
	queue  queue
	cur    *coroutine // the one that runs; nil outside
	root   *virtual
	events uint64

	coroutines []*coroutine // all of them: running, parked, killed, idle
	idle       []*coroutine // whose function has ended: they take the next one
	borders    []*virtual   // contexts below one that the standard library can end: looked at after every event
	free       *virtual     // contexts whose process has ended
	own        uint32       // coroutines of task 0 so far
	timers     uint32       // deadline events of contexts so far

	poison     bool
	slow       bool // no fast path: for a test
	collecting bool // deferred code runs, nothing else
	closed     bool
	stopped    atomic.Bool
}

var _ agentchaos.Clock = (*World)(nil)

// An Option changes how a world works, not what happens in it.
type Option func(*World)

// Poison is the option that finds who keeps a context beyond its process: none is ever reused, and using one after its
// process has ended panics. It costs an allocation a context; for tests.
func Poison(w *World) { w.poison = true }

// New makes an empty world at time 0.
func New(options ...Option) *World {
	w := &World{}
	w.root = &virtual{w: w, parent: context.Background(), deadline: forever}
	for _, o := range options {
		o(w)
	}
	return w
}

// Now is the virtual time since the world began.
func (w *World) Now() time.Duration { return time.Duration(w.now) }

// Background is the context that never ends, as context.Background; all others of the world descend from it.
func (w *World) Background() context.Context { return w.root }

// Events is how many times a coroutine has begun or gone on after a Sleep: the measure of the work done.
func (w *World) Events() uint64 { return w.events }

// Stop asks Run to return ErrStopped at the next event. It is for good: every later Run returns ErrStopped as well, after
// Reset too, so that a request between two runs is not lost. It is the only method for other goroutines.
func (w *World) Stop() { w.stopped.Store(true) }

// Run lets the world run until nothing is left to happen. Its error is ErrStopped after Stop, and wraps ErrDeadlock if
// coroutines are parked that nothing will ever wake. A panic in a coroutine comes out of Run as itself; after that, only
// Reset and Close are of use.
func (w *World) Run() error {
	w.mustBeOutside("Run")
	if w.closed {
		panic("sim: Run of a closed world")
	}
	defer func() { w.cur = nil }() // a coroutine may panic
	for !w.stopped.Load() {
		if len(w.queue) == 0 {
			return w.deadlock()
		}
		w.step()
	}
	return ErrStopped
}

// step takes the next event.
func (w *World) step() {
	e := w.queue.pop()
	if e.gen != e.co.gen {
		return
	}
	w.advance(e.at, e.class())
	if c := e.co.expires; c != nil {
		c.end(context.DeadlineExceeded)
	} else {
		w.resume(e.co)
	}
	if len(w.borders) > 0 {
		w.pollBorders()
	}
}

// advance moves to an instant, or on within it.
func (w *World) advance(at int64, c class) {
	if at > w.now || c > w.class {
		w.class = c
	}
	w.now = at
}

// resume lets a coroutine run until it parks or ends.
func (w *World) resume(co *coroutine) {
	w.events++
	co.gen++
	co.parked = false
	w.cur = co
	co.next()
	w.cur = nil
}

// key is an event's place within its instant.
func (w *World) key(co *coroutine, at int64, c class) uint64 {
	if at == w.now {
		c = max(c, w.class)
	}
	return uint64(c)<<classShift | co.id
}

func (w *World) mustBeOutside(method string) {
	if w.cur != nil {
		panic("sim: " + method + " inside a coroutine of the world")
	}
}

func (w *World) mustBeInside(method string) {
	if w.cur == nil {
		panic("sim: " + method + " outside of the world's coroutines; start the function with Go or GoAt")
	}
}
