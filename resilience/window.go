package resilience

import "time"

// window counts two sorts of event over the last stretch of time, exactly: an event counts while its age is below the
// width. It keeps one entry per instant, so its size is bounded by the instants within the width.
type window struct {
	width time.Duration
	ring  []instant // a ring: n entries from head on; its length is a power of 2, or 0
	head  int
	n     int
	a, b  int // sums over the ring
}

type instant struct {
	at   time.Duration
	a, b int32
}

// add counts a and b events at now. On the Wall two callers may come in the wrong order by a hair; the later instant holds.
func (w *window) add(now time.Duration, a, b int) {
	w.drop(now)
	w.a, w.b = w.a+a, w.b+b
	if w.n > 0 {
		if last := w.at(w.n - 1); last.at >= now {
			last.a, last.b = last.a+int32(a), last.b+int32(b)
			return
		}
	}
	if w.n == len(w.ring) {
		w.grow()
	}
	*w.at(w.n) = instant{now, int32(a), int32(b)}
	w.n++
}

// at is entry i from the oldest on.
func (w *window) at(i int) *instant { return &w.ring[(w.head+i)&(len(w.ring)-1)] }

// drop forgets what has reached the window's age.
func (w *window) drop(now time.Duration) {
	for w.n > 0 && now-w.ring[w.head].at >= w.width {
		old := w.ring[w.head]
		w.a, w.b = w.a-int(old.a), w.b-int(old.b)
		w.head = (w.head + 1) & (len(w.ring) - 1)
		w.n--
	}
}

// clear forgets everything.
func (w *window) clear() { w.head, w.n, w.a, w.b = 0, 0, 0, 0 }

func (w *window) grow() {
	ring := make([]instant, max(16, 2*len(w.ring)))
	for i := range w.n {
		ring[i] = *w.at(i)
	}
	w.ring, w.head = ring, 0
}
