package sim

import "unsafe"

// manyWaiting is a queue so long that what its coroutines will touch is more than a core's own cache holds. Below it there
// is nothing to gain.
const manyWaiting = 256

// fetched is what the processor is asked for before a coroutine goes on: addresses, never used as anything else. One that
// is wrong by now costs a line of cache.
type fetched struct {
	low, high uintptr // its stack, while it waits
	g         uintptr // the runtime's record of its goroutine
	on, above uintptr // the context that it sleeps on, and that one's parent
	cancel    uintptr // the context's cancel
}

// How much of each is touched.
const (
	lineBytes    = 64
	switchBytes  = 3 * lineBytes // of stack below park: the switch itself
	maxFetch     = 4096          // of stack; one that seems larger has moved since
	gBytes       = 7 * lineBytes
	contextBytes = unsafe.Sizeof(virtual{})
)

// fetchAhead asks for the memory of the coroutine that is next, in all likelihood, while the present one runs, and for the
// addresses of those that may be next but one. With ten thousand in flight a coroutine would else wait for memory dozens of
// times, one after the other, whenever it goes on. It changes nothing but time.
func (q queue) fetchAhead() {
	if len(q) < manyWaiting {
		return
	}
	for i := 1; i <= 4; i++ {
		at := uintptr(unsafe.Pointer(q[i].co))
		prefetch(at, at+unsafe.Sizeof(coroutine{}))
	}
	co := q[0].co
	prefetch(co.low-switchBytes, min(co.high, co.low+maxFetch))
	prefetch(co.g, co.g+gBytes)
	if co.on != 0 {
		prefetch(co.on, co.on+contextBytes)
		prefetch(co.above, co.above+contextBytes)
		prefetch(co.cancel, co.cancel+1)
	}
	next, group := address(co.next), uintptr(unsafe.Pointer(co.group))
	prefetch(next, next+1)
	prefetch(group, group+unsafe.Sizeof(Group{}))
}

// address is where a function value is stored.
func address[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// begins notes where the stack of a coroutine's function begins.
func (f *fetched) begins() {
	var here byte
	f.high = uintptr(unsafe.Pointer(&here))
}

// waits notes where it ends while the coroutine is parked.
func (f *fetched) waits() {
	var here byte
	f.low = uintptr(unsafe.Pointer(&here))
}

// sleepsOn notes the context of a Sleep.
func (f *fetched) sleepsOn(c *virtual) {
	f.on, f.above, f.cancel = uintptr(unsafe.Pointer(c)), uintptr(unsafe.Pointer(c.up)), address(c.cancel)
}
