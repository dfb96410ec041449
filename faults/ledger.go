package faults

import (
	"sync"
	"time"
)

// Ledger is the simulated outside world's own record of what write tools have done, which no policy can see. It remembers
// tasks until they are settled, and no longer. It may be used concurrently; the zero value is empty.
type Ledger struct {
	mu      sync.Mutex
	heads   map[uint32]int32 // the task's latest effect, in effects
	effects []effect
	free    int32 // the first unused one, linked by next; 0: none
	keys    map[keyed]kept
}

// effect is what a step of a task has done, and how often, or a key that was used for it (step 0). effects[0] is nobody's,
// so that 0 ends a list.
type effect struct {
	step  uint16
	times int32
	next  int32
	key   keyed
}

// Commit records that a step of a task has had its effect once more.
func (l *Ledger) Commit(task uint32, step uint16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := l.heads[task]; i != 0; i = l.effects[i].next {
		if l.effects[i].step == step {
			l.effects[i].times++
			return
		}
	}
	l.add(task, effect{step: step, times: 1})
}

// add puts an effect into the account of a task.
func (l *Ledger) add(task uint32, e effect) {
	if l.heads == nil {
		l.heads, l.effects = map[uint32]int32{}, make([]effect, 1)
	}
	i := l.free
	if i == 0 {
		i = int32(len(l.effects))
		l.effects = append(l.effects, effect{})
	} else {
		l.free = l.effects[i].next
	}
	e.next = l.heads[task]
	l.effects[i] = e
	l.heads[task] = i
}

// look is what a tool knows under a key now.
func (l *Ledger) look(k keyed, now time.Duration) (kept, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.keys[k]
	return e, ok && now < e.until
}

// remember keeps a key until the task that it came with is settled.
func (l *Ledger) remember(task uint32, k keyed, e kept) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.keys == nil {
		l.keys = map[keyed]kept{}
	}
	l.keys[k] = e
	l.add(task, effect{key: k})
}

// Settle closes a task's account, when the task has ended, and forgets it. Duplicates are the effects beyond the first of
// each step. Lost are those of the planned steps that have had none: for a completed task, its write steps.
func (l *Ledger) Settle(task uint32, planned []uint16) (duplicates, lost int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lost = len(planned)
	head, last := l.heads[task], int32(0)
	for i := head; i != 0; i = l.effects[i].next {
		e := &l.effects[i]
		last = i
		if e.step == 0 {
			delete(l.keys, e.key)
			continue
		}
		duplicates += int(e.times) - 1
		for _, step := range planned {
			if step == e.step {
				lost--
			}
		}
	}
	if last != 0 {
		l.effects[last].next, l.free = l.free, head
		delete(l.heads, task)
	}
	return duplicates, lost
}

// Open is how many tasks have had an effect and are not settled.
func (l *Ledger) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.heads)
}
