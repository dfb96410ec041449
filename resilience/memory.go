package resilience

import (
	"context"
	"sync"

	"github.com/agentchaos/agentchaos"
)

// Memory is a [Store] that lasts as long as it is referred to: for simulated crashes, and for tests. The zero value is
// empty. What a task takes is reused when it is forgotten.
type Memory struct {
	mu      sync.Mutex
	tasks   map[uint32]*shelf
	results map[agentchaos.Key]span
	free    []*shelf
}

// shelf is what is kept of one task.
type shelf struct {
	latest, before []byte
	saves          int // how many of the two there are
	keys           []agentchaos.Key
	log            []byte // the results, one after the other
}

// span is where a result stands in its shelf's log.
type span struct {
	shelf    *shelf
	from, to int
}

// Load gives the latest two checkpoints.
func (m *Memory) Load(_ context.Context, task uint32) (latest, before []byte, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.tasks[task]
	if s == nil {
		return nil, nil, nil
	}
	if s.saves > 0 {
		latest = copied(s.latest)
	}
	if s.saves > 1 {
		before = copied(s.before)
	}
	return latest, before, nil
}

// copied is a copy, never nil: that would say that there is nothing.
func copied(b []byte) []byte { return append([]byte{}, b...) }

// Save keeps a checkpoint.
func (m *Memory) Save(_ context.Context, task uint32, checkpoint []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.shelf(task)
	s.latest, s.before = append(s.before[:0], checkpoint...), s.latest
	s.saves = min(s.saves+1, 2)
	return nil
}

// Result gives what was recorded under a key.
func (m *Memory) Result(_ context.Context, key agentchaos.Key) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.results[key]
	if !ok {
		return nil, nil
	}
	return copied(r.shelf.log[r.from:r.to]), nil
}

// Record keeps a result; the first under a key stays.
func (m *Memory) Record(_ context.Context, task uint32, key agentchaos.Key, result []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.results[key]; ok {
		return nil
	}
	s := m.shelf(task)
	from := len(s.log)
	s.log, s.keys = append(s.log, result...), append(s.keys, key)
	m.results[key] = span{s, from, len(s.log)}
	return nil
}

// Forget lets go of a task.
func (m *Memory) Forget(_ context.Context, task uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.tasks[task]
	if s == nil {
		return nil
	}
	for _, k := range s.keys {
		delete(m.results, k)
	}
	*s = shelf{latest: s.latest[:0], before: s.before[:0], keys: s.keys[:0], log: s.log[:0]}
	delete(m.tasks, task)
	m.free = append(m.free, s)
	return nil
}

// Tasks is how many tasks it keeps something of.
func (m *Memory) Tasks() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.tasks)
}

func (m *Memory) shelf(task uint32) *shelf {
	if s := m.tasks[task]; s != nil {
		return s
	}
	if m.tasks == nil {
		m.tasks, m.results = map[uint32]*shelf{}, map[agentchaos.Key]span{}
	}
	var s *shelf
	if n := len(m.free); n > 0 {
		s, m.free = m.free[n-1], m.free[:n-1]
	} else {
		s = &shelf{}
	}
	m.tasks[task] = s
	return s
}
