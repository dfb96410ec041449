package published_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/report"
	"github.com/stretchr/testify/require"
)

var hedging = chapter{
	name: "hedging",
	kind: theory,
	source: "Jeffrey Dean and Luiz André Barroso, *The Tail at Scale*, CACM 2013, from which are the idea and the fan-out. Response times are a table of ours, " +
		"{p0 0.4 s, p50 0.8 s, p90 2 s, p95 3 s, p99 9 s, max 20 s}, linear between; a copy is sent after d and draws for itself. What follows is arithmetic: " +
		"with S(t) the share that takes longer than t, S(t)·S(t−d) of the hedged calls do, and S(d) of the calls have a copy. " +
		"Tolerance: three standard errors and half of the last digit. Every arm has a breaker that one failure opens.",
	tell: tellHedging,
}

// tail is the table: its points, and the share that takes longer than each.
var tail = []struct{ seconds, longer float64 }{{.4, 1}, {.8, .5}, {2, .1}, {3, .05}, {9, .01}, {20, 0}}

// longer is S(t).
func longer(t float64) float64 {
	for i := 1; i < len(tail); i++ {
		if a, z := tail[i-1], tail[i]; t < z.seconds {
			return min(1, a.longer-float64((a.longer-z.longer)*(t-a.seconds)/(z.seconds-a.seconds)))
		}
	}
	return 0
}

// quantileError is the standard error of the quantile at t of n calls hedged after d; 0: not hedged. Where the density has a
// step it is that of the thinner side.
func quantileError(t, d, tau float64, n int) float64 {
	hedged := func(t float64) float64 {
		if d == 0 || t < d {
			return longer(t)
		}
		return float64(longer(t) * longer(t-d))
	}
	const h = .01
	density := min(hedged(t-h)-hedged(t), hedged(t)-hedged(t+h)) / h
	return binomialError(tau, n) / density
}

func tellHedging(t *testing.T, b *board) {
	tasks := sized(100_000)
	for _, c := range []struct{ after, extra, p99, p999 float64 }{
		{0, 0, 9, 18.9}, {3, 5, 4.544, 7.03}, {2, 10, 3.644, 6.65}, {.8, 50, 2.654, 6.14},
	} {
		name, hedge, decimals := "no hedge", "", [2]int{2, 1}
		if c.after > 0 {
			name, hedge, decimals = fmt.Sprintf("hedge after %g s", c.after), fmt.Sprintf("hedge: {after: %gs}, ", c.after), [2]int{3, 2}
		}
		arm, took := tasksOf(t, fmt.Sprintf(`
version: 1
seeds: 1
models: {x/a: {first_token: {p0: 400ms, p50: 800ms, p90: 2s, p95: 3s, p99: 9s, max: 20s}, price: {output: 1000000}}}
agents: {one: {arrivals: {rate: 100/s}, steps: [model: {output_tokens: 1}]}}
policies: {p: {models: [x/a], %sbreaker: {failures: 1}}}
scenarios: {s: {agent: one, tasks: %d, policies: [p]}}
`, hedge, tasks))
		require.Len(t, took, tasks)
		if c.after > 0 { // without, the table has a step there, and 100,000 calls say no more than 9 ± 1 s
			b.sampled(name+": p99", " s", decimals[0], c.p99, took.quantile(.99).Seconds(), quantileError(c.p99, c.after, .99, tasks))
		}
		b.sampled(name+": p99.9", " s", decimals[1], c.p999, took.quantile(.999).Seconds(), quantileError(c.p999, c.after, .999, tasks))
		if c.after > 0 {
			claimCopies(b, name, c.after, c.extra, arm, tasks)
		}
	}
	claimFanOut(t, b.of(others), 100, .01, 63.4, sized(3000))
	claimFanOut(t, b.of(others), 2000, .0001, 18.1, sized(500))
}

// claimCopies is what the copies cost, and that the one which loses is no failure.
func claimCopies(b *board, name string, after, extra float64, arm *report.Arm, tasks int) {
	b.sampled(name+": extra load, amplification = 1 + S(d)", "%", 2, extra, 100*(value(b.t, arm, "amplification")-1), 100*binomialError(longer(after), tasks))
	b.sampled(name+": `wasted_cost` at $1 a call: the loser is paid for", "%", 2, extra, 100*value(b.t, arm, "wasted_cost"), 100*binomialError(longer(after), tasks))
	b.exact(name+": a copy that loses counts as a failure, breakers that opened", "0 of 1", fmt.Sprintf("%d of 1", len(arm.Breakers)))
}

// claimFanOut asks the simulated provider with the table so many times at once, and counts the requests that had to wait
// for an answer slower than all but a share of them.
func claimFanOut(t *testing.T, b *board, fan int, share, published float64, requests int) {
	var points []agentchaos.Point
	for _, p := range tail {
		points = append(points, agentchaos.Point{P: 1 - p.longer, Value: int64(p.seconds * 1e9)})
	}
	table, err := agentchaos.NewQuantiles(points...)
	require.NoError(t, err)
	providers, err := faults.New(faults.Settings{Seed: 1, Models: map[string]faults.Model{"x/a": {FirstToken: table}}})
	require.NoError(t, err)
	w := sim.New()
	defer w.Close()
	slow := slowerThan(share)
	call := faults.Play(w, providers.Open)
	waited := 0
	for n := range requests {
		w.GoAt(time.Duration(n)*time.Minute, uint32(n+1), func() {
			begun, latest := w.Now(), time.Duration(0)
			for i := range fan {
				w.Go(func() {
					_, err := call(w.Background(), &agentchaos.Request{ID: agentchaos.ID{Task: uint32(n + 1), Step: uint16(i + 1)}, Target: "x/a", Stream: true, Output: 1})
					require.NoError(t, err)
					latest = max(latest, w.Now()-begun)
				})
			}
			_ = w.Sleep(w.Background(), 30*time.Second)
			if latest > slow {
				waited++
			}
		})
	}
	require.NoError(t, w.Run())
	p := 1 - power(1-share, fan)
	b.sampled(fanOut(fan, share), "%", 1,
		published, 100*float64(waited)/float64(requests), 100*binomialError(p, requests))
}

// fanOut names the row.
func fanOut(fan int, share float64) string {
	return fmt.Sprintf("requests that wait for %d answers each, of which %g%% are slow: those that meet a slow one, 1 − %g^%d", fan, 100*share, 1-share, fan)
}

// slowerThan is the time that the share takes longer than, of the last stretch of the table.
func slowerThan(share float64) time.Duration {
	a, z := tail[len(tail)-2], tail[len(tail)-1]
	return time.Duration(math.Round(1e9 * (z.seconds - float64(share/a.longer*(z.seconds-a.seconds)))))
}
