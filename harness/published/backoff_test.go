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

var backoff = chapter{
	name: "backoff",
	kind: others,
	source: "Marc Brooker, *Exponential Backoff And Jitter*, AWS Architecture Blog, 2015, and its simulator, " +
		"aws-samples/aws-arch-backoff-simulator. N clients update one row: read its version, write if that is still the version, " +
		"else back off and begin anew; every hop of the network takes |N(10, 2)| ms. The published figures are means of 100 runs of that code. " +
		"The backoff is `resilience.Retry` with `resilience.Backoff`, in the code's terms base 5 ms from n = 1 on: initial 10 ms, factor 2, max 2 s. " +
		"Tolerance: three standard errors of the difference of the two means, from the standard deviation of one run (of that code at 100 clients, of ours elsewhere), and half of the last digit. " +
		"Calls without backoff at 100 clients: 100 runs of that code gave 2410, an independent version 2425, and a repetition of 1000 runs 2422; ours must lie between the two, give or take three standard errors.",
	tell: tellBackoff,
}

// strategy is a column of the table.
type strategy struct {
	name string
	resilience.Backoff
}

func strategies() []strategy {
	jittered := func(j resilience.Jitter) resilience.Backoff {
		return resilience.Backoff{Initial: 10 * time.Millisecond, Factor: 2, Max: 2 * time.Second, Jitter: j}
	}
	decorrelated := jittered(resilience.DecorrelatedJitter)
	decorrelated.Initial = 5 * time.Millisecond // U(base, 3·previous), and base is 5 ms
	return []strategy{
		{"none", resilience.Backoff{}},
		{"exponential", jittered(resilience.NoJitter)},
		{"equal jitter", jittered(resilience.EqualJitter)},
		{"full jitter", jittered(resilience.FullJitter)},
		{"decorrelated jitter", decorrelated},
	}
}

// contested is a line of the table: what 100 runs of the published code gave, by strategy.
type contested struct {
	clients         int
	calls, time     [5]float64
	callsSD, timeSD [5]float64 // of one run; 0: not known
	again           float64    // calls without backoff, as an independent version has them; 0: as the published code does
	decimals        [5]int     // of calls, as published
}

var contention = []contested{
	{
		clients: 100,
		calls:   [5]float64{2410, 1861, 811, 796, 1007}, time: [5]float64{2.02, 63.5, 6.55, 4.90, 4.51},
		callsSD: [5]float64{20, 50, 7, 8, 27}, timeSD: [5]float64{.04, 3.4, .63, .46, .70},
		again: 2425,
	},
	{clients: 50, calls: [5]float64{688, 627, 346, 333, 374}, time: [5]float64{1.14, 36.7, 4.16, 2.87, 2.24}},
	{clients: 20, calls: [5]float64{152, 149, 108, 99.6, 101}, time: [5]float64{.60, 14.1, 1.65, .97, .86}, decimals: [5]int{3: 1}},
}

// secondsDecimals are those of the times, as published.
var secondsDecimals = [5]int{2, 1, 2, 2, 2}

func tellBackoff(t *testing.T, b *board) {
	runs := 100
	if testing.Short() {
		runs = 10
	}
	w := sim.New()
	defer w.Close()
	var calls, seconds [5]sample
	for _, row := range contention {
		for i, s := range strategies() {
			calls[i], seconds[i] = contend(t, w, row.clients, runs, s)
			name := fmt.Sprintf("%d clients, %s: ", row.clients, s.name)
			if se := meansDiffer(row.callsSD[i], calls[i]); i == 0 && row.again > 0 {
				b.bracketed(name+"calls", row.calls[i], row.again, calls[i].mean(), 3*se)
			} else {
				b.sampled(name+"calls", "", row.decimals[i], row.calls[i], calls[i].mean(), se)
			}
			b.sampled(name+"time", " s", secondsDecimals[i], row.time[i], seconds[i].mean(), meansDiffer(row.timeSD[i], seconds[i]))
		}
		if row.clients == 100 {
			claimJitter(b, calls, seconds)
		}
	}
}

const publishedRuns = 100

// meansDiffer is the standard error of the difference between the mean of the published runs and ours, from the standard
// deviation of a run; 0: that of ours.
func meansDiffer(sd float64, ours sample) float64 {
	if sd == 0 {
		sd = ours.sd()
	}
	return sd * math.Sqrt(1/float64(publishedRuns)+1/float64(len(ours)))
}

// bracketed claims that a count lies between two published ones, give or take.
func (b *board) bracketed(what string, lo, hi, measured, tolerance float64) {
	b.t.Helper()
	b.add(claim{
		what: what, published: fmt.Sprintf("%.0f and %.0f", lo, hi), measured: fmt.Sprintf("%.1f", measured),
		tolerance: fmt.Sprintf("between, ± %.1f", tolerance), holds: measured >= lo-tolerance && measured <= hi+tolerance,
	})
}

// claimJitter holds the sentences of the article to the figures of 100 clients.
func claimJitter(b *board, calls, seconds [5]sample) {
	const plain, full = 1, 3
	less := calls[full].mean() / calls[plain].mean()
	b.add(claim{
		what:      "100 clients: \"we've reduced our call count by more than half\", full jitter against exponential",
		published: "below 50%", measured: fmt.Sprintf("%.1f%%", 100*less), tolerance: "the claim", holds: less < .5,
	})
	faster := seconds[plain].mean() / seconds[full].mean()
	b.add(claim{
		what:      "100 clients: \"also significantly improved the time to completion\"",
		published: "faster", measured: fmt.Sprintf("%.1f times as fast", faster), tolerance: "the claim", holds: faster > 1,
	})
	most, slowest := true, true
	for i := plain + 1; i < len(calls); i++ {
		most = most && calls[plain].mean() > calls[i].mean()
		slowest = slowest && seconds[plain].mean() > seconds[i].mean()
	}
	b.exact("100 clients: exponential without jitter \"is the clear loser\" against every jitter", "more calls and more time",
		loses(most, "more", "fewer")+" calls and "+loses(slowest, "more", "less")+" time")
}

func loses(yes bool, more, less string) string {
	if yes {
		return more
	}
	return less
}

// contend lets that many clients update one row, run after run: calls are writes, seconds until the last client knows that
// it has written.
func contend(t *testing.T, w *sim.World, clients, runs int, s strategy) (calls, seconds sample) {
	for run := range runs {
		luck := agentchaos.Seed(run + 1).Derive("contention")
		row := &row{world: w}
		for i := range uint32(clients) {
			env := agentchaos.Env{Clock: w, Seed: luck}
			retry := resilience.Retry{Attempts: resilience.MaxAttempts, Backoff: s.Backoff}
			update := retry.Start(env, "row")(row.update(&network{gauss{seed: agentchaos.Seed(luck.Nth(uint64(i)))}}))
			w.GoAt(0, i+1, func() {
				_, err := update(w.Background(), &agentchaos.Request{ID: agentchaos.ID{Task: i + 1, Step: 1, Attempt: 1}})
				require.NoError(t, err, "a client that has given up is not in the published code")
			})
		}
		require.NoError(t, w.Run())
		require.Equal(t, clients, row.version)
		calls, seconds = append(calls, float64(row.writes)), append(seconds, w.Now().Seconds())
		w.Reset()
	}
	return calls, seconds
}

// row is what everybody wants to update.
type row struct {
	world   *sim.World
	version int
	writes  int
}

// outdated is the answer to a write of a version that is no longer the row's.
var outdated = &agentchaos.Error{Kind: agentchaos.Conflict}

// update is one try of a client: it reads over two hops and writes over two more.
func (r *row) update(n *network) agentchaos.Call {
	return func(ctx context.Context, _ *agentchaos.Request) (*agentchaos.Response, error) {
		_ = r.world.Sleep(ctx, n.hop())
		version := r.version
		_ = r.world.Sleep(ctx, n.hop()+n.hop())
		r.writes++
		current := version == r.version
		if current {
			r.version++
		}
		_ = r.world.Sleep(ctx, n.hop())
		if !current {
			return nil, outdated
		}
		return &agentchaos.Response{}, nil
	}
}

// network is the luck of one client's hops.
type network struct{ gauss }

func (n *network) hop() time.Duration {
	d := 10*time.Millisecond + time.Duration(n.draw()*int64(2*time.Millisecond)/sigma)
	return max(d, -d)
}
