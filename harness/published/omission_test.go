package published_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/stretchr/testify/require"
)

var omission = chapter{
	name: "omission",
	kind: others,
	source: "Gil Tene's coordinated omission, as HdrHistogram tests it (HistogramDataAccessTest.java): 10,000 answers of 1 ms, one every 10 ms, then the system stands still for 100 s. " +
		"Who waits for the last answer before asking again sees one slow answer; who asks on time sees 10,000. Times are exact, not a histogram's; its tests allow 0.1%. " +
		"In the variant from a scenario file, which is ours, one answer of 100 s holds up a queue, which then drains.",
	tell: tellOmission,
}

func tellOmission(t *testing.T, b *board) {
	const percent = .001
	closed, open := standstill(t, true), standstill(t, false)
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	b.exact("closed loop: answers", "10001", fmt.Sprint(len(closed)))
	b.within("closed loop: mean", "%.3f ms", 10.999, ms(closed.mean()), percent)
	for _, q := range []float64{30, 99, 99.99} {
		b.within(fmt.Sprintf("closed loop: p%g", q), "%.3f ms", 1, ms(closed.quantile(q/100)), percent)
	}
	b.within("closed loop: p99.999", "%.2f s", 100, closed.quantile(.99999).Seconds(), percent)
	b.near("closed loop: at most 5 ms", "%.4f%%", 99.99, 100*closed.atMost(5*time.Millisecond), .0001)

	b.exact("open loop: answers", "20000", fmt.Sprint(len(open)))
	b.within("open loop: mean", "%.4f s", 25.0005, open.mean().Seconds(), percent)
	for _, q := range []float64{30, 50} {
		b.within(fmt.Sprintf("open loop: p%g", q), "%.3f ms", 1, ms(open.quantile(q/100)), percent)
	}
	for _, c := range []struct{ q, seconds float64 }{{75, 50}, {90, 80}, {99, 98}, {99.999, 100}} {
		b.within(fmt.Sprintf("open loop: p%g", c.q), "%.2f s", c.seconds, open.quantile(c.q/100).Seconds(), percent)
	}
	b.near("open loop: at most 5 ms", "%.4f%%", 50, 100*open.atMost(5*time.Millisecond), .0001)
	tellQueue(t, b.of(own), percent)
}

// tellQueue is the variant of a scenario file.
func tellQueue(t *testing.T, b *board, percent float64) {
	const file = `
version: 1
seeds: 1
models: {x/a: {first_token: 1ms, capacity: {concurrency: 1, queue: 20000}}}
agents: {one: {arrivals: {%s}, steps: [model: {output_tokens: 1}]}}
policies: {p: {models: [x/a]}}
scenarios: {s: {agent: one, tasks: 20000, faults: [{target: primary, kind: slow, factor: 100000, when: {after: 10000, first: 1}}], policies: [p]}}
`
	arm, took := tasksOf(t, fmt.Sprintf(file, "rate: 100/s, burstiness: 0"))
	for _, c := range []struct{ q, seconds float64 }{{75, 55}, {90, 82}, {99, 98.2}} {
		b.within(fmt.Sprintf("scenario file, rate 100/s: p%g", c.q), "%.1f s", c.seconds, took.quantile(c.q/100).Seconds(), percent)
	}
	b.within("scenario file, rate 100/s: mean", "%.3f s", 27.503, took.mean().Seconds(), percent)
	b.within("scenario file, rate 100/s: p99 as the report's histogram has it", "%.1f s", 98.2, arm.Total.Latency[0].Quantile(.99).Seconds(), .008)
	_, took = tasksOf(t, fmt.Sprintf(file, "workers: 1"))
	b.within("scenario file, workers: 1, p99", "%.3f ms", 1, float64(took.quantile(.99))/1e6, percent)
}

// standstill asks every 10 ms for 200 s, in a closed loop when the last answer has come. The system answers in 1 ms, except
// that from 100 s on it stands still until 200 s.
func standstill(t *testing.T, closed bool) (took latencies) {
	const every, from, until = 10 * time.Millisecond, 100 * time.Second, 200 * time.Second
	w := sim.New()
	defer w.Close()
	env := agentchaos.Env{Clock: w, Trace: agentchaos.Trace{Task: func(task agentchaos.Task) { took = append(took, task.End-task.Begin) }}}
	run := resilience.Agent{Steps: []resilience.Step{{Target: "x/a"}}}.Start(env, func(ctx context.Context, _ *agentchaos.Request) (*agentchaos.Response, error) {
		d := time.Millisecond
		if now := w.Now(); now >= from && now < until {
			d = until - now
		}
		return &agentchaos.Response{}, w.Sleep(ctx, d)
	})
	w.GoAt(0, 0, func() {
		n := uint32(0)
		for at := time.Duration(0); at < until; at += every {
			if err := w.Sleep(w.Background(), at-w.Now()); err != nil || w.Now() >= until {
				return
			}
			n++
			if task := n; closed {
				run(w.Background(), task)
			} else {
				w.GoAt(at, task, func() { run(w.Background(), task) })
			}
		}
	})
	require.NoError(t, w.Run())
	slices.Sort(took)
	return took
}
