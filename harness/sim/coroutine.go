package sim

import (
	"iter"
	"runtime"
	"time"
)

// coroutine runs functions, one after the other: when one has ended it waits, idle, for the next, because a new coroutine
// costs a stack and several allocations.
type coroutine struct {
	gen     uint64   // its events of another generation are stale
	expires *virtual // no coroutine at all: the deadline event of a context with a Done channel
	next    func() (struct{}, bool)
	yield   func(struct{}) bool
	w       *World
	id      uint64 // task, number within the process, and place beside that
	aids    uint64 // that it has started beside itself
	since   int64  // when it was parked
	parked  bool

	sleepNext, sleepPrev *coroutine

	group                *Group     // nil: idle
	groupNext, groupPrev *coroutine // in group.first

	f    func()
	stop func()
}

// Go starts f as a coroutine of the caller's process; outside of any, as a process of task 0. It runs in this instant, when
// the caller has parked.
func (w *World) Go(f func()) {
	if w.cur == nil {
		w.GoAt(time.Duration(w.now), 0, f)
		return
	}
	w.spawn(w.cur.group, w.now, completion, f)
}

// Beside is Go for what watches its caller, such as a limit on how long it takes: of the events of an instant its own come where
// the caller's would, just after them, and it takes no number of its own. So the order of everything else is the same whether
// anybody watches or not. More than fifteen at once for one caller are not told apart by a rule.
func (w *World) Beside(f func()) {
	w.mustBeInside("Beside")
	by := w.cur
	if co := w.begin(by.group, f); co != nil {
		co.id = by.id&^maxAids | by.aids%maxAids + 1
		by.aids++
		w.queue.push(event{w.now, w.key(co, w.now, completion), co, co.gen})
	}
}

// GoAt starts a simulated process at a time (not before now): f and whatever it starts with Go. The task is its place in
// the order of events. Processes of the same task, such as a crashed one and its successor, should not be alive at once:
// their ties are broken the same way in every run, but by no rule. Task 0 is the world's own and an exception: its
// processes rank in the order in which they were started.
func (w *World) GoAt(at time.Duration, task uint32, f func()) *Group {
	g := &Group{task: task} // not reused: a Kill that comes late must not hit another
	if w.closed && !w.collecting {
		panic("sim: GoAt in a closed world")
	}
	w.spawn(g, max(int64(at), w.now), arrival, f)
	return g
}

func (w *World) spawn(g *Group, at int64, c class, f func()) {
	co := w.begin(g, f)
	if co == nil {
		return
	}
	number := &g.coroutines
	if g.task == 0 {
		number = &w.own
	}
	if *number == maxCoroutines {
		panic("sim: a process has started 2^26 coroutines")
	}
	co.id = uint64(g.task)<<taskShift | uint64(*number)<<aidShift
	*number++
	w.queue.push(event{at, w.key(co, at, c), co, co.gen})
}

// begin gives a function a coroutine, without a place in the order yet; nil: nothing begins any more.
func (w *World) begin(g *Group, f func()) (co *coroutine) {
	if w.collecting {
		return nil
	}
	if n := len(w.idle); n > 0 {
		co = w.idle[n-1]
		w.idle = w.idle[:n-1]
	} else {
		co = w.newCoroutine()
	}
	co.f, co.aids = f, 0
	g.add(co)
	return co
}

func (w *World) newCoroutine() *coroutine {
	co := &coroutine{w: w}
	co.next, co.stop = iter.Pull(func(yield func(struct{}) bool) {
		co.yield = yield
		for {
			co.f()
			co.ended()
			if !yield(struct{}{}) {
				return
			}
		}
	})
	w.coroutines = append(w.coroutines, co)
	return co
}

// ended makes the coroutine idle, and with the last of a process gives its contexts back.
func (co *coroutine) ended() {
	g := co.group
	g.remove(co)
	co.f, co.group = nil, nil
	if g.first == nil {
		g.release()
	}
	co.w.idle = append(co.w.idle, co)
}

// park gives way until the coroutine's next event.
func (co *coroutine) park() {
	w := co.w
	co.parked, co.since = true, w.now
	w.cur = nil
	if !co.yield(struct{}{}) {
		// The world is being closed. Goexit runs deferred code and, unlike a panic, nobody's recover stops it.
		runtime.Goexit()
	}
}

// wake makes a parked coroutine go on in this instant.
func (co *coroutine) wake() {
	if !co.parked || co.group.dead {
		return
	}
	w := co.w
	co.gen++ // what it waited for is stale
	w.queue.push(event{w.now, w.key(co, w.now, completion), co, co.gen})
}
