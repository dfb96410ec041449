package published_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

var collapseBrooker = chapter{
	name: "collapse-brooker",
	kind: others,
	source: `Marc Brooker, simple_collapse_sim/sim.py of [mbrooker/simulator_example](https://github.com/mbrooker/simulator_example): a server that
takes 1 s and 10 ms for each request at work, a network of exponential 100 ms either way, clients that give up after 3 s and try
three times in all. 40 of his runs, seeded by us, against 40 of ours where they do not end alike, else 12. Collapsed is a run of which from 60 s to 79 s less than half of what comes is
answered. Tolerances: three standard errors of a binomial count of 28 in 40 (2.9), and of the mean goodput of some runs, of which one
spreads by 1.5/s: of 12 runs against 40/s, of 40 against 12.`,
	tell: tellCollapseBrooker,
}

// collapseWorld is all but the network, which [collapseNetwork] puts on both sides of the provider. Backoff is 20 s, then
// 40 s, times U(0, 1).
const collapseWorld = `
version: 1
models: {sim/server: {first_token: 1s, capacity: {slowdown: 10ms}}}
agents:
  client: {arrivals: {profile: %s, burstiness: 1}, steps: [model: {output_tokens: 1}]}
policies:
  no-backoff: {models: [sim/server], timeout: {attempt: 3s}, retry: {attempts: 3}}
  backoff: {models: [sim/server], timeout: {attempt: 3s}, retry: {attempts: 3, backoff: {initial: 20s, factor: 2, jitter: full}}}
scenarios: {s: {agent: client, duration: 80s}}
`

const collapseSpike = "[{for: 20s, rate: 40/s}, {for: 5s, rate: 80/s}, {rate: 40/s}]"

// collapseRamp is 80 − 1.6·|t − 25| a second, second by second: from 40/s up to 80/s, and down to nothing at 75 s.
func collapseRamp() string {
	var pieces []string
	for k := range 75 {
		pieces = append(pieces, fmt.Sprintf("{for: 1s, rate: %.1f/s}", 80-1.6*max(24.5-float64(k), float64(k)-24.5)))
	}
	return "[" + strings.Join(pieces, ", ") + ", {rate: 0/s}]"
}

func tellCollapseBrooker(t *testing.T, b *board) {
	runs, sure := 40, 12 // sure: where all of his runs ended alike
	if testing.Short() {
		runs, sure = 5, 1
	}
	n := float64(runs)
	se := func(of float64) float64 { return 3 * collapseSD / math.Sqrt(of) } // three standard errors of a mean goodput
	none, backoff := collapseRuns(t, collapseSpike, "no-backoff", runs), collapseRuns(t, collapseSpike, "backoff", sure)
	b.near(fmt.Sprintf("spike to twice the rate for 5 s, no backoff: runs of %d that collapse", runs), "%.3g", .7*n, float64(none.collapsed), 3*math.Sqrt(.7*.3*n))
	if none.collapsed > 0 {
		b.near("… goodput of those that collapse, per second", "%.2f", 0, none.downMean, .05)
	}
	if none.collapsed < runs {
		b.near("… goodput of the others, per second", "%.1f", 40, none.upMean, se(.3*n))
	}
	b.all("spike, backoff with jitter: runs that collapse", 0, backoff.collapsed, sure)
	b.near("… goodput, per second", "%.1f", 40.3, backoff.upMean, math.Hypot(se(40), se(float64(sure))))
	for _, policy := range []string{"no-backoff", "backoff"} {
		b.all("ramp to twice the rate in 25 s, "+policy+": runs that collapse", 40, collapseRuns(t, collapseRamp(), policy, sure).collapsed, sure)
	}
}

// collapseSD is how the goodput of a run that stays up varies, per second. TestAcceptSpread measures it.
const collapseSD = 1.5

// all claims that all of our runs end as all of his 40 did, of which so many collapsed: none, or all.
func (b *board) all(what string, his, ours, runs int) {
	b.t.Helper()
	b.add(claim{
		what: what, published: fmt.Sprintf("%d of 40", his), measured: fmt.Sprintf("%d of %d", ours, runs),
		tolerance: "every run", holds: 40*ours == his*runs,
	})
}

// collapseResult is many runs: how many collapsed, and the goodput of those and of the others.
type collapseResult struct {
	collapsed        int
	downMean, upMean float64
	up               sample // of every run that did not
}

func collapseRuns(t *testing.T, profile, policy string, runs int) (r collapseResult) {
	suite, err := scenarios.Load("collapse.yaml", fmt.Appendf(nil, collapseWorld, profile), scenarios.Options{})
	require.NoError(t, err)
	s := &suite.Scenarios[0]
	arm := &s.Arms[slices.IndexFunc(s.Arms, func(a scenarios.Arm) bool { return a.Policy == policy })]
	var down, up sample
	for seed := range runs {
		came, answered := collapseRun(t, s, arm, agentchaos.Seed(seed+1))
		if answered < came/2 {
			down = append(down, answered)
		} else {
			up = append(up, answered)
		}
	}
	return collapseResult{collapsed: len(down), downMean: down.mean(), upMean: up.mean(), up: up}
}

// collapseRun is one run: how many tasks a second came and were answered from 60 s to 79 s.
func collapseRun(t *testing.T, s *scenarios.Scenario, arm *scenarios.Arm, seed agentchaos.Seed) (came, answered float64) {
	providers, err := faults.New(faults.Settings{Seed: seed, Models: s.Models})
	require.NoError(t, err)
	w := sim.New()
	defer w.Close()
	env := agentchaos.Env{Clock: w, Seed: seed}
	task := s.Agent.Agent.Start(env, arm.Settings.Start(env)(collapseNetwork(env, faults.Play(w, providers.Open))))
	const from, until = 60 * time.Second, 79 * time.Second
	inside := func() float64 {
		if now := w.Now(); now < from || now >= until {
			return 0
		}
		return 1 / (until - from).Seconds()
	}
	rates, gaps, luck := s.Agent.Arrivals.Rates(), agentchaos.Gamma(scenarios.Unit, s.Agent.Arrivals.Burstiness), seed.Derive("arrivals")
	at := time.Duration(0)
	for n := uint32(1); ; n++ {
		if at = rates.After(at, uint64(gaps.Value(luck.Nth(uint64(n))))); at >= s.Duration {
			break
		}
		w.GoAt(at, n, func() {
			came += inside()
			if task(w.Background(), n) == agentchaos.Completed {
				answered += inside()
			}
		})
	}
	require.NoError(t, w.Run())
	return came, answered
}

// collapseNetwork is a leg of exponential 100 ms before a call and one after it. Who gives up on the way back leaves the
// server alone, as one who gives up while it works does.
func collapseNetwork(env agentchaos.Env, server agentchaos.Call) agentchaos.Call {
	leg := agentchaos.Exponential(int64(100 * time.Millisecond))
	there, back := env.Seed.Derive("there"), env.Seed.Derive("back")
	travel := func(ctx context.Context, luck agentchaos.Seed, req *agentchaos.Request) error {
		return env.Clock.Sleep(ctx, time.Duration(leg.Value(luck.At(req.ID))))
	}
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		if err := travel(ctx, there, req); err != nil {
			return nil, err
		}
		resp, err := server(ctx, req)
		if err == nil {
			err = travel(ctx, back, req)
		}
		if err != nil {
			return nil, err
		}
		return resp, nil
	}
}
