package sim

import "math/bits"

// class orders the events of one instant.
type class uint8

const (
	completion class = iota // a sleep has ended, or somebody was woken
	deadline                // a context has expired
	arrival                 // a new process
)

// event says when a coroutine runs next. It is stale, and skipped, when the coroutine's generation has moved on.
type event struct {
	at  int64
	key uint64 // class (2 bits), task (32), coroutine (26), who watches it (4): a coroutine has one live event, so the order is total
	co  *coroutine
	gen uint64
}

const (
	classShift    = 62
	taskShift     = 30
	aidShift      = 4
	maxAids       = 1<<aidShift - 1
	maxCoroutines = 1 << (taskShift - aidShift) // per process
)

func (e *event) class() class { return class(e.key >> classShift) }

func (e *event) before(o *event) bool { return e.at < o.at || e.at == o.at && e.key < o.key }

// lessBit is 1 if e comes before o, else 0. It is before without a jump: which of two events of a heap comes first is luck
// that no branch predictor can guess. Times are not negative.
func (e *event) lessBit(o *event) int {
	_, borrow := bits.Sub64(e.key, o.key, 0)
	_, borrow = bits.Sub64(uint64(e.at), uint64(o.at), borrow)
	return int(borrow)
}

// queue is a four-ary heap of values: half the levels of a binary one, and no allocation for an event.
type queue []event

func (q *queue) push(e event) {
	h := append(*q, e)
	*q = h
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(&h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = e
}

// pop takes the first event of a queue that is not empty.
func (q *queue) pop() event {
	h := *q
	n := len(h) - 1
	first, last := h[0], h[n]
	h[n].co = nil // let go of it
	h = h[:n]
	*q = h
	if n > 0 {
		h.sink(last)
	}
	return first
}

// sink puts e at the root and lets it fall to its place.
func (q queue) sink(e event) {
	i := 0
	for {
		least := q.leastChild(i)
		if least == 0 || !q[least].before(&e) {
			break
		}
		q[i] = q[least]
		i = least
	}
	q[i] = e
}

// leastChild is the place of the first event below place i; 0: there is none.
func (q queue) leastChild(i int) int {
	child := 4*i + 1
	if child+4 <= len(q) {
		c := q[child : child+4 : child+4]
		a := c[1].lessBit(&c[0])
		b := 2 + c[3].lessBit(&c[2])
		return child + a + (b-a)*c[b&3].lessBit(&c[a&3])
	}
	if child >= len(q) {
		return 0
	}
	least := child
	for k := child + 1; k < len(q); k++ {
		if q[k].before(&q[least]) {
			least = k
		}
	}
	return least
}
