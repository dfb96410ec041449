package sim

import "context"

// Close collects every coroutine. Deferred code of those that were parked or killed runs now, in a world where nothing can
// come of it: Sleep does not return, Go does nothing, and every new context is cancelled. So seal what such code could
// write to before. If it panics, Close panics with the first of it when all are collected. A second Close does nothing.
func (w *World) Close() {
	w.collect(false)
	w.closed = true
}

// Reset makes the world new, whatever has happened in it: what follows is the same as in a fresh one. What it allocated
// stays for reuse. Coroutines that were parked or killed are collected as by Close.
func (w *World) Reset() {
	w.collect(true)
	w.closed = false
	w.now, w.class, w.events, w.own, w.timers = 0, 0, 0, 0, 0
}

// collect ends the coroutines in the middle of a function, and the idle ones too unless they are kept.
func (w *World) collect(keepIdle bool) {
	w.mustBeOutside("Close or Reset")
	w.collecting = true
	var failed any
	kept := w.coroutines[:0]
	for _, co := range w.coroutines {
		switch {
		case co.group != nil:
			if v := co.unwind(); v != nil && failed == nil {
				failed = v
			}
		case keepIdle:
			kept = append(kept, co)
		default:
			co.stop()
		}
	}
	clear(w.coroutines[len(kept):])
	w.coroutines = kept
	if !keepIdle {
		w.coroutines, w.idle, w.free = nil, nil, nil
	}
	for w.root.kids != nil {
		w.root.kids.end(context.Canceled) // so that a cancel which comes late finds nothing to do
	}
	w.root.sleepers = nil
	clear(w.queue)
	w.queue = w.queue[:0]
	w.collecting = false
	if failed != nil {
		panic(failed)
	}
}

// unwind ends a coroutine in the middle of its function. Goexit inside an iter.Pull comes out of the call of stop as well,
// so that is called on a goroutine of its own.
func (co *coroutine) unwind() (failed any) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { failed = recover() }()
		co.stop()
	}()
	<-done
	return failed
}
