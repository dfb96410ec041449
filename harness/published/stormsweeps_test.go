package published_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

var stormSweepsChapter = chapter{
	"storm-sweeps",
	`The retry storm with one setting turned, 4 attempts without backoff unless it says so, beside the same independent simulation. A
provider that can do 16/s is vulnerable from 16/4 tasks a second on, and a short queue is a cure. The last rows are of Go
programs made of the engine's parts: agents that wait and ask again when the breaker refuses them, and a provider whose
line moves up when somebody leaves it, which the engine's "cancel" does not do.`,
	tellStormSweeps,
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
	// At these loads half a minute of slowness does not fill the provider in every seed, and one that was never full does not
	// show what keeps it so.
	s.trigger, s.length = 90*time.Second, 9*time.Minute
	for _, c := range []struct {
		rate float64
		fate string
	}{{3, recovers}, {3.5, recovers}, {4, mixed}, {4.5, collapses}, {5, collapses}} {
		s.rate = c.rate
		b.fate(fmt.Sprintf("%v tasks/s, slow for 90 s", c.rate), c.fate, s.arm(t))
	}
	s.rate, s.trigger, s.seeds = 4.5, 30*time.Second, 2*s.seeds
	a := s.arm(t)
	down := a.Metric("recovery_time").Never
	p := allOfTheFirst(10, down, len(a.Cells)-down)
	b.add(claim{
		what: "4.5 tasks/s, slow for 30 s", published: "collapses: 0 of 10 seeds recover",
		measured:  fmt.Sprintf("%d of %d seeds recover", len(a.Cells)-down, len(a.Cells)),
		tolerance: fmt.Sprintf("Fisher's exact test: p %.2f, at least 0.05", p), holds: p >= 0.05,
	})
}

// allOfTheFirst is how probable it is that, when n seeds of one set and down + up of another are all of one kind, the
// recoveries are all in the second.
func allOfTheFirst(n, down, up int) float64 {
	p := 1.0
	for i := range up {
		p *= float64(down+up-i) / float64(n+down+up-i)
	}
	return p
}

// slowAtArrival is the fault slow, asked when a request comes and not when its work begins.
type slowAtArrival struct{ slow faults.Slow }

func (f slowAtArrival) Kind() string { return f.slow.Kind() }

func (f slowAtArrival) Start(seed agentchaos.Seed, target string) faults.Injector {
	return f.slow.Start(seed, target)
}

func (b *board) tellSlowAtArrival(t *testing.T, s storm) {
	if !testing.Short() {
		s.seeds *= 2
	}
	groups := watch(t, s.yaml(), func(s *scenarios.Scenario) {
		s.Faults[0].Fault = slowAtArrival{s.Faults[0].Fault.(faults.Slow)}
	})
	b.fate("slowness decided on arrival: naive", collapses, &groups[0].Arm)
	b.fate("slowness decided on arrival: stack", recovers, &groups[1].Arm)
	if !testing.Short() {
		worst := slices.Max(groups[1].recoveries(90*time.Second, 11.2))
		b.near("slowness decided on arrival: stack, recovery, worst of 20", "%.0f s", 52, worst, 28)
	}
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

// settings are the storm's scenario and its policies, for Go programs.
func (s storm) settings(t testing.TB) (scenarios.Scenario, []resilience.Policy) {
	suite, err := scenarios.Load("published.yaml", []byte(s.yaml()), scenarios.Options{})
	require.NoError(t, err)
	sc := suite.Scenarios[0]
	var policies []resilience.Policy
	for _, a := range sc.Arms {
		policies = append(policies, a.Settings)
	}
	return sc, policies
}

// tellHerd: agents that a breaker refuses, and that wait 5 s ± 50% and ask again until their deadline, are the load that
// opens it again.
func (b *board) tellHerd(t *testing.T, s storm) {
	s.policies = `stack, "stack with failures: 5"`
	sc, policies := s.settings(t)
	runs := inside{Scenario: sc, policy: policies[0]}.play(t, s.seeds)
	b.near("stack, in Go: completed when a refusal ends the call", "%.1f%%", 91.3, completed(runs), threeErrors(0.5, s.seeds)+0.05)
	herd := inside{Scenario: sc, policy: policies[0], askAgain: 5 * time.Second}
	b.near("the herd at the gate: stack: completed", "%.0f%%", 39, completed(herd.play(t, s.seeds)), threeErrors(2.6, s.seeds)+0.5)
	herd.policy = policies[1]
	g := group{runs: herd.play(t, s.seeds)}
	up := 0
	for _, seconds := range g.recoveries(90*time.Second, s.rate) {
		if seconds != never {
			up++
		}
	}
	b.add(claim{
		what: "the herd at the gate: stack with failures: 5, recovery: 30s", published: "35%, never recovers",
		measured:  fmt.Sprintf("%.0f%%, %d of %d seeds recover", completed(g.runs), up, s.seeds),
		tolerance: "the verdict alone: sd 0.6 of a seed, so that 3 points are not luck", holds: up == 0 && completed(g.runs) < 50,
	})
	if !testing.Short() {
		herd.policy, herd.movesUp = policies[0], true
		b.near("the herd at the gate, line moves up: stack: completed", "%.1f%%", 89, completed(herd.play(t, s.seeds)), threeErrors(1.4, s.seeds)+0.5)
	}
}

// tellMovingUp: where who leaves makes room at once, the storm lives on services that all take the same time.
func (b *board) tellMovingUp(t *testing.T, s storm) {
	s.policies = "naive"
	sc, policies := s.settings(t)
	models := sc.Models
	type service struct{ cv, published, sd float64 }
	for _, c := range few([]service{{1, s.rate, 0.37}, {0.5, 5.4, 0.29}, {0.3, 1.0, 0.13}, {0, 0, 0}}) { // exponential: published as "no collapse"
		if sc.Models = models; c.cv > 0 {
			sc.Models = servicesVary(t, models, c.cv)
		}
		n := min(2, s.seeds)
		last := lastTwoMinutes(inside{Scenario: sc, policy: policies[0], movesUp: true}.play(t, n))
		b.near(fmt.Sprintf("line moves up, coefficient of variation %v: naive, goodput in the last 120 s of arrivals", c.cv), "%.1f/s", c.published, mean(last), threeErrors(c.sd, n))
	}
}

// threeErrors is three standard errors of the difference between a mean of n seeds and a published one of 20, where sd is how a
// single seed varies (measured over 12 to 40 of them).
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
