package resilience_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

// pair plays the original and the copy of one hedged call: how long each takes and how it ends.
type pair struct {
	first, second   time.Duration
	firstE, secondE error
}

func (p pair) plan(req *agentchaos.Request) (time.Duration, error) {
	if req.ID.Copy == 1 {
		return p.second, p.secondE
	}
	return p.first, p.firstE
}

func TestHedge(t *testing.T) {
	reset, limit := fails(agentchaos.Reset), fails(agentchaos.RateLimit)
	s := time.Second
	for name, c := range map[string]struct {
		pair
		use      agentchaos.Use
		at       time.Duration // the end of the call
		kind     agentchaos.Kind
		attempts []agentchaos.Kind // as they end
	}{
		"nobody is slow":          {pair{first: 2 * s}, 0, 2 * s, 0, []agentchaos.Kind{0}},
		"the first wins":          {pair{first: 5 * s, second: 9 * s}, 0, 5 * s, 0, []agentchaos.Kind{0, agentchaos.Cancelled}},
		"the copy wins":           {pair{first: 9 * s, second: 1 * s}, 0, 3 * s, 0, []agentchaos.Kind{0, agentchaos.Cancelled}},
		"the first fails":         {pair{first: 3 * s, second: 4 * s, firstE: reset}, 0, 6 * s, 0, []agentchaos.Kind{agentchaos.Reset, 0}},
		"the copy fails":          {pair{first: 9 * s, second: 1 * s, secondE: limit}, 0, 9 * s, 0, []agentchaos.Kind{agentchaos.RateLimit, 0}},
		"both fail, copy last":    {pair{first: 3 * s, second: 4 * s, firstE: reset, secondE: limit}, 0, 6 * s, agentchaos.Reset, []agentchaos.Kind{agentchaos.Reset, agentchaos.RateLimit}},
		"both fail, first last":   {pair{first: 9 * s, second: 4 * s, firstE: reset, secondE: limit}, 0, 9 * s, agentchaos.Reset, []agentchaos.Kind{agentchaos.RateLimit, agentchaos.Reset}},
		"reads are hedged":        {pair{first: 9 * s, second: 1 * s}, agentchaos.UseRead, 3 * s, 0, []agentchaos.Kind{0, agentchaos.Cancelled}},
		"writes are never copied": {pair{first: 9 * s, second: 1 * s}, agentchaos.UseWrite, 9 * s, 0, []agentchaos.Kind{0}},
		"the deadline":            {pair{first: 99 * s, second: 99 * s}, 0, 20 * s, agentchaos.Cancelled, []agentchaos.Kind{agentchaos.Cancelled, agentchaos.Cancelled}},
		"the deadline, first has failed": {pair{first: 3 * s, second: 99 * s, firstE: reset}, 0, 20 * s, agentchaos.Cancelled,
			[]agentchaos.Kind{agentchaos.Reset, agentchaos.Cancelled}},
	} {
		t.Run(name, func(t *testing.T) {
			var log seen
			inWorld(t, func(w *sim.World) {
				p := resilience.Policy{Hedge: resilience.Hedge{After: 2 * s}, Breaker: &resilience.Breaker{Failures: 2}, Timeout: resilience.Timeout{Attempt: time.Hour}}
				call := p.Start(log.env(w))(leaf(w, c.plan))
				ctx, cancel := w.WithTimeout(w.Background(), 20*s)
				defer cancel()
				req := request()
				req.Target, req.Use, req.By = "x/y", c.use, 20*s
				before := *req
				_, err := call(ctx, req)
				require.Equal(t, c.kind, agentchaos.KindOf(err))
				require.Equal(t, c.at, w.Now())
				require.Equal(t, before.Slow, req.Slow)
				require.Nil(t, req.OnSlow)
			})
			var kinds []agentchaos.Kind
			for _, a := range log.attempts {
				kinds = append(kinds, a.Kind)
				require.EqualValues(t, 1, a.ID.Attempt)
			}
			require.Equal(t, c.attempts, kinds)
			require.Equal(t, len(c.attempts)-1, len(log.said()), "only the copy is worth a word")
		})
	}
}

// A copy spends from the budget and does not pay in: one in reserve and 2 × 0.4, so the second slow call gets none.
func TestHedgeSpends(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var s seen
		p := resilience.Policy{Hedge: resilience.Hedge{After: time.Second}, RetryBudget: &resilience.RetryBudget{Ratio: 0.4, MinPerSecond: 0.1}}
		call := p.Start(s.env(w))(leaf(w, pair{first: 3 * time.Second, second: time.Second}.plan))
		for range 2 {
			_, err := call(w.Background(), &agentchaos.Request{Target: "x/y"})
			require.NoError(t, err)
		}
		require.Equal(t, []string{"1s hedged none 1s", "3s refused budget_exhausted 0s"}, s.said())
		require.EqualValues(t, 1, s.changes[1].ID.Copy)
		require.Equal(t, 5*time.Second, w.Now())
	})
}

// PUBLISHED.md §3.6: table {min .4, p50 .8, p90 2, p95 3, p99 9, max 20 s}, hedged after its p95: 5 % more attempts, and a
// p99 of 4.544 s instead of 9.
func TestHedgeArithmetic(t *testing.T) {
	points := []agentchaos.Point{{P: 0, Value: 400}, {P: .5, Value: 800}, {P: .9, Value: 2000}, {P: .95, Value: 3000}, {P: .99, Value: 9000}, {P: 1, Value: 20000}}
	for i := range points {
		points[i].Value *= int64(time.Millisecond)
	}
	latency, err := agentchaos.NewQuantiles(points...)
	require.NoError(t, err)
	luck := agentchaos.Seed(5).Derive("latency")
	for after, want := range map[time.Duration]struct{ extra, p99 float64 }{
		3 * time.Second: {0.05, 4.544}, 2 * time.Second: {0.10, 3.644}, 800 * time.Millisecond: {0.5, 2.654}, time.Hour: {0, 9},
	} {
		const calls = 40_000
		attempts, slower := 0, 0.0
		w := sim.New()
		call := resilience.Policy{Hedge: resilience.Hedge{After: after}}.Start(agentchaos.Env{Clock: w})(
			leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
				attempts++
				return time.Duration(latency.Value(luck.At(req.ID))), nil
			}))
		w.GoAt(0, 1, func() {
			for i := range calls {
				begin := w.Now()
				_, err := call(w.Background(), &agentchaos.Request{Target: "x/y", ID: agentchaos.ID{Task: uint32(i)}})
				require.NoError(t, err)
				if (w.Now() - begin).Seconds() > want.p99 {
					slower++
				}
			}
		})
		require.NoError(t, w.Run())
		w.Close()
		extra := float64(attempts)/calls - 1
		require.InDelta(t, want.extra, extra, 4*math.Sqrt(want.extra*(1-want.extra)/calls)+1e-9, after)
		require.InDelta(t, 0.01, slower/calls, 4*math.Sqrt(0.01*0.99/calls), after)
	}
}

// However often the leaf says that it is slow, there is one copy.
func TestHedgeCopiesOnce(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var s seen
		call := resilience.Hedge{After: time.Second}.Start(s.env(w), claude)(func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			if req.ID.Copy == 0 {
				req.OnSlow()
				req.OnSlow()
			}
			return good, w.Sleep(ctx, time.Second)
		})
		_, err := call(w.Background(), request())
		require.NoError(t, err)
		require.Len(t, s.changes, 1)
	})
}

// A copy that fails with a Retry-After was told so by the target that is about to be retried: the wait is its, whatever the
// original failed with. A malformed original gives way, or repair would ask again at once.
func TestHedgeKeepsTheRetryAfterOfItsCopy(t *testing.T) {
	for kind, said := range map[agentchaos.Kind][]string{
		agentchaos.Reset:     {"2s hedged none 2s", "3s retry_wait reset 7s"},
		agentchaos.Malformed: {"2s hedged none 2s", "3s retry_wait rate_limit 7s"},
	} {
		var s seen
		inWorld(t, func(w *sim.World) {
			p := resilience.Policy{Hedge: resilience.Hedge{After: 2 * time.Second}, Retry: resilience.Retry{Attempts: 2}, Repair: resilience.Repair{Attempts: 1}}
			call := p.Start(s.env(w))(leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
				switch {
				case req.ID.Attempt == 2:
					return time.Second, nil
				case req.ID.Copy == 1:
					return time.Second / 2, &agentchaos.Error{Kind: agentchaos.RateLimit, RetryAfter: 7 * time.Second}
				}
				return 3 * time.Second, fails(kind)
			}))
			_, err := call(w.Background(), &agentchaos.Request{Target: "x/y"})
			require.NoError(t, err)
			require.Equal(t, 11*time.Second, w.Now())
		})
		require.Equal(t, said, s.said())
	}
}
