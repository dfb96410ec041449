package published_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/stretchr/testify/require"
)

// fleet is Brooker's retry_sim: clients that call ten times a second for 50 s, each with its own way of trying again, a
// target that fails a share of attempts whatever the load, and an exponential 10 ms of network each way.
type fleet struct {
	world   *sim.World
	clients int
	chance  uint64 // that an attempt fails
}

const (
	fleetLife      = 50 * time.Second
	callsPerClient = 500    // on average
	fleetCalls     = 10_000 // more than a client makes: task numbers tell whose they are
)

var (
	fleetGap     = agentchaos.Exponential(int64(100 * time.Millisecond))
	fleetNetwork = agentchaos.Exponential(int64(10 * time.Millisecond))
)

// told is what became of a client's calls.
type told struct{ calls, attempts, good int }

// run gives each client's success per call and attempts per call. The way of trying again is made anew for every client.
func (f *fleet) run(t *testing.T, way func(env agentchaos.Env) agentchaos.Middleware) (success, load sample) {
	clients := make([]told, f.clients)
	for i := range clients {
		f.start(uint32(i), &clients[i], way)
	}
	require.NoError(t, f.world.Run())
	f.world.Reset()
	for _, c := range clients {
		require.NotZero(t, c.calls)
		success = append(success, float64(c.good)/float64(c.calls))
		load = append(load, float64(c.attempts)/float64(c.calls))
	}
	return success, load
}

func (f *fleet) start(number uint32, c *told, way func(env agentchaos.Env) agentchaos.Middleware) {
	w := f.world
	luck := agentchaos.Seed(1).Derive("fleet")
	env := agentchaos.Env{Clock: w, Seed: luck}
	call := resilience.Agent{Steps: []resilience.Step{{Plain: true}}}.Start(env, way(env)(f.target(luck, &c.attempts)))
	gaps := luck.Derive(fmt.Sprint("gaps ", number))
	w.GoAt(0, number+1, func() {
		for n := uint32(1); ; n++ {
			_ = w.Sleep(w.Background(), time.Duration(fleetGap.Value(gaps.Nth(uint64(n)))))
			if w.Now() >= fleetLife {
				return
			}
			c.calls++
			task := (number+1)*fleetCalls + n
			w.GoAt(w.Now(), task, func() {
				if call(w.Background(), task) == agentchaos.Completed {
					c.good++
				}
			})
		}
	})
}

func (f *fleet) target(luck agentchaos.Seed, attempts *int) agentchaos.Call {
	out, back, fails := luck.Derive("out"), luck.Derive("back"), luck.Derive("fails")
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		*attempts++
		_ = f.world.Sleep(ctx, time.Duration(fleetNetwork.Value(out.At(req.ID))+fleetNetwork.Value(back.At(req.ID))))
		if fails.At(req.ID) < f.chance {
			return nil, unavailable
		}
		return &agentchaos.Response{}, nil
	}
}

// retryWhile tries again without a wait as long as more, which is told of every failure of the call in turn, says so.
func retryWhile(begin func() (more func() bool)) agentchaos.Middleware {
	return func(next agentchaos.Call) agentchaos.Call {
		return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			more := begin()
			for {
				resp, err := next(ctx, req)
				if err == nil || !more() {
					return resp, err
				}
				req.ID.Attempt++
			}
		}
	}
}

// bucket10 is Brooker's token bucket: every call puts in a tenth of a token, up to five, which are there at the start; a
// retry takes one, if there is more than one.
func bucket10(agentchaos.Env) agentchaos.Middleware {
	const token, most = 10, 50
	tokens := most
	return retryWhile(func() func() bool {
		tokens = min(tokens+1, most)
		return func() bool {
			if tokens <= token {
				return false
			}
			tokens -= token
			return true
		}
	})
}

// breaker10 is Brooker's: three retries, and none while more than a tenth of the attempts per call have failed since the
// client began. It never stops a first attempt.
func breaker10(agentchaos.Env) agentchaos.Middleware {
	calls, failures := 0, 0
	return retryWhile(func() func() bool {
		calls++
		tries := 0
		return func() bool {
			failures++
			if 10*failures > calls {
				return false
			}
			tries++
			return tries <= 3
		}
	})
}

// budget10 is ours: a tenth of a retry for every first attempt of the last 10 s.
func budget10(env agentchaos.Env) agentchaos.Middleware {
	return resilience.Policy{
		Models: []string{"x/a"}, TrustAnswers: true, Retry: resilience.Retry{Attempts: 4}, RetryBudget: &resilience.RetryBudget{Ratio: .1},
	}.Start(env)
}

func retries(attempts int) func(agentchaos.Env) agentchaos.Middleware {
	return func(env agentchaos.Env) agentchaos.Middleware {
		return resilience.Retry{Attempts: attempts}.Start(env, "x/a")
	}
}

// tried is a way of trying again, and for each share of failures what retry_sim gave: success and load.
type tried struct {
	name      string
	way       func(agentchaos.Env) agentchaos.Middleware
	published [5]figures
}

// figures are as published, with their decimals.
type figures struct {
	success         float64
	successDecimals int
	load            float64
	loadDecimals    int
}

var fleetFails = [5]float64{.05, .1, .2, .5, .75}

var fleetWays = []tried{
	{"no retries", retries(1), [5]figures{{.951, 3, 1, 3}, {.899, 3, 1, 3}, {.802, 3, 1, 3}, {.503, 3, 1, 3}, {.251, 3, 1, 3}}},
	{"3 retries", retries(4), [5]figures{{1, 3, 1.052, 3}, {.9999, 4, 1.112, 3}, {.998, 3, 1.249, 3}, {.938, 3, 1.876, 3}, {.684, 3, 2.744, 3}}},
	{"his bucket of 10%", bucket10, [5]figures{{.9997, 4, 1.053, 3}, {.9855, 4, 1.096, 3}, {.886, 3, 1.107, 3}, {.550, 3, 1.1085, 4}, {.275, 3, 1.109, 3}}},
	{"his breaker at 10%", breaker10, [5]figures{{.998, 3, 1.052, 3}, {.936, 3, 1.038, 3}, {.8015, 4, 1.001, 3}, {.497, 3, 1, 3}, {.249, 3, 1, 3}}},
}

func tellFleet(t *testing.T, b *board) {
	const published = 100 // clients
	f := &fleet{world: sim.New(), clients: published}
	if testing.Short() {
		f.clients /= 4 // enough of them to tell how they differ
	}
	defer f.world.Close()
	differ := math.Sqrt(1./published + 1/float64(f.clients))
	for i, p := range fleetFails {
		f.chance = agentchaos.Chance(p)
		name := fmt.Sprintf("retry_sim, p = %g%%, ", 100*p)
		for _, way := range fleetWays {
			success, load := f.run(t, way.way)
			want := way.published[i]
			b.sampled(name+way.name+": success", "", want.successDecimals, want.success, success.mean(), differ*max(success.sd(), binomialError(want.success, callsPerClient)))
			b.sampled(name+way.name+": load", "", want.loadDecimals, want.load, load.mean(), load.sd()*differ)
		}
		claimBudget(t, b, f, name, p, fleetWays[2].published[i])
	}
}

// claimBudget sets our budget of 10% beside his bucket. It has no full start, and what is not used is gone after 10 s, so
// that its load is below his and never above 1.1; and since attempts fail independently of the policy, success is
// (1−p)·load for anybody (Wald).
func claimBudget(t *testing.T, b *board, f *fleet, name string, p float64, his figures) {
	success, load := f.run(t, budget10)
	most := 0.0
	wald := make(sample, len(load))
	for i := range load {
		most = max(most, load[i])
		wald[i] = success[i] - float64((1-p)*load[i])
	}
	b = b.of(theory)
	b.add(claim{
		what:      name + "our retry_budget of 10%: load, and of the client with the highest",
		published: fmt.Sprintf("his bucket %g; ours at most 1.1", his.load), measured: fmt.Sprintf("%.3f, %.3f", load.mean(), most),
		tolerance: "the bound", holds: most <= 1.1,
	})
	b.sampled(name+"our retry_budget of 10%: success − (1−p)·load", "", 3, 0, wald.mean(), wald.sd()/math.Sqrt(float64(len(wald))))
}
