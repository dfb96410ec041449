package published_test

import (
	"context"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// An inside is the retry storm put together in Go of the engine's parts, for what a scenario file has no word for.
type inside struct {
	scenarios.Scenario
	policy resilience.Policy

	// A line that moves up: who leaves, from the line or from a slot, makes room for those behind at once. The engine's own
	// `abandoned: cancel` fixes every start on arrival (faults.Cancel); a bulkhead below the time-out is the other meaning.
	movesUp bool

	// The mean wait of an agent that, refused by the breaker, asks again until its deadline; 0: the refusal ends its call.
	askAgain time.Duration
}

// play gives the runs of the seeds from 1.
func (s inside) play(t *testing.T, seeds int) (runs []run) {
	t.Helper()
	for seed := range seeds {
		runs = append(runs, s.one(t, agentchaos.Seed(seed+1).Derive(s.Name)))
	}
	return runs
}

func (s inside) one(t *testing.T, luck agentchaos.Seed) (r run) {
	w := sim.New()
	defer w.Close()
	target := s.policy.Models[0]
	model := s.Models[target]
	env := agentchaos.Env{Clock: w, Seed: luck}
	line := func(call agentchaos.Call) agentchaos.Call { return call }
	if s.movesUp {
		line = movingUp(env, target, model.Capacity)
		model.Capacity = faults.Capacity{}
	}
	providers, err := faults.New(faults.Settings{Seed: luck, Primary: target, Models: map[string]faults.Model{target: model}, Rules: s.Faults})
	require.NoError(t, err)
	call := s.policy.Start(env)(line(faults.Play(w, providers.Open)))
	again := luck.Derive("ask again")
	task := func(n uint32) {
		ctx, end := w.WithTimeout(w.Background(), s.Agent.Agent.Deadline)
		defer end()
		req := agentchaos.Request{Stream: true, Input: 500, Output: 200, By: w.Now() + s.Agent.Agent.Deadline}
		for step := uint16(1); ; step++ {
			req.ID = agentchaos.ID{Task: n, Step: step}
			_, err := call(ctx, &req)
			if err == nil {
				r.completed = append(r.completed, w.Now())
			}
			if s.askAgain == 0 || agentchaos.KindOf(err) != agentchaos.BreakerOpen {
				return
			}
			wait := s.askAgain/2 + time.Duration(agentchaos.Fraction(int64(s.askAgain), again.At(req.ID)))
			if w.Sleep(ctx, wait) != nil {
				return
			}
		}
	}
	gaps := agentchaos.Exponential(int64(s.Agent.Arrivals.Gap))
	w.GoAt(0, 0, func() {
		for n := range uint32(s.Tasks) {
			_ = w.Sleep(w.Background(), time.Duration(gaps.Value(luck.Derive("arrivals").Nth(uint64(n)))))
			r.arrived, r.lastArrival = r.arrived+1, w.Now()
			w.GoAt(w.Now(), n+1, func() { task(n + 1) })
		}
	})
	require.NoError(t, w.Run())
	return r
}

// movingUp is a provider's capacity in front of it.
func movingUp(env agentchaos.Env, target string, c faults.Capacity) agentchaos.Middleware {
	line := resilience.Bulkhead{Concurrency: c.Concurrency, Queue: c.Queue}.Start(env, target)
	return func(next agentchaos.Call) agentchaos.Call {
		call := line(next)
		return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			resp, err := call(ctx, req)
			if agentchaos.KindOf(err) == agentchaos.BulkheadFull {
				err = &agentchaos.Error{Kind: agentchaos.Overloaded, Target: target}
			}
			return resp, err
		}
	}
}
