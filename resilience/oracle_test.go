package resilience_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

const (
	oracleTasks    = 60
	oracleDeadline = 13*time.Second + 5
)

// oracleStack is every policy at once over a leaf of random luck; hedge and bulkhead in turn, since the end of a hedged call
// gives back a slot and calls off the copy that waits for it in one instant, and on the wall either may come first. Odd
// nanoseconds everywhere: exact ties are golden tests'.
func oracleStack(seed agentchaos.Seed, env agentchaos.Env) func(context.Context, uint32) agentchaos.Outcome {
	env.Seed = seed
	how, long := seed.Derive("how"), seed.Derive("long")
	p := resilience.Policy{
		Models:  []string{claude, gpt},
		Timeout: resilience.Timeout{Attempt: 4*time.Second + 3},
		Retry: resilience.Retry{
			Attempts: 3, Backoff: resilience.Backoff{Initial: 301 * time.Millisecond, Max: 2 * time.Second, Jitter: resilience.FullJitter},
			MaxRetryAfter: 2 * time.Second,
		},
		RetryBudget: &resilience.RetryBudget{Ratio: 0.3, MinPerSecond: 0.5},
		Breaker:     &resilience.Breaker{Failures: 4, FailureRate: 0.6, MinCalls: 8, Recovery: time.Second + 7, Probes: 2},
		Hedge:       resilience.Hedge{After: 1500*time.Millisecond + 11},
		Bulkhead:    resilience.Bulkhead{Concurrency: 3, Queue: 4},
		Repair:      resilience.Repair{Attempts: 1},
	}
	if seed%2 == 0 {
		p.Hedge = resilience.Hedge{}
	} else {
		p.Bulkhead = resilience.Bulkhead{}
	}
	kinds := []agentchaos.Kind{agentchaos.Overloaded, agentchaos.RateLimit, agentchaos.Reset, agentchaos.Auth, agentchaos.Malformed, agentchaos.Conflict}
	call := p.Start(env)(leaf(env.Clock, func(req *agentchaos.Request) (time.Duration, error) {
		u := how.Derive(req.Target).At(req.ID)
		d := time.Duration(agentchaos.Fraction(int64(3*time.Second), long.Derive(req.Target).At(req.ID)))
		switch {
		case u < agentchaos.Chance(0.3):
			return d / 10, &agentchaos.Error{Kind: kinds[u%6], RetryAfter: time.Duration(u%4) * 700 * time.Millisecond}
		case u < agentchaos.Chance(0.35):
			return time.Hour, nil
		}
		return d, nil
	}))
	return threeSteps(oracleDeadline).Start(env, call)
}

func arrival(i int) time.Duration { return time.Duration(i) * (230*time.Millisecond + 13) }

func onSim(t *testing.T, seed agentchaos.Seed) *seen {
	var s seen
	w := sim.New(sim.Poison)
	defer w.Close()
	run := oracleStack(seed, s.env(w))
	for i := range oracleTasks {
		w.GoAt(arrival(i), uint32(i+1), func() { run(w.Background(), uint32(i+1)) })
	}
	require.NoError(t, w.Run())
	return &s
}

func onWall(t *testing.T, seed agentchaos.Seed) *seen {
	var s seen
	synctest.Test(t, func(*testing.T) {
		clock := agentchaos.NewWall()
		run := oracleStack(seed, s.env(clock))
		var all sync.WaitGroup
		for i := range oracleTasks {
			all.Go(func() {
				if clock.Sleep(context.Background(), arrival(i)) == nil {
					run(context.Background(), uint32(i+1))
				}
			})
		}
		all.Wait()
		synctest.Wait() // for the copies that lost
	})
	return &s
}

// Go's own fake clock is the oracle: the same stack in virtual time and on the Wall gives the same transcript.
func TestSimIsWall(t *testing.T) {
	told := map[agentchaos.What]bool{}
	for seed := range agentchaos.Seed(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			a := onSim(t, seed+1)
			require.Equal(t, a.lines(), onWall(t, seed+1).lines())
			require.Equal(t, a, onSim(t, seed+1), "and in order, from run to run")
			for _, c := range a.changes {
				told[c.What] = true
			}
			laws(t, a)
		})
	}
	for what := agentchaos.RetryWait; what <= agentchaos.DeadlineHit; what++ {
		require.True(t, told[what], "%v never happened: the oracle saw too little", what)
	}
}

// laws hold under any policy (DESIGN.md §5).
func laws(t *testing.T, s *seen) {
	type span struct{ from, until time.Duration }
	open, begun := map[string][]span{}, map[uint32]time.Duration{}
	for _, x := range s.tasks {
		begun[x.Task] = x.Begin
	}
	for _, c := range s.changes {
		if c.What == agentchaos.BreakerOpened {
			open[c.Target] = append(open[c.Target], span{c.At, c.At + c.For})
		}
	}
	for _, a := range s.attempts {
		require.Less(t, a.Begin, begun[a.ID.Task]+oracleDeadline, "no attempt at or after the deadline")
		require.LessOrEqual(t, a.ID.Attempt, uint8(6), "three attempts, each asked twice")
		for _, o := range open[a.Target] {
			require.False(t, a.Begin > o.from && a.Begin < o.until, "an attempt on an open breaker")
		}
	}
}
