package harness_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// asTheCommand sets the collector as the command does.
func asTheCommand(t *testing.T) {
	old := debug.SetGCPercent(400)
	t.Cleanup(func() { debug.SetGCPercent(old) })
}

func builtIn(t *testing.T, o scenarios.Options) *scenarios.Suite {
	t.Helper()
	suite, err := scenarios.Load("built-in suite", agentchaos.Suite, o)
	require.NoError(t, err)
	return suite
}

func TestAcceptSuite(t *testing.T) {
	asTheCommand(t)
	suite := builtIn(t, scenarios.Options{Seeds: acceptance.Size(20, 1)})
	start := time.Now()
	played, err := harness.Run(t.Context(), harness.Jobs(suite), harness.Options{Parallel: 2})
	require.NoError(t, err)
	r := harness.Assemble(suite, played)
	took := time.Since(start)
	acceptance.Row(t, "built-in suite, all cells, 2 workers", "under 20 s", fmt.Sprintf("%.1f s for %d tasks in %.0f simulated hours", took.Seconds(), r.Tasks(), r.Simulated().Hours()), took < 20*time.Second)
	require.GreaterOrEqual(t, len(suite.Scenarios), 12)
	if *acceptance.Full {
		require.Zero(t, r.Exit(), "every gate of the built-in suite holds")
	}
}

func TestAcceptSpeed(t *testing.T) {
	asTheCommand(t)
	for _, c := range []struct {
		policy string
		asked  float64 // attempts a second a core
	}{{"stack", 1e6}, {"full", 6e5}} {
		jobs := loadBench(t, c.policy, acceptance.Size(8, 1))
		best, bestRatio := 0.0, 0.0
		var before, after runtime.MemStats
		allocs := 0.0
		for range acceptance.Size(5, 1) {
			runtime.ReadMemStats(&before)
			n, _, took := runBench(t, jobs, 1)
			runtime.ReadMemStats(&after)
			allocs = float64(after.Mallocs-before.Mallocs) / float64(n)
			clock := clockEvents(1000, acceptance.Size(1_000_000, 50_000))
			speed := float64(n) / took.Seconds()
			if speed > best {
				best = speed
				bestRatio = 1e9 / speed / (float64(clock.Nanoseconds()) / float64(acceptance.Size(1_000_000, 50_000)))
			}
		}
		acceptance.Row(t, "engine, policy "+c.policy, fmt.Sprintf("at least %.0f attempts/s a core", c.asked),
			fmt.Sprintf("%.0f attempts/s, an attempt is %.1f events of the bare clock", best, bestRatio), best >= c.asked)
		require.LessOrEqual(t, allocs, acceptance.Size(2.0, 4.0), "allocations an attempt; a small run pays for its worlds")
		acceptance.Row(t, "allocations, policy "+c.policy, "at most 2 an attempt", fmt.Sprintf("%.2f", allocs), allocs <= 2)
	}
}

func TestAcceptClock(t *testing.T) {
	const events = 1_000_000
	best := time.Hour
	for range acceptance.Size(7, 1) {
		best = min(best, clockEvents(1000, acceptance.Size(events, 50_000))*time.Duration(1)/time.Duration(acceptance.Size(events, 50_000)))
	}
	acceptance.Row(t, "bare clock, 1,000 sleepers", "under 250 ns an event", best.String(), best < 250*time.Nanosecond)
}

func TestAcceptWorkers(t *testing.T) {
	asTheCommand(t)
	jobs := loadBench(t, "stack", acceptance.Size(24, 2))
	one, two := time.Hour, time.Hour // the best of each, in turn: a ratio of two runs would gain from whatever disturbs the first
	for range acceptance.Size(5, 1) {
		_, _, a := runBench(t, jobs, 1)
		_, _, b := runBench(t, jobs, 2)
		one, two = min(one, a), min(two, b)
	}
	ratio := one.Seconds() / two.Seconds()
	acceptance.Row(t, "two workers against one", "at least 1.8 times", fmt.Sprintf("%.2f", ratio), ratio >= 1.8)
}

func TestAcceptStack(t *testing.T) {
	fail := &agentchaos.Error{Kind: agentchaos.Overloaded, Target: "x/a"}
	good := &agentchaos.Response{Target: "x/a", Content: agentchaos.Content{Text: `{"answer":"yes","confidence":0.9}`}}
	for _, c := range []struct {
		name     string
		failures int
		asked    time.Duration
	}{{"first attempt succeeds", 0, 100}, {"second attempt succeeds", 1, 200}} {
		var allocs int64
		best := time.Hour
		for range acceptance.Size(5, 1) {
			b := testing.Benchmark(func(b *testing.B) { stackOnNothing(b, c.failures, good, fail) })
			best, allocs = min(best, time.Duration(b.NsPerOp())), b.AllocsPerOp()
		}
		acceptance.Row(t, "stack on a no-op call, "+c.name, fmt.Sprintf("at most %d ns, 0 allocations", c.asked), fmt.Sprintf("%v, %d allocations", best, allocs), best <= c.asked && allocs == 0)
		require.Zero(t, allocs)
	}
}

// stackOnNothing calls fallback + retry + breaker + timeout over a leaf that fails the given number of times.
func stackOnNothing(b *testing.B, failures int, good *agentchaos.Response, fail error) {
	w := sim.New()
	defer w.Close()
	policy := resilience.Policy{
		Models: []string{"x/a", "x/b"}, Retry: resilience.Retry{Attempts: 3}, Breaker: &resilience.Breaker{Failures: 5, Recovery: time.Second},
		Timeout: resilience.Timeout{Attempt: time.Minute}, TrustAnswers: true,
	}
	call := policy.Start(agentchaos.Env{Clock: w})(func(_ context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		if int(req.ID.Attempt) <= failures {
			return nil, fail
		}
		return good, nil
	})
	const each = 16 // calls a task: contexts are recycled when a task ends
	task := func() {
		var req agentchaos.Request
		for range each {
			_, _ = call(w.Background(), &req)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N/each + 1 {
		w.Go(task)
		if err := w.Run(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAcceptMemory(t *testing.T) {
	asTheCommand(t)
	const world = `
version: 1
seeds: 1
agents: {one: {arrivals: {rate: 20/s, burstiness: 1}, deadline: 1m, steps: [{model: {input_tokens: 100, output_tokens: 20}}, {tool: refund}]}}
policies: {p: {extends: reference}}
scenarios:
  s: {agent: one, tasks: %d, faults: [{target: primary, kind: overloaded, when: {probability: 5%%}}], policies: [p]}
`
	few, many := acceptance.Size(1_000_000, 5_000), acceptance.Size(10_000_000, 50_000)
	forgetPeak()
	play(t, fmt.Sprintf(world, few))
	small := heapInUse()
	r := play(t, fmt.Sprintf(world, many))
	large := heapInUse()
	require.EqualValues(t, many, r.Tasks())
	peak := peakMemory(t)
	acceptance.Row(t, fmt.Sprintf("memory, %d tasks", many), "under 300 MB", fmt.Sprintf("%d MB at its peak; heap after %d tasks %.1f MB, after %d %.1f MB", peak, few, small, many, large), peak < 300)
	require.Less(t, large, 2*small+20, "it does not grow with tasks")
}

func heapInUse() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse) / (1 << 20)
}

// forgetPeak lets the system count the peak anew, so that it is not that of the tests before. See proc(5), clear_refs.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // elsewhere the peak is the whole process's
}

// peakMemory is the most that this process had in memory since forgetPeak, in MB; of the runtime where the system does not say.
func peakMemory(t *testing.T) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.Sys >> 20)
	}
	hwm := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	require.NotNil(t, hwm)
	kb, err := strconv.Atoi(string(hwm[1]))
	require.NoError(t, err)
	return kb >> 10
}

func TestAcceptDeterminism(t *testing.T) {
	asTheCommand(t)
	run := func(parallel, procs int, seed uint64) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		suite := builtIn(t, scenarios.Options{Seeds: acceptance.Size(20, 1), Tasks: acceptance.Size(0, 40)})
		suite.Seed = seed
		played, err := harness.Run(t.Context(), harness.Jobs(suite), harness.Options{Parallel: parallel})
		require.NoError(t, err)
		return asJSON(t, harness.Assemble(suite, played))
	}
	base := run(1, 2, 1)
	same := base == run(1, 2, 1) && base == run(2, 2, 1) && base == run(7, 1, 1)
	acceptance.Row(t, "determinism: twice, 2 workers, 7 workers on GOMAXPROCS 1", "the same bytes", fmt.Sprintf("%v, %d bytes of JSON each", same, len(base)), same)
	require.True(t, same)
	other := base != run(2, 2, 1000)
	acceptance.Row(t, "another seed", "other bytes", fmt.Sprint(other), other)
	require.True(t, other)
}
