package resilience_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

// At exactly the deadline nothing begins: no attempt, no copy, no re-ask, no next model. What ended there has ended.
func TestNothingBeginsAtTheDeadline(t *testing.T) {
	const by = 2 * time.Second
	for name, c := range map[string]struct {
		policy resilience.Policy
		begin  time.Duration
		kind   agentchaos.Kind // how the attempt that takes until the deadline ends
		want   agentchaos.Kind
	}{
		"an attempt": {resilience.Policy{}, by, agentchaos.None, agentchaos.Cancelled},
		"a copy":     {resilience.Policy{Hedge: resilience.Hedge{After: by}}, 0, agentchaos.Cancelled, agentchaos.Cancelled},
		"a re-ask":   {resilience.Policy{Repair: resilience.Repair{Attempts: 3}}, 0, agentchaos.Malformed, agentchaos.Malformed},
		"a model":    {resilience.Policy{}, 0, agentchaos.RateLimit, agentchaos.RateLimit},
		"a retry":    {resilience.Policy{Retry: resilience.Retry{Attempts: 3}}, 0, agentchaos.RateLimit, agentchaos.RateLimit},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				var s seen
				c.policy.Models = []string{claude, gpt}
				require.NoError(t, w.Sleep(w.Background(), c.begin))
				call := c.policy.Start(s.env(w))(leaf(w, func(*agentchaos.Request) (time.Duration, error) {
					if c.kind == agentchaos.Cancelled {
						return time.Hour, nil
					}
					return by, fails(c.kind)
				}))
				ctx, cancel := w.WithTimeout(w.Background(), by)
				defer cancel()
				req := request()
				req.By = by
				_, err := call(ctx, req)
				require.Equal(t, c.want, agentchaos.KindOf(err))
				require.LessOrEqual(t, len(s.attempts), 1)
				for _, x := range s.changes {
					require.Equal(t, agentchaos.RetryGivenUp, x.What)
				}
			})
		})
	}
}

// A slot that comes free at exactly the deadline comes too late, and is given back.
func TestSlotAtTheDeadline(t *testing.T) {
	w := sim.New(sim.Poison)
	defer w.Close()
	began := 0
	call := resilience.Bulkhead{Concurrency: 1, Queue: 1}.Start(agentchaos.Env{Clock: w}, claude)(
		leaf(w, func(*agentchaos.Request) (time.Duration, error) { began++; return time.Second, nil }))
	for i := range uint32(3) {
		w.GoAt([]time.Duration{0, 0, 1500 * time.Millisecond}[i], i+1, func() {
			ctx, cancel := w.WithTimeout(w.Background(), time.Second)
			defer cancel()
			_, err := call(ctx, &agentchaos.Request{By: w.Now() + time.Second})
			require.Equal(t, i == 1, err != nil)
		})
	}
	require.NoError(t, w.Run())
	require.Equal(t, 2, began)
}
