package faults

import "sync"

// Ledger is the simulated outside world's own record of what write tools have done, which no policy can see. It remembers
// tasks until they are settled, and no longer. It may be used concurrently; the zero value is empty.
type Ledger struct {
	mu      sync.Mutex
	heads   map[uint32]int32 // the task's latest effect, in effects
	effects []effect
	free    int32 // the first unused one, linked by next; 0: none
}

// effect is what a step of a task has done, and how often. effects[0] is nobody's, so that 0 ends a list.
type effect struct {
	step  uint16
	times int32
	next  int32
}

// Commit records that a step of a task has had its effect once more.
func (l *Ledger) Commit(task uint32, step uint16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.heads == nil {
		l.heads, l.effects = map[uint32]int32{}, make([]effect, 1)
	}
	head := l.heads[task]
	for i := head; i != 0; i = l.effects[i].next {
		if l.effects[i].step == step {
			l.effects[i].times++
			return
		}
	}
	i := l.free
	if i == 0 {
		i = int32(len(l.effects))
		l.effects = append(l.effects, effect{})
	} else {
		l.free = l.effects[i].next
	}
	l.effects[i] = effect{step, 1, head}
	l.heads[task] = i
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
		duplicates += int(e.times) - 1
		for _, step := range planned {
			if step == e.step {
				lost--
			}
		}
		last = i
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
