package published_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

var stormSweeps = chapter{
	name: "storm-sweeps",
	kind: own,
	source: `The retry storm with one setting turned, 4 attempts without backoff unless it says so, beside the same independent simulation. A
provider that can do 16/s is vulnerable from 16/4 tasks a second on, and a short queue is a cure. It is slow for 30 s unless it says
so; 10 seeds to a row, 2 where it is the line that moves up under naive. The last rows are of Go programs made of the engine's
parts: agents that wait and ask again when the breaker refuses them, and a provider whose line moves up when somebody leaves it,
which the engine's "cancel" does not do.`,
	tell: tellStormSweeps,
}

func tellStormSweeps(t *testing.T, b *board) {
	s := theStorm(10)
	if testing.Short() {
		s.seeds = 1
	} else {
		b.tellTurned(t, s)
		b.tellThreshold(t, s)
	}
	b.tellSlowAtArrival(t, s)
	b.tellHerd(t, s)
	b.tellMovingUp(t, s)
}

// tellTurned turns one setting at a time, under naive.
func (b *board) tellTurned(t *testing.T, s storm) {
	for _, n := range []int{2, 3, 5} {
		s := s
		s.attempts = n
		b.fate(fmt.Sprintf("%d attempts", n), collapses, s.arm(t))
	}
	for _, d := range []time.Duration{8, 10, 15} {
		s := s
		s.trigger = d * time.Second
		b.fate("slow for "+s.trigger.String(), collapses, s.arm(t))
	}
	for _, c := range []struct {
		queue int
		fate  string
	}{{32, recovers}, {96, recovers}, {128, mixed}, {192, collapses}, {1000, collapses}} {
		s := s
		s.queue = c.queue
		b.fate(fmt.Sprintf("a queue of %d", c.queue), c.fate, s.arm(t))
	}
	s.policies = "naive"
	for _, cv := range []float64{0.2, 0.5, 1} {
		groups := watch(t, s.yaml(), func(s *scenarios.Scenario) { s.Models = servicesVary(t, s.Models, cv) })
		b.fate(fmt.Sprintf("services of mean 4 s and coefficient of variation %v", cv), collapses, &groups[0].Arm)
	}
}

// tellThreshold finds the load from which on retries keep the provider down: capacity / attempts = 4.0/s.
func (b *board) tellThreshold(t *testing.T, s storm) {
	s.length = 9 * time.Minute
	short, long := s, s
	long.trigger = 90 * time.Second
	for _, c := range []struct {
		rate float64
		fate string
	}{{3.5, recovers}, {4, mixed}} {
		short.rate = c.rate
		b.fate(fmt.Sprintf("%v tasks/s", c.rate), c.fate, short.arm(t))
	}
	short.rate, short.seeds = 4.5, 2*s.seeds
	a := short.arm(t)
	escaped := len(a.Cells) - a.Metric("recovery_time").Never
	b.misses("4.5 tasks/s: seeds that recover", "%.0f", 0, float64(escaped), 0,
		fmt.Sprintf("of %d; half a minute of slowness does not fill the provider in every seed, and one that was never full is not kept down. Slow for 90 s, all of them are", len(a.Cells)))
	for _, c := range []struct {
		rate float64
		fate string
	}{{3.5, recovers}, {4.5, collapses}} {
		long.rate = c.rate
		b.of(theory).fate(fmt.Sprintf("%v tasks/s, slow for 90 s: a set-up of ours, in no source, by capacity / attempts", c.rate), c.fate, long.arm(t))
	}
}

// slowAtArrival is the fault slow, asked when a request comes and not when its work begins.
type slowAtArrival struct{ slow faults.Slow }

func (f slowAtArrival) Kind() string { return f.slow.Kind() }

func (f slowAtArrival) Start(seed agentchaos.Seed, target string) faults.Injector {
	return f.slow.Start(seed, target)
}

func (b *board) tellSlowAtArrival(t *testing.T, s storm) {
	groups := watch(t, s.yaml(), func(s *scenarios.Scenario) {
		s.Faults[0].Fault = slowAtArrival{s.Faults[0].Fault.(faults.Slow)}
	})
	b.fate("slowness decided on arrival: naive", collapses, &groups[0].Arm)
	b.fate("slowness decided on arrival: stack", recovers, &groups[1].Arm)
}

// servicesVary gives the models services of a gamma distribution with the same mean, as the first token of an answer that
// is then all there.
func servicesVary(t testing.TB, models map[string]faults.Model, cv float64) map[string]faults.Model {
	const points = 1000
	shape := agentchaos.Gamma(int64(4*time.Second), cv)
	var table []agentchaos.Point
	for k := range points + 1 {
		p := float64(k) / points
		table = append(table, agentchaos.Point{P: p, Value: shape.Value(uint64(min(p, 1-0.1/points) * math.MaxUint64))})
	}
	q, err := agentchaos.NewQuantiles(table...)
	require.NoError(t, err)
	out := map[string]faults.Model{}
	for name, m := range models {
		m.FirstToken, m.PerToken = q, agentchaos.Quantiles{}
		out[name] = m
	}
	return out
}

// tellHerd: agents that a breaker refuses, and that wait 5 s ± 50% and ask again until their deadline, are the load that
// opens it again.
func (b *board) tellHerd(t *testing.T, s storm) {
	s.policies = `stack, "stack with failures: 5"`
	sc, policies := loadOne(t, s.yaml())
	runs := inside{Scenario: sc, policy: policies[0]}.play(t, s.seeds)
	b.near("stack, in Go: completed when a refusal ends the call", "%.1f%%", 91.3, completed(runs), threeErrors(herdSD.ends, s.seeds)+0.05)
	herd := inside{Scenario: sc, policy: policies[0], askAgain: 5 * time.Second}
	b.near("the herd at the gate: stack: completed", "%.0f%%", 39, completed(herd.play(t, s.seeds)), threeErrors(herdSD.again, s.seeds)+0.5)
	herd.policy = policies[1]
	g := group{runs: herd.play(t, s.seeds)}
	up := 0
	for _, seconds := range g.recoveries(90*time.Second, s.rate) {
		if seconds != never {
			up++
		}
	}
	const five = "the herd at the gate: stack with failures: 5, recovery: 30s"
	b.exact(five+": seeds that recover", fmt.Sprintf("0 of %d", s.seeds), fmt.Sprintf("%d of %d", up, s.seeds))
	if !testing.Short() {
		b.misses(five+": completed", "%.1f%%", 35, completed(g.runs), threeErrors(herdSD.five, s.seeds)+0.5,
			"not explained; the other figures of the herd hold, and the verdict does")
	}
	if !testing.Short() {
		herd.policy, herd.movesUp = policies[0], true
		b.near("the herd at the gate, line moves up: stack: completed", "%.1f%%", 89, completed(herd.play(t, s.seeds)), threeErrors(herdSD.movesUp, s.seeds)+0.5)
	}
}

// tellMovingUp: where who leaves makes room at once, the storm lives on services that all take the same time.
func (b *board) tellMovingUp(t *testing.T, s storm) {
	s.policies = "naive"
	sc, policies := loadOne(t, s.yaml())
	models := sc.Models
	for _, c := range few(servicesMovingUp) {
		if sc.Models = models; c.cv > 0 {
			sc.Models = servicesVary(t, models, c.cv)
		}
		n := min(2, s.seeds)
		last := sample(lastTwoMinutes(inside{Scenario: sc, policy: policies[0], movesUp: true}.play(t, n))).mean()
		what := fmt.Sprintf("line moves up, coefficient of variation %v: naive, goodput in the last 120 s of arrivals", c.cv)
		if tolerance := threeErrors(c.sd, n); c.cv == 1 {
			b.add(claim{
				what: what, published: "no collapse", measured: fmt.Sprintf("%.1f/s of %.1f/s that come", last, s.rate),
				tolerance: fmt.Sprintf("the rate ± %.1f/s", tolerance), holds: math.Abs(last-s.rate) <= tolerance,
			})
		} else {
			b.near(what, "%.2f/s", c.published, last, tolerance)
		}
	}
}

// herdSD is how much of its tasks a single seed completes, its standard deviation in percent: when a refusal ends the call,
// when agents ask again, the same with failures: 5, and with a line that moves up. TestAcceptSpread measures these.
var herdSD = struct{ ends, again, five, movesUp float64 }{0.5, 1.0, 0.6, 1.4}

// servicesMovingUp are coefficients of variation of the service, with the goodput published for it and the standard deviation
// of a single seed's, which TestAcceptSpread measures.
var servicesMovingUp = []struct{ cv, published, sd float64 }{{1, 0, 0.37}, {0.5, 5.4, 0.29}, {0.3, 1.0, 0.13}, {0, 0, 0}}

// threeErrors is three standard errors of the difference between a mean of n seeds and a published one of 20, where sd is how a
// single seed varies.
func threeErrors(sd float64, n int) float64 { return 3 * sd * math.Sqrt(1/float64(n)+1./20) }

// few is the first of all under -short, which is run for the race detector.
func few[T any](all []T) []T {
	if testing.Short() {
		return all[:1]
	}
	return all
}

func completed(runs []run) float64 {
	done, all := 0, 0
	for _, r := range runs {
		done, all = done+len(r.completed), all+r.arrived
	}
	return 100 * float64(done) / float64(all)
}
