package harness_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// arrivalsOf plays a file with one cell and gives when its tasks came, by number from 1.
func arrivalsOf(t *testing.T, arrivals, scenario string) (at []time.Duration) {
	t.Helper()
	job := harness.Jobs(loadSuite(t, fmt.Sprintf(`
version: 1
seeds: 1
models: {x/a: {first_token: 1s}}
agents: {one: {arrivals: {%s}, steps: [{model: {}}]}}
policies: {p: {models: [x/a]}}
scenarios: {s: {agent: one, policies: [p], %s}}
`, arrivals, scenario), scenarios.Options{}))[0]
	_, err := harness.Replay(t.Context(), job, func(e report.Event) {
		if a, ok := e.Record.(report.Arrival); ok {
			at = append(at, a.At)
			require.EqualValues(t, len(at), a.Task, "tasks are numbered in the order of arrival")
		}
	})
	require.NoError(t, err)
	return at
}

func TestOpenLoopArrivals(t *testing.T) {
	s, ms := time.Second, time.Millisecond
	require.Equal(t, []time.Duration{500 * ms, s, 1500 * ms}, arrivalsOf(t, "rate: 2/s, burstiness: 0", "tasks: 3"), "the first comes one gap after 0")
	require.Equal(t, []time.Duration{500 * ms, s, 1500 * ms}, arrivalsOf(t, "rate: 2/s, burstiness: 0", "duration: 2s"), "none comes at the end itself")
	at := arrivalsOf(t, "rate: 10/s, burstiness: 0", "faults: [{target: x/a, kind: slow, when: {until: 60s}}]")
	require.Len(t, at, 1199, "neither tasks nor duration: a minute after the last until, if that is longer than 300 tasks")
	require.Len(t, arrivalsOf(t, "rate: 1/s, burstiness: 0", "faults: [{target: x/a, kind: slow, when: {until: 60s}}]"), 300)
}

func TestProfileArrivals(t *testing.T) {
	const ms = time.Millisecond
	require.Equal(t, []time.Duration{500 * ms, 1000 * ms, 1100 * ms, 1200 * ms}, arrivalsOf(t, "profile: [{for: 1s, rate: 2/s}, {rate: 10/s}]", "tasks: 4"))
	require.Equal(t, []time.Duration{500 * ms, 1000 * ms}, arrivalsOf(t, "profile: [{for: 1s, rate: 2/s}, {rate: 0/s}]", "duration: 1h"), "nobody comes any more, and the run ends")
	for _, b := range []string{"0", "1", "1.7"} {
		rate := arrivalsOf(t, "rate: 7/s, burstiness: "+b, "tasks: 5000")
		require.Equal(t, rate, arrivalsOf(t, "profile: [{rate: 7/s}], burstiness: "+b, "tasks: 5000"), "one rate is that rate")
		for i, at := range arrivalsOf(t, "profile: [{for: 100ms, rate: 7/s}, {for: 3s, rate: 7/s}, {for: 1m, rate: 7/s}], burstiness: "+b, "tasks: 5000") {
			require.InDelta(t, rate[i], at, 3, "a boundary between equal rates costs a nanosecond at most")
		}
	}
}

// In operational time, in which the rate is one, gaps are what a constant rate would have: boundaries leave no trace.
func TestProfileIsARenewalProcessInItsOwnTime(t *testing.T) {
	own := func(at time.Duration) float64 { // the integral of the rates
		whole, rest := math.Floor(at.Seconds()/4), math.Mod(at.Seconds(), 4)
		return 44*whole + min(rest, 2)*2 + max(rest-2, 0)*20
	}
	var profile []string
	for range 300 { // the pieces are about as short as the gaps
		profile = append(profile, "{for: 2s, rate: 2/s}, {for: 2s, rate: 20/s}")
	}
	for _, cv := range []float64{0, .5, 1, 2} {
		at := arrivalsOf(t, fmt.Sprintf("profile: [%s], burstiness: %v", strings.Join(profile, ", "), cv), "duration: 1200s")
		n, sum, squares, last := float64(len(at)), 0.0, 0.0, 0.0
		for _, a := range at {
			gap := own(a) - last
			sum, squares, last = sum+gap, squares+gap*gap, own(a)
		}
		mean := sum / n
		require.InDelta(t, 1, mean, 4*cv/math.Sqrt(n)+1e-4, "mean gap at burstiness %v", cv)
		se := cv * math.Sqrt((2+6*cv*cv)/n) / 2 // of the deviation of a gamma distribution
		require.InDelta(t, cv, math.Sqrt(max(squares/n-mean*mean, 0)), 4*se+1e-3, "variation at burstiness %v", cv)
	}
}

func TestClosedLoopArrivals(t *testing.T) {
	s := time.Second
	require.Equal(t, []time.Duration{0, 0, s, s, 2 * s}, arrivalsOf(t, "workers: 2", "tasks: 5"))
	require.Equal(t, []time.Duration{0, 0, s, s}, arrivalsOf(t, "workers: 2", "duration: 2s"))
}

func TestClosedLoopThatStandsStillEndsWithAnError(t *testing.T) {
	suite := loadSuite(t, `
version: 1
seeds: 1
models: {x/a: {first_token: 1s}}
agents: {w: {arrivals: {workers: 3}, steps: [{model: {}}]}}
policies: {p: {models: [x/a]}}
scenarios: {s: {agent: w, duration: 60s, faults: [{target: x/a, kind: unavailable, when: {from: 10s, until: 20s}}]}}
`, scenarios.Options{})
	_, err := harness.Run(t.Context(), harness.Jobs(suite), harness.Options{})
	require.ErrorIs(t, err, harness.ErrStandsStill)
	require.ErrorContains(t, err, "scenario s, policy p, seed 1: time stands still at 10s")
}

// Gaps have the mean and the coefficient of variation that were asked for.
func TestBurstinessIsTheVariationOfGaps(t *testing.T) {
	for _, cv := range []float64{0.5, 1, 1.2, 3} {
		at := arrivalsOf(t, fmt.Sprintf("rate: 10/s, burstiness: %v", cv), "tasks: 40000")
		n, sum, squares, last := float64(len(at)), 0.0, 0.0, time.Duration(0)
		for _, a := range at {
			gap := (a - last).Seconds()
			sum, squares, last = sum+gap, squares+gap*gap, a
		}
		mean := sum / n
		require.InDelta(t, 0.1, mean, 4*0.1*cv/math.Sqrt(n), "mean gap at burstiness %v", cv)
		got := math.Sqrt(squares/n-mean*mean) / mean
		require.InEpsilon(t, cv, got, 0.05, "variation at burstiness %v", cv)
	}
}

// The ledger counts what the world has seen, whatever the policy believes.
func TestEffectsAreCountedInTheWorld(t *testing.T) {
	const world = `
version: 1
seeds: 2
models: {x/a: {first_token: 1s}}
tools: {refund: {kind: write, latency: 100ms}}
agents: {two: {arrivals: {rate: 1/s, burstiness: 0}, steps: [{tool: refund}, {model: {}}, {tool: refund}]}}
policies: {once: {models: [x/a]}, again: {models: [x/a], retry: {attempts: 2}}}
scenarios:
  s: {agent: two, tasks: 50, policies: [once, again], faults: [{target: tool/refund, kind: malformed, variant: empty, when: {call_first: 1}}]}
`
	r := play(t, world)
	once, again := r.Arm("s", "once"), r.Arm("s", "again")
	require.EqualValues(t, 0, value(t, once, "completion_rate"), "the answer is garbled, the effect is there")
	require.EqualValues(t, 0, value(t, once, "duplicate_effects"))
	require.EqualValues(t, 0, value(t, once, "lost_effects"), "nothing was promised")
	require.EqualValues(t, 1, value(t, again, "completion_rate"))
	require.EqualValues(t, 2*2*50, value(t, again, "duplicate_effects"), "both refunds of every task were repeated")
	require.EqualValues(t, 0, value(t, again, "lost_effects"))
}
