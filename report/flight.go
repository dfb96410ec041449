package report

import (
	"slices"
	"time"
)

// flight holds what is known of the tasks in flight: an open table from task to a pooled state. Not a Go map, because it
// is asked at every record.
type flight struct {
	index []uint32 // place in pool, from 1; 0: empty
	shift uint8    // 64 - log2 of its length
	pool  []taskState
	free  []uint32
	used  int
	last  uint32 // the place asked for last, from 1; 0: none. An attempt and its call often report one after the other

	ended   []uint32      // tasks that ended at endedAt: the losers of their hedges may still report at that instant
	endedAt time.Duration // on the run's clock
}

// home is where a task is looked for first: Fibonacci hashing keeps running numbers apart.
func (f *flight) home(task uint32) uint64 { return uint64(task) * 0x9e3779b97f4a7c15 >> f.shift }

// find is the place of task in index, or of the gap where it would stand.
func (f *flight) find(task uint32) uint64 {
	mask := uint64(len(f.index) - 1)
	for i := f.home(task); ; i = (i + 1) & mask {
		if p := f.index[i]; p == 0 || f.pool[p-1].task == task {
			return i
		}
	}
}

// task is the state of a task; a new one is taken up. It is valid until the next call.
func (f *flight) task(task uint32) *taskState {
	if f.last != 0 {
		if t := &f.pool[f.last-1]; t.task == task {
			return t
		}
	}
	f.last = f.place(task)
	return &f.pool[f.last-1]
}

// place is where the state of a task stands in pool, from 1; a new one is taken up.
func (f *flight) place(task uint32) uint32 {
	i := f.find(task)
	if p := f.index[i]; p != 0 {
		return p
	}
	if 2*(f.used+1) > len(f.index) {
		f.grow()
		i = f.find(task)
	}
	f.used++
	var p uint32
	if n := len(f.free); n > 0 {
		p, f.free = f.free[n-1], f.free[:n-1]
	} else {
		f.pool = append(f.pool, taskState{})
		p = uint32(len(f.pool))
	}
	f.index[i] = p
	f.pool[p-1].reset(task)
	return p
}

func (f *flight) grow() {
	old := f.index
	f.index = make([]uint32, 2*len(old))
	f.shift--
	for _, p := range old {
		if p != 0 {
			f.index[f.find(f.pool[p-1].task)] = p
		}
	}
}

// end marks the task as over from now on; its state goes when the clock does.
func (f *flight) end(t *taskState, now time.Duration) {
	f.expire(now)
	t.ended = true
	f.ended, f.endedAt = append(f.ended, t.task), now
}

// expire drops the tasks that ended before now.
func (f *flight) expire(now time.Duration) {
	if len(f.ended) == 0 || now <= f.endedAt {
		return
	}
	for _, task := range f.ended {
		f.drop(task)
	}
	f.ended = f.ended[:0]
}

// drop removes a task and closes the gap it leaves (Knuth, volume 3, algorithm 6.4R).
func (f *flight) drop(task uint32) {
	i := f.find(task)
	if f.index[i] == 0 {
		return
	}
	f.free = append(f.free, f.index[i])
	f.used--
	f.last = 0
	mask := uint64(len(f.index) - 1)
	for j := (i + 1) & mask; f.index[j] != 0; j = (j + 1) & mask {
		if home := f.home(f.pool[f.index[j]-1].task); (j-home)&mask >= (j-i)&mask {
			f.index[i], i = f.index[j], j
		}
	}
	f.index[i] = 0
}

// reset forgets all tasks and keeps the memory.
func (f *flight) reset() {
	if f.index == nil {
		f.index, f.shift = make([]uint32, 256), 64-8
	}
	clear(f.index)
	f.used, f.last, f.ended, f.endedAt, f.free = 0, 0, f.ended[:0], 0, f.free[:0]
	for i := len(f.pool); i > 0; i-- {
		f.free = append(f.free, uint32(i))
	}
}

// each calls do for all tasks that have not ended, in the order in which they were taken up or of places reused: the
// callers only add.
func (f *flight) each(do func(*taskState)) {
	for _, p := range f.index {
		if p != 0 && !f.pool[p-1].ended {
			do(&f.pool[p-1])
		}
	}
}

// taskState is what is known of one task in flight.
type taskState struct {
	task     uint32
	ended    bool
	over     []uint16      // the steps whose calls ended at overAt, the latest instant at which any did
	overAt   time.Duration // on the run's clock
	calls    []callState
	open     int     // calls[:open] are open; the rest is memory
	blamed   []blame // of failed calls: the task decides their fate
	hits     []hit   // faults that changed its attempts
	scores   [worsts]int64
	attempts int64
	answers  int64 // answered model calls
	lack     int64 // what their models lack in quality, in millionths, summed
}

// quality is the mean quality of the models that answered the task, in millionths; a whole one if none was asked.
func (t *taskState) quality() int64 {
	const full = 1_000_000
	if t.answers == 0 {
		return full
	}
	return full - t.lack/t.answers
}

func (t *taskState) reset(task uint32) {
	*t = taskState{task: task, over: t.over[:0], calls: t.calls, blamed: t.blamed[:0], hits: t.hits[:0]}
}

// call is the open call of a step; a new one is taken up. Steps of a task rarely overlap.
func (t *taskState) call(step uint16) *callState {
	for i := range t.calls[:t.open] {
		if t.calls[i].step == step {
			return &t.calls[i]
		}
	}
	if t.open == len(t.calls) {
		t.calls = append(t.calls, callState{})
	}
	c := &t.calls[t.open]
	t.open++
	c.reset(step)
	return c
}

// close ends an open call at now; its memory is swapped behind the open ones.
func (t *taskState) close(c *callState, now time.Duration) {
	if now != t.overAt {
		t.over, t.overAt = t.over[:0], now
	}
	t.over = append(t.over, c.step)
	t.open--
	for i := range t.calls[:t.open] {
		if &t.calls[i] == c {
			t.calls[i], t.calls[t.open] = t.calls[t.open], t.calls[i]
			return
		}
	}
}

// late reports whether an attempt belongs to a call that is over: the loser of a hedge, which reports at the instant of
// the winner's end. Steps that take no time may have begun and ended since.
func (t *taskState) late(step uint16, copy uint8, begin, end time.Duration) bool {
	if t.ended {
		return true
	}
	if end != t.overAt || !slices.Contains(t.over, step) {
		return false
	}
	return begin < end || copy == 1
}
