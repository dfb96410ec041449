package harness_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
)

// benchWorld is about 220 tasks of eight calls in flight, a provider with capacity and limits, and two faults.
const benchWorld = `
version: 1
models:
  anthropic/a: {first_token: {p50: 941ms, p95: 2939ms, p99: 4787ms, max: 5453ms}, per_token: {p50: 16ms, p99: 40ms, max: 80ms}, limits: {requests_per_minute: 60000}, capacity: {concurrency: 400, queue: 100}, price: {input: 3, output: 15}}
  openai/b:    {first_token: {p50: 639ms, p95: 1144ms, p99: 4517ms, max: 7010ms}, per_token: 14ms, price: {input: 2.5, output: 10}}
agents:
  eight:
    arrivals: {rate: 10/s, burstiness: 1}
    deadline: 10m
    steps: [model: &m {input_tokens: 300, output_tokens: 60}, model: *m, model: *m, model: *m, model: *m, model: *m, model: *m, model: *m]
policies:
  stack:
    models: [anthropic/a, openai/b]
    timeout: {first_token: 20s, idle: 10s, attempt: 60s}
    retry: {attempts: 4, backoff: {initial: 500ms, factor: 2, max: 30s, jitter: full}}
    retry_budget: {ratio: 20%, min_per_second: 1}
    breaker: {failures: 5, recovery: 30s, probes: 1}
  full: {extends: reference, models: [anthropic/a, openai/b]}
scenarios:
  bench:
    agent: eight
    tasks: 2000
    faults:
      - {target: primary, kind: overloaded, delay: 50ms, when: {probability: 5%}}
      - {target: primary, kind: slow, factor: 4, when: {probability: 5%}}
    policies: [stack, full]
`

// loadBench is the jobs of one arm of benchWorld.
func loadBench(b testing.TB, policy string, seeds int) []harness.Job {
	b.Helper()
	suite, err := scenarios.Load("bench.yaml", []byte(benchWorld), scenarios.Options{Seeds: seeds})
	if err != nil {
		b.Fatal(err)
	}
	suite, err = suite.Select(nil, []string{policy})
	if err != nil {
		b.Fatal(err)
	}
	return harness.Jobs(suite)
}

// runBench plays the jobs and gives the attempts made and the time it took.
func runBench(b testing.TB, jobs []harness.Job, parallel int) (attempts, events int64, took time.Duration) {
	b.Helper()
	start := time.Now()
	played, err := harness.Run(b.Context(), jobs, harness.Options{Parallel: parallel})
	took = time.Since(start)
	if err != nil {
		b.Fatal(err)
	}
	for i := range played {
		attempts += played[i].Cell.Counts[report.Attempts]
		events += played[i].Cell.Counts[report.Events]
	}
	return attempts, events, took
}

// clockEvents is the bare clock: n sleepers that wake at random, ns per event. It is the yardstick of a noisy machine.
func clockEvents(sleepers, events int) time.Duration {
	w := sim.New()
	defer w.Close()
	for i := range sleepers {
		w.GoAt(0, uint32(i+1), func() {
			x := uint64(i)
			for range events / sleepers {
				x = x*6364136223846793005 + 1442695040888963407
				_ = w.Sleep(w.Background(), time.Duration(x>>34))
			}
		})
	}
	start := time.Now()
	if err := w.Run(); err != nil {
		panic(err)
	}
	return time.Since(start)
}

// BenchmarkEngine is the whole engine, one worker: provider, two faults, policies, recorder with its histograms. Beside
// the time of an attempt stands that of an event of the bare clock with 1,000 sleepers, measured in the same run.
func BenchmarkEngine(b *testing.B) {
	for _, policy := range []string{"stack", "full"} {
		b.Run(policy, func(b *testing.B) {
			jobs := loadBench(b, policy, 8)
			var attempts, mallocs int64
			var took, clock time.Duration
			const events = 1_000_000
			runs := 0
			for b.Loop() {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				n, _, d := runBench(b, jobs, 1)
				runtime.ReadMemStats(&after)
				attempts, took, mallocs = attempts+n, took+d, mallocs+int64(after.Mallocs-before.Mallocs)
				clock += clockEvents(1000, events)
				runs++
			}
			perAttempt := float64(took.Nanoseconds()) / float64(attempts)
			perEvent := float64(clock.Nanoseconds()) / float64(runs*events)
			b.ReportMetric(float64(attempts)/took.Seconds(), "attempts/s")
			b.ReportMetric(perAttempt, "ns/attempt")
			b.ReportMetric(perEvent, "ns/event")
			b.ReportMetric(perAttempt/perEvent, "events/attempt-time")
			b.ReportMetric(float64(mallocs)/float64(attempts), "allocs/attempt")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkWorkers is what a second worker brings: the same cells by one and by two, in one run.
func BenchmarkWorkers(b *testing.B) {
	jobs := loadBench(b, "stack", 24)
	var one, two time.Duration
	for b.Loop() {
		_, _, d := runBench(b, jobs, 1)
		one += d
		_, _, d = runBench(b, jobs, 2)
		two += d
	}
	b.ReportMetric(one.Seconds()/two.Seconds(), "x-by-2-workers")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkSpin is what the machine itself gives two threads that share nothing, at most 2: the limit of BenchmarkWorkers.
func BenchmarkSpin(b *testing.B) {
	spin := func() uint64 {
		x := uint64(1)
		for range 200_000_000 {
			x = x*6364136223846793005 + 1442695040888963407
		}
		return x
	}
	var one, two time.Duration
	for b.Loop() {
		start := time.Now()
		spin()
		spin()
		one += time.Since(start)
		start = time.Now()
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { spin() })
		}
		wg.Wait()
		two += time.Since(start)
	}
	b.ReportMetric(one.Seconds()/two.Seconds(), "x-by-2-threads")
	b.ReportMetric(0, "ns/op")
}
