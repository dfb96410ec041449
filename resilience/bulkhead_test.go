package resilience_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

// bulkheadWorld runs tasks that hold a slot for a second each; the log has every end.
func bulkheadWorld(t *testing.T, b resilience.Bulkhead, more func(w *sim.World, start func(at time.Duration, task uint32, limit time.Duration) *sim.Group)) (log []string, most int) {
	w := sim.New(sim.Poison)
	defer w.Close()
	inside := 0
	call := resilience.Bulkhead.Start(b, agentchaos.Env{Clock: w}, claude)(leaf(w, func(*agentchaos.Request) (time.Duration, error) {
		inside++
		most = max(most, inside)
		return time.Second, nil
	}))
	more(w, func(at time.Duration, task uint32, limit time.Duration) *sim.Group {
		return w.GoAt(at, task, func() {
			ctx, cancel := w.WithTimeout(w.Background(), limit)
			defer cancel()
			_, err := call(ctx, &agentchaos.Request{ID: agentchaos.ID{Task: task}})
			if k := agentchaos.KindOf(err); k == agentchaos.None || k == agentchaos.Timeout {
				inside--
			}
			log = append(log, fmt.Sprintf("%v %d %v", w.Now(), task, agentchaos.KindOf(err)))
		})
	})
	require.NoError(t, w.Run())
	return log, most
}

func TestBulkheadOrder(t *testing.T) {
	log, most := bulkheadWorld(t, resilience.Bulkhead{Concurrency: 2, Queue: 2}, func(w *sim.World, start func(time.Duration, uint32, time.Duration) *sim.Group) {
		for task := range uint32(5) {
			start(time.Duration(task)*time.Millisecond, task+1, time.Hour)
		}
	})
	require.Equal(t, []string{"4ms 5 bulkhead_full", "1s 1 none", "1.001s 2 none", "2s 3 none", "2.001s 4 none"}, log)
	require.Equal(t, 2, most)
}

// One who gives up leaves the line: the next takes the place.
func TestBulkheadWaiterGivesUp(t *testing.T) {
	log, _ := bulkheadWorld(t, resilience.Bulkhead{Concurrency: 1, Queue: 2}, func(w *sim.World, start func(time.Duration, uint32, time.Duration) *sim.Group) {
		start(0, 1, time.Hour)
		start(1*time.Millisecond, 2, 100*time.Millisecond)
		start(2*time.Millisecond, 3, time.Hour)
		start(200*time.Millisecond, 4, time.Hour)
		start(201*time.Millisecond, 5, time.Hour)
	})
	require.Equal(t, []string{"101ms 2 cancelled", "201ms 5 bulkhead_full", "1s 1 none", "2s 3 none", "3s 4 none"}, log)
}

// The dead hold no slot and no place in the line.
func TestBulkheadSurvivesCrashes(t *testing.T) {
	log, most := bulkheadWorld(t, resilience.Bulkhead{Concurrency: 1, Queue: 1}, func(w *sim.World, start func(time.Duration, uint32, time.Duration) *sim.Group) {
		holder := start(0, 1, time.Hour)
		waiter := start(0, 2, time.Hour)
		w.GoAt(100*time.Millisecond, 0, func() { w.Kill(waiter) })
		start(200*time.Millisecond, 3, time.Hour)
		start(300*time.Millisecond, 4, time.Hour)
		w.GoAt(400*time.Millisecond, 0, func() { w.Kill(holder) })
		start(500*time.Millisecond, 5, time.Hour)
	})
	require.Equal(t, []string{"300ms 4 bulkhead_full", "1.5s 3 none", "2.5s 5 none"}, log)
	require.Equal(t, 2, most, "the dead one never left")
}

// A slot is not given to a dead waiter, even if nobody has found it dead.
func TestBulkheadPassesOverTheDead(t *testing.T) {
	log, _ := bulkheadWorld(t, resilience.Bulkhead{Concurrency: 1, Queue: 2}, func(w *sim.World, start func(time.Duration, uint32, time.Duration) *sim.Group) {
		start(0, 1, time.Hour)
		waiter := start(0, 2, time.Hour)
		start(0, 3, time.Hour)
		w.GoAt(100*time.Millisecond, 0, func() { w.Kill(waiter) })
	})
	require.Equal(t, []string{"1s 1 none", "2s 3 none"}, log)
}

func TestBulkheadSaysSo(t *testing.T) {
	w := sim.New(sim.Poison)
	defer w.Close()
	var s seen
	call := resilience.Policy{Bulkhead: resilience.Bulkhead{Concurrency: 1, Queue: 1}}.Start(s.env(w))(
		leaf(w, func(*agentchaos.Request) (time.Duration, error) { return time.Second, nil }))
	for i := range uint32(3) {
		w.GoAt(0, i+1, func() {
			_, err := call(w.Background(), &agentchaos.Request{ID: agentchaos.ID{Task: i + 1}, Target: "x/y"})
			require.Equal(t, i == 2, err != nil)
		})
	}
	require.NoError(t, w.Run())
	require.Equal(t, []string{"0s queued none 0s", "0s refused bulkhead_full 0s"}, s.said())
	require.Equal(t, time.Second, s.attempts[1].Begin, "waiting is no attempt")
}

// Nobody waits for a slot that a dead process held, even if its context is the world's own, which no crash ends.
func TestBulkheadBuriesTheDead(t *testing.T) {
	w := sim.New(sim.Poison)
	defer w.Close()
	var s seen
	agent := resilience.Agent{Steps: []resilience.Step{{Use: agentchaos.UseWrite, Target: "tool/act"}}}
	worker := resilience.Policy{Bulkhead: resilience.Bulkhead{Concurrency: 1, Queue: 2}}.Worker(agent, s.env(w),
		leaf(w, func(*agentchaos.Request) (time.Duration, error) { return time.Second, nil }))
	start := func(task uint32) *sim.Group {
		return w.GoAt(0, task, func() { worker.Run(w.Background(), resilience.Life{Task: task}) })
	}
	holder, waiter, _ := start(1), start(2), start(3)
	w.GoAt(400*time.Millisecond, 0, func() {
		for task, dead := range []*sim.Group{waiter, holder} {
			worker.Bury(uint32(2 - task))
			w.Kill(dead)
		}
	})
	require.NoError(t, w.Run())
	require.Len(t, s.attempts, 1)
	require.EqualValues(t, 3, s.attempts[0].ID.Task)
	require.Equal(t, 400*time.Millisecond, s.attempts[0].Begin)
}
