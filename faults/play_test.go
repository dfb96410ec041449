package faults_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/stretchr/testify/require"
)

func TestMalformedAnswersAreReadAsWhatTheyAre(t *testing.T) {
	inWorld(t, func(w *sim.World, ctx context.Context) {
		for v := ac.WrongSchema; int(v) < ac.Variants; v++ {
			p := start(t, healthy(on(model, faults.Malformed{Variant: v}, faults.When{})))
			resp, err := faults.Play(w, p.Open)(ctx, attempt(1))
			require.NoError(t, err)
			require.Equal(t, v, resilience.Validate(resp.Content))
			require.Equal(t, faults.Said(v), resp.Content)
		}
		resp, err := faults.Play(w, start(t, healthy()).Open)(ctx, attempt(1))
		require.NoError(t, err)
		require.Equal(t, ac.NoVariant, resilience.Validate(resp.Content))
		require.Equal(t, faults.Answer, resp.Content.Text)
		require.Zero(t, faults.Said(ac.ErrorBody), "no answer at all")
		require.Zero(t, faults.Said(255))
	})
}

func TestNothingReachesAProviderOnceTheContextHasEnded(t *testing.T) {
	inWorld(t, func(w *sim.World, ctx context.Context) {
		p := start(t, healthy())
		gone, end := w.WithTimeout(ctx, ac.Forever)
		end()
		req := attemptOn(write, 1)
		req.Truth.Wrong = true // of an attempt before
		_, err := faults.Play(w, p.Open)(gone, req)
		require.ErrorIs(t, err, context.Canceled)
		require.Zero(t, req.Truth)
		require.Zero(t, p.Ledger().Open())
	})
}

// The tool does its work whether its client waits or not.
func TestAToolsWorkOutlivesItsClient(t *testing.T) {
	inWorld(t, func(w *sim.World, ctx context.Context) {
		p := start(t, healthy())
		short, end := w.WithTimeout(ctx, 10*ms)
		defer end()
		_, err := faults.Play(w, p.Open)(short, attemptOn(write, 1))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, lost := p.Ledger().Settle(1, []uint16{1})
		require.Zero(t, lost)
	})
}

// A hedge cancels its loser on the very coroutine that called OnSlow.
func TestACallCancelledInOnSlowEnds(t *testing.T) {
	inWorld(t, func(w *sim.World, ctx context.Context) {
		mine, end := w.WithTimeout(ctx, ac.Forever)
		req := attempt(1)
		req.Slow, req.OnSlow = 100*ms, end
		_, err := faults.Play(w, start(t, healthy()).Open)(mine, req)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, 100*ms, w.Now())
		require.Equal(t, 100, req.Truth.Output, "abandoned work runs on, and is paid for")
	})
}

func TestCancelledWorkIsPaidForAsFarAsItCame(t *testing.T) {
	inWorld(t, func(w *sim.World, ctx context.Context) {
		s := healthy()
		m := s.Models[model]
		m.Capacity.Abandoned = faults.Cancel // counts without any limit too
		s.Models[model] = m
		mine, end := w.WithTimeout(ctx, 900*ms)
		defer end()
		req := attempt(1)
		_, err := faults.Play(w, start(t, s).Open)(mine, req)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, ac.Truth{Input: 50, Output: 50}, req.Truth)
	})
}

// On the real clock (here Go's own fake one) many attempts run at once, on the same providers.
func TestProvidersOnTheWall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := varied(someRules...)
		m := s.Models[model]
		m.Capacity, m.Limits = faults.Capacity{Concurrency: 8, Queue: 20, Abandoned: faults.Cancel}, faults.Limits{RequestsPerMinute: 600}
		s.Models[model] = m
		p, w := start(t, s), ac.NewWall()
		call := faults.Play(w, p.Open)
		var wg sync.WaitGroup
		for task := range 200 {
			wg.Go(func() {
				ctx, end := w.WithTimeout(t.Context(), time.Duration(1+task%60)*time.Second)
				defer end()
				req := attempt(task)
				req.FirstToken, req.Idle = 4*time.Second, 2*time.Second
				req.Slow, req.OnSlow = time.Second, func() {}
				resp, err := call(ctx, req)
				require.NotEqual(t, resp == nil, err == nil)
			})
		}
		wg.Wait()
		require.LessOrEqual(t, w.Now(), 61*time.Second)
	})
}
