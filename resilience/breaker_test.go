package resilience_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

func TestBreakerInTheStack(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var s seen
		p := resilience.Policy{
			Models: []string{claude, gpt}, Retry: resilience.Retry{Attempts: 9},
			Breaker: &resilience.Breaker{Failures: 3, Recovery: 10 * time.Second},
		}
		broken := true
		call := p.Start(s.env(w))(leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
			if broken && req.Target == claude {
				return 0, fails(agentchaos.Unavailable)
			}
			return 0, nil
		}))
		ask := func() {
			_, err := call(w.Background(), request())
			require.NoError(t, err)
		}
		ask() // three attempts, then the refusal ends the call on claude: it is not retried
		ask()
		require.NoError(t, w.Sleep(w.Background(), 10*time.Second))
		broken = false
		ask()
		require.Equal(t, []string{
			"0s retry_wait unavailable 0s", "0s retry_wait unavailable 0s", "0s breaker_opened unavailable 10s",
			"0s retry_wait unavailable 0s", "0s refused breaker_open 0s", "0s fell_back breaker_open 0s",
			"0s refused breaker_open 0s", "0s fell_back breaker_open 0s",
			"10s breaker_half_opened none 0s", "10s breaker_closed none 0s",
		}, s.said())
		require.Len(t, s.attempts, 3+1+1+1, "a refusal is no attempt")
	})
}

// A crash in a half-open probe must not wedge the breaker: the dead do not report.
func TestBreakerProbeDies(t *testing.T) {
	w := sim.New(sim.Poison)
	defer w.Close()
	call := resilience.Breaker{Failures: 1, Recovery: time.Second}.Start(agentchaos.Env{Clock: w}, claude)(
		leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
			if req.ID.Task == 1 {
				return 0, fails(agentchaos.Unavailable)
			}
			return time.Minute, nil
		}))
	kinds := map[uint32]agentchaos.Kind{}
	start := func(at time.Duration, task uint32) *sim.Group {
		return w.GoAt(at, task, func() {
			ctx, cancel := w.WithTimeout(w.Background(), time.Hour)
			defer cancel()
			_, err := call(ctx, &agentchaos.Request{ID: agentchaos.ID{Task: task}})
			kinds[task] = agentchaos.KindOf(err)
		})
	}
	start(0, 1)
	victim := start(time.Second, 2)
	start(2*time.Second, 3)
	w.GoAt(3*time.Second, 0, func() { w.Kill(victim) })
	start(4*time.Second, 4)
	require.NoError(t, w.Run())
	require.Equal(t, map[uint32]agentchaos.Kind{1: agentchaos.Unavailable, 3: agentchaos.BreakerOpen, 4: agentchaos.None}, kinds)
}

// Refusals are one value: an outage of an hour allocates nothing.
func TestRefusalsDoNotAllocate(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		call := resilience.Breaker{Failures: 1}.Start(agentchaos.Env{Clock: w}, claude)(leaf(w, always(agentchaos.Unavailable)))
		req := request()
		_, first := call(w.Background(), req)
		require.ErrorIs(t, first, agentchaos.Unavailable)
		require.Zero(t, testing.AllocsPerRun(100, func() { _, first = call(w.Background(), req) }))
		require.ErrorIs(t, first, agentchaos.BreakerOpen)
	})
}

// No attempt begins while the breaker is open, not even of a call that it let in and that has been queueing since.
func TestQueuedCallMeetsOpenBreaker(t *testing.T) {
	w := sim.New(sim.Poison)
	defer w.Close()
	var s seen
	call := resilience.Policy{
		Models: []string{claude}, Breaker: &resilience.Breaker{Failures: 1}, Bulkhead: resilience.Bulkhead{Concurrency: 1, Queue: 1},
	}.Start(s.env(w))(leaf(w, func(*agentchaos.Request) (time.Duration, error) { return time.Second, fails(agentchaos.Unavailable) }))
	for i := range uint32(2) {
		w.GoAt(0, i+1, func() {
			_, err := call(w.Background(), &agentchaos.Request{ID: agentchaos.ID{Task: i + 1, Step: 1}})
			require.Equal(t, []agentchaos.Kind{agentchaos.Unavailable, agentchaos.BreakerOpen}[i], agentchaos.KindOf(err))
		})
	}
	require.NoError(t, w.Run())
	require.Len(t, s.attempts, 1)
}

// A cut by the task's deadline, and whatever is the caller's own fault, counts against nobody.
func TestWhatDoesNotCount(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var s seen
		p := resilience.Policy{Models: []string{claude}, Breaker: &resilience.Breaker{Failures: 1}, Retry: resilience.Retry{Attempts: 3}}
		slow := p.Start(s.env(w))(leaf(w, func(*agentchaos.Request) (time.Duration, error) { return time.Minute, nil }))
		req := request()
		req.By = w.Now() + time.Second
		ctx, cancel := w.WithTimeout(w.Background(), time.Second)
		defer cancel()
		_, err := slow(ctx, req)
		require.ErrorIs(t, err, agentchaos.Cancelled)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Empty(t, s.changes)
		require.Equal(t, agentchaos.Cancelled, s.attempts[0].Kind)
	})
}
