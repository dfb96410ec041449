package published_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/report"
)

// A storm is the built-in retry-storm, with the settings that the chapters turn.
type storm struct {
	first, seeds     int // the first seed, and how many
	rate, burstiness float64
	attempts, queue  int // of the policy naive and those that extend it; of the provider
	abandoned        string
	trigger          time.Duration // how long the slowness lasts, from stormBegins on
	length           time.Duration // until arrivals end; 0: with the 6000th task
	policies         string
}

const stormBegins = 60 * time.Second

func theStorm(seeds int) storm {
	return storm{
		first: 1, seeds: seeds, rate: 11.2, burstiness: 1, attempts: 4, queue: 256, abandoned: "run",
		trigger: 30 * time.Second, policies: "naive, stack",
	}
}

func (s storm) yaml() string {
	end := "tasks: 6000"
	if s.length > 0 {
		end = "duration: " + s.length.String()
	}
	return fmt.Sprintf(`
version: 1
seed: %d
seeds: %d
models:
  sim/capped: {first_token: 800ms, per_token: 16ms, capacity: {concurrency: 64, queue: %d, abandoned: %s}}
agents:
  one-call: {arrivals: {rate: %v/s, burstiness: %v}, deadline: 60s, steps: [model: {input_tokens: 500, output_tokens: 200}]}
policies:
  no-retry: {models: [sim/capped], timeout: {attempt: 10s}}
  naive: {extends: no-retry, retry: {attempts: %d}}
  jitter: {extends: naive, retry: {backoff: {initial: 1s, factor: 2, max: 30s, jitter: full}}}
  jitter and budget: {extends: jitter, retry_budget: {ratio: 20%%, min_per_second: 1}}
  jitter and breaker: {extends: jitter, breaker: {failure_rate: 50%%, window: 10s, min_calls: 20, recovery: 10s, probes: 1}}
  stack: {extends: jitter and breaker, retry_budget: {ratio: 20%%, min_per_second: 1}}
  "stack with failures: 5": {extends: jitter and budget, breaker: {failures: 5, recovery: 30s, probes: 1}}
scenarios:
  retry-storm:
    agent: one-call
    %s
    faults: [{target: sim/capped, kind: slow, factor: 5, when: {from: %v, until: %v}}]
    policies: [%s]
`, s.first, s.seeds, s.queue, s.abandoned, s.rate, s.burstiness, s.attempts, end, stormBegins, stormBegins+s.trigger, s.policies)
}

// watch plays the storm; one group to a policy.
func (s storm) watch(t *testing.T) []group { return watch(t, s.yaml(), nil) }

// arm plays the storm under naive alone.
func (s storm) arm(t *testing.T) *report.Arm {
	s.policies = "naive"
	return playOne(t, s.yaml())
}

// recoveries are the recovery times of the runs as the published figures have them: from the end of the trigger to the start
// of the first 15 s with 90% of the rate of arrivals, in seconds; +Inf: none before the last arrival. The engine's
// recovery_time asks for 90% of the tasks that did arrive, and is not held up by a lull.
func (g *group) recoveries(from time.Duration, rate float64) (seconds []float64) {
	const window = 15 * time.Second
	for i := range g.runs {
		r, at := &g.runs[i], from
		for at+window < r.lastArrival && r.goodput(at, at+window) < 0.9*rate {
			at += time.Second
		}
		if at+window >= r.lastArrival {
			seconds = append(seconds, math.Inf(1))
		} else {
			seconds = append(seconds, (at - from).Seconds())
		}
	}
	return seconds
}

// lastTwoMinutes is the goodput of each run in the last 120 s of arrivals.
func lastTwoMinutes(runs []run) (perSecond []float64) {
	for i := range runs {
		perSecond = append(perSecond, runs[i].goodput(runs[i].lastArrival-2*time.Minute, runs[i].lastArrival))
	}
	return perSecond
}

// steps is the mean goodput of the runs in n steps of 15 s from 30 s on.
func (g *group) steps(n int) []float64 {
	means := make([]float64, n)
	for k := range means {
		from := time.Duration(30+15*k) * time.Second
		for i := range g.runs {
			means[k] += g.runs[i].goodput(from, from+15*time.Second) / float64(len(g.runs))
		}
	}
	return means
}

// completions are the shares of completed tasks of the seeds, in percent.
func completions(a *report.Arm) (percent []float64) {
	for i := range a.Cells {
		n := &a.Cells[i].Counts
		percent = append(percent, 100*float64(n[report.TasksCompleted])/float64(n[report.Tasks]))
	}
	return percent
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// Whether the seeds of an arm recover.
const (
	recovers  = "recovers"
	collapses = "collapses" // for as long as tasks arrive
	mixed     = "mixed"
)

// fate claims how the seeds of an arm end, by the engine's recovery_time.
func (b *board) fate(what, published string, a *report.Arm) {
	b.t.Helper()
	m := a.Metric("recovery_time")
	c := claim{what: what, published: published, measured: "no data", tolerance: "every seed"}
	if published == mixed {
		c.tolerance = "some seeds of each"
	}
	if m.Interval.Known {
		is := mixed
		switch m.Never {
		case 0:
			is = recovers
		case len(a.Cells):
			is = collapses
		}
		c.measured = fmt.Sprintf("%s: %d of %d seeds recover", is, len(a.Cells)-m.Never, len(a.Cells))
		c.holds = is == published
	}
	b.add(c)
}

// atMost claims that no figure is above a published bound.
func (b *board) atMost(what, format string, bound, measured float64) {
	b.t.Helper()
	b.add(claim{what: what, published: "at most " + fmt.Sprintf(format, bound), measured: fmt.Sprintf(format, measured), tolerance: "the bound", holds: measured <= bound})
}

// series claims a row of figures, each with a tolerance of its own.
func (b *board) series(what, format string, published, measured, tolerance []float64) {
	b.t.Helper()
	c := claim{what: what, holds: true}
	for i, p := range published {
		c.published += fmt.Sprintf(format+" ", p)
		c.measured += fmt.Sprintf(format+" ", measured[i])
		c.tolerance += fmt.Sprintf(format+" ", tolerance[i])
		c.holds = c.holds && math.Abs(measured[i]-p) <= tolerance[i]
	}
	c.tolerance = "± " + c.tolerance
	b.add(c)
}
