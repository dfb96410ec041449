package resilience_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

// PUBLISHED.md §3.4: with independent failure p per attempt and A attempts, success 1−p^A and load (1−p^A)/(1−p); and the
// law that holds under any policy, success = (1−p)·amplification, within 4 standard errors.
func TestCompletionAndAmplification(t *testing.T) {
	const calls = 20_000
	for _, c := range []struct {
		p        float64
		attempts int
	}{{0.3, 4}, {0.5, 4}, {0.9, 4}, {0.2, 1}, {0.5, 10}} {
		luck, below := agentchaos.Seed(7).Derive("luck"), agentchaos.Chance(c.p)
		inWorld(t, func(w *sim.World) {
			n, good := 0.0, 0.0
			call := resilience.Policy{Models: []string{claude}, Retry: resilience.Retry{Attempts: c.attempts}}.Start(agentchaos.Env{Clock: w})(
				leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
					n++
					if luck.At(req.ID) < below {
						return 0, fails(agentchaos.Unavailable)
					}
					return 0, nil
				}))
			for i := range calls {
				req := request()
				req.ID.Task = uint32(i + 1)
				if _, err := call(w.Background(), req); err == nil {
					good++
				}
				require.Zero(t, req.ID.Attempt)
				require.Empty(t, req.Target)
			}
			success := 1 - math.Pow(c.p, float64(c.attempts))
			load := success / (1 - c.p)
			require.InDelta(t, success, good/calls, 4*math.Sqrt(success*(1-success)/calls)+1e-9, "completion")
			require.InDelta(t, load, n/calls, 4*float64(c.attempts)/math.Sqrt(calls), "amplification")
			require.InDelta(t, good, (1-c.p)*n, 4*math.Sqrt(n*c.p*(1-c.p)))
		})
	}
}

// SRE book, "Handling Overload": at most three attempts make "somewhere just below 3X"; with a 10% budget "just 1.1x".
func TestBudgetBoundsAmplification(t *testing.T) {
	for _, c := range []struct {
		p    float64
		b    *resilience.RetryBudget
		load float64
	}{
		{1, nil, 3},
		{1, &resilience.RetryBudget{Ratio: 0.1}, 1.1},
		{0.05, &resilience.RetryBudget{Ratio: 0.2}, 1.0525},
		{0.5, &resilience.RetryBudget{Ratio: 0.2}, 1.2},
	} {
		const calls = 20_000
		luck, below, n, refused := agentchaos.Seed(7).Derive("luck"), agentchaos.Chance(c.p), 0, 0
		w := sim.New()
		env := agentchaos.Env{Clock: w, Trace: agentchaos.Trace{Change: func(c agentchaos.Change) {
			if c.What == agentchaos.Refused {
				refused++
			}
		}}}
		call := resilience.Policy{Models: []string{claude}, Retry: resilience.Retry{Attempts: 3}, RetryBudget: c.b}.Start(env)(
			leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
				n++
				if luck.At(req.ID) < below {
					return 0, fails(agentchaos.Unavailable)
				}
				return 0, nil
			}))
		w.GoAt(0, 1, func() {
			for i := range calls {
				req := request()
				req.ID.Task = uint32(i + 1)
				_, err := call(w.Background(), req)
				if errors.Is(err, agentchaos.BudgetExhausted) {
					require.ErrorIs(t, err, agentchaos.Unavailable, "wraps the last failure")
				}
				require.NoError(t, w.Sleep(w.Background(), time.Millisecond))
			}
		})
		require.NoError(t, w.Run())
		require.InDelta(t, c.load, float64(n)/calls, 0.005, "p %v", c.p)
		require.Equal(t, c.b != nil && c.p > 0.1, refused > 0)
		w.Close()
	}
}

// SRE book, "Addressing Cascading Failures": three layers of 4 attempts are 64; AWS Builders' Library: five of 3 are 243.
// Every one has a number of its own.
func TestStackedRetriesMultiply(t *testing.T) {
	for _, c := range []struct{ layers, attempts, want int }{{3, 4, 64}, {5, 3, 243}} {
		inWorld(t, func(w *sim.World) {
			var ms []agentchaos.Middleware
			for range c.layers {
				ms = append(ms, resilience.Retry{Attempts: c.attempts}.Start(agentchaos.Env{Clock: w}, claude))
			}
			n := 0
			call := agentchaos.Chain(ms...)(func(_ context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
				n++
				require.EqualValues(t, n, req.ID.Attempt)
				return nil, fails(agentchaos.Unavailable)
			})
			req := request()
			req.ID.Attempt = 1
			_, err := call(w.Background(), req)
			require.ErrorIs(t, err, agentchaos.Unavailable)
			require.Equal(t, c.want, n)
		})
	}
}

func TestRetryWaits(t *testing.T) {
	honest := &agentchaos.Error{Kind: agentchaos.RateLimit, RetryAfter: 7 * time.Second}
	never := &agentchaos.Error{Kind: agentchaos.RateLimit, RetryAfter: 61 * time.Second}
	backoff := resilience.Backoff{Initial: time.Second}
	full := resilience.Backoff{Initial: time.Second, Jitter: resilience.Jitter{Lo: 1, Hi: 1}}
	for name, c := range map[string]struct {
		retry resilience.Retry
		by    time.Duration
		err   error
		want  []string
		kind  agentchaos.Kind
	}{
		"exact": {resilience.Retry{Attempts: 4, Backoff: backoff}, 0, fails(agentchaos.Reset),
			[]string{"0s retry_wait reset 1s", "1s retry_wait reset 2s", "3s retry_wait reset 4s"}, agentchaos.Reset},
		"retry-after without backoff": {resilience.Retry{Attempts: 2}, 0, honest, []string{"0s retry_wait rate_limit 7s"}, agentchaos.RateLimit},
		"retry-after without jitter":  {resilience.Retry{Attempts: 2, Backoff: backoff}, 0, honest, []string{"0s retry_wait rate_limit 7s"}, agentchaos.RateLimit},
		"retry-after and jitter":      {resilience.Retry{Attempts: 2, Backoff: full}, 0, honest, []string{"0s retry_wait rate_limit 8s"}, agentchaos.RateLimit},
		"retry-after too long":        {resilience.Retry{Attempts: 9}, 0, never, []string{"0s retry_given_up rate_limit 1m1s"}, agentchaos.RateLimit},
		"its own limit": {resilience.Retry{Attempts: 2, MaxRetryAfter: 61 * time.Second}, 0, never,
			[]string{"0s retry_wait rate_limit 1m1s"}, agentchaos.RateLimit},
		"reaches the deadline":  {resilience.Retry{Attempts: 9, Backoff: backoff}, 3 * time.Second, fails(agentchaos.Reset), []string{"0s retry_wait reset 1s", "1s retry_given_up reset 2s"}, agentchaos.Reset},
		"just before it":        {resilience.Retry{Attempts: 3, Backoff: backoff}, 3*time.Second + 1, fails(agentchaos.Reset), []string{"0s retry_wait reset 1s", "1s retry_wait reset 2s"}, agentchaos.Reset},
		"not in the table":      {resilience.Retry{Attempts: 9}, 0, fails(agentchaos.Quota), nil, agentchaos.Quota},
		"on":                    {resilience.Retry{Attempts: 2, On: []agentchaos.Kind{agentchaos.Quota}}, 0, fails(agentchaos.Quota), []string{"0s retry_wait quota 0s"}, agentchaos.Quota},
		"not on":                {resilience.Retry{Attempts: 2, On: []agentchaos.Kind{agentchaos.Quota}}, 0, fails(agentchaos.Reset), nil, agentchaos.Reset},
		"on nothing":            {resilience.Retry{Attempts: 2, On: []agentchaos.Kind{}}, 0, fails(agentchaos.Reset), nil, agentchaos.Reset},
		"never a breaker again": {resilience.Retry{Attempts: 9, On: []agentchaos.Kind{agentchaos.BreakerOpen}}, 0, fails(agentchaos.BreakerOpen), nil, agentchaos.BreakerOpen},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				var s seen
				call := resilience.Policy{Models: []string{claude}, Retry: c.retry}.Start(s.env(w))(
					leaf(w, func(*agentchaos.Request) (time.Duration, error) { return 0, c.err }))
				req := request()
				req.By = c.by
				_, err := call(w.Background(), req)
				require.Equal(t, c.kind, agentchaos.KindOf(err))
				require.Equal(t, c.want, s.said())
				for _, a := range s.attempts {
					require.True(t, c.by == 0 || a.Begin < c.by)
				}
			})
		})
	}
}

// Each wait is drawn from the one before it: with three times the first as the limit, no wait could pass 3 s.
func TestDecorrelatedWaitsGrow(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		prev, longest := time.Second, time.Duration(0)
		env := agentchaos.Env{Clock: w, Trace: agentchaos.Trace{Change: func(c agentchaos.Change) {
			require.True(t, c.For >= time.Second && c.For <= 3*prev)
			prev, longest = c.For, max(longest, c.For)
		}}}
		_, err := resilience.Retry{Attempts: 20, Backoff: resilience.Backoff{Initial: time.Second, Jitter: resilience.DecorrelatedJitter}}.
			Start(env, claude)(leaf(w, always(agentchaos.Reset)))(w.Background(), request())
		require.Error(t, err)
		require.Greater(t, longest, 10*time.Second)
	})
}

// Who has gone is not served again, whatever the last failure was.
func TestNoRetryForNobody(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		ctx, cancel := w.WithTimeout(w.Background(), agentchaos.Forever)
		n := 0
		_, err := resilience.Retry{Attempts: 5}.Start(agentchaos.Env{Clock: w}, claude)(
			func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) {
				n++
				cancel()
				return nil, fails(agentchaos.RateLimit)
			})(ctx, request())
		require.ErrorIs(t, err, agentchaos.RateLimit)
		require.Equal(t, 1, n)
	})
}

// Draws are of the attempt, never of the order: two tasks wait alike whoever fails first, and another target waits otherwise.
func TestJitterIsDrawnByIdentity(t *testing.T) {
	waits := func(target string, tasks ...uint32) map[agentchaos.ID]time.Duration {
		out := map[agentchaos.ID]time.Duration{}
		inWorld(t, func(w *sim.World) {
			env := agentchaos.Env{Clock: w, Seed: 3, Trace: agentchaos.Trace{Change: func(c agentchaos.Change) { out[c.ID] = c.For }}}
			call := resilience.Retry{Attempts: 3, Backoff: resilience.Backoff{Initial: time.Second, Jitter: resilience.FullJitter}}.Start(env, target)(
				leaf(w, always(agentchaos.Reset)))
			for _, n := range tasks {
				_, err := call(w.Background(), &agentchaos.Request{ID: agentchaos.ID{Task: n, Step: 1, Attempt: 1}})
				require.Error(t, err)
			}
		})
		return out
	}
	require.Equal(t, waits(claude, 1, 2), waits(claude, 2, 1))
	require.NotEqual(t, waits(claude, 1, 2), waits(gpt, 1, 2))
	require.Len(t, waits(claude, 1, 2), 4)
}

// Retries and re-asks of a call count on; the next model begins again at 1.
func TestAttemptsAreNumberedPerTarget(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var s seen
		p := resilience.Policy{Models: []string{claude, gpt}, Retry: resilience.Retry{Attempts: 2}, Repair: resilience.Repair{Attempts: 2}}
		call := p.Start(s.env(w))(func(_ context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			if req.ID.Attempt%2 == 1 {
				return nil, fails(agentchaos.Reset)
			}
			return &agentchaos.Response{}, nil // empty: malformed
		})
		_, err := call(w.Background(), request())
		require.ErrorIs(t, err, agentchaos.Malformed)
		var got []int
		for _, a := range s.attempts {
			got = append(got, int(a.ID.Attempt))
		}
		require.Equal(t, []int{1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6}, got)
	})
}
