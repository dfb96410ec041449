package published_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/report"
	"github.com/stretchr/testify/require"
)

var omissionBrooker = chapter{
	name: "omission-brooker",
	kind: theory,
	source: `Marc Brooker, [Open and Closed, Omission and Collapse](https://brooker.co.za/blog/2023/05/10/open-closed.html), 2023, and
omission/omission.py of [mbrooker/simulator_example](https://github.com/mbrooker/simulator_example): one server, exponential service
times of 100 ms, utilisation 0.8. The open loop's 99th percentile is ln 100 / (μ − λ), that of one client who waits ln 100 / μ;
that of ten is from 20,000 s of his code, and exactly from the queue that an arrival finds (M/M/1//10). Tolerances: three
standard errors of three runs of 20,000 s, of which one spreads by 0.116 s, 0.0025 s and 0.0075 s, and 0.8% for a bucket
of our histograms.`,
	tell: tellOmissionBrooker,
}

// Clients come at 8/s whatever happens, or wait for their answer and then think. The latency of a call is that of its first
// token, which is its only one; thinking has none.
const omissionWorld = `
version: 1
seeds: %[1]d
models: {mm1/server: {first_token: {exponential: 100ms}, capacity: {concurrency: 1, queue: 1000000}}}
tools:
  think-1: {kind: read, latency: {exponential: 20ms}}      # (1 − ρ)·100 ms
  think-10: {kind: read, latency: {exponential: 1145ms}}   # and (10 − 1)·100 ms/ρ
agents:
  open: {arrivals: {rate: 8/s, burstiness: 1}, steps: [model: {output_tokens: 1}]}
  closed-1: {arrivals: {workers: 1}, steps: [model: {output_tokens: 1}, tool: think-1]}
  closed-10: {arrivals: {workers: 10}, steps: [model: {output_tokens: 1}, tool: think-10]}
policies: {p: {models: [mm1/server]}}
scenarios:
  open: {agent: open, duration: %[2]v}
  closed-1: {agent: closed-1, duration: %[2]v}
  closed-10: {agent: closed-10, duration: %[2]v}
`

// omissionRun is 20,000 s, with -short an eighth.
func omissionRun() time.Duration {
	if testing.Short() {
		return 2500 * time.Second
	}
	return 20_000 * time.Second
}

// omissionSD is how the 99th percentile of one run varies, in seconds. TestAcceptSpread measures it.
var omissionSD = struct{ open, one, ten float64 }{.116, .0025, .0075}

func tellOmissionBrooker(t *testing.T, b *board) {
	seeds := 3
	if testing.Short() {
		seeds = 1
	}
	r := play(t, fmt.Sprintf(omissionWorld, seeds, omissionRun()))
	runs := float64(seeds) * omissionRun().Seconds() / 20_000
	open, one, ten := omissionP99(t, r, "open"), omissionP99(t, r, "closed-1"), omissionP99(t, r, "closed-10")

	const bucket = .008
	errors := func(sd float64) float64 { return 3 * sd / math.Sqrt(runs) }
	const theory = math.Ln10 * 2 / (10 - 8)
	b.near("p99, open loop, s", "%.3f", theory, open, errors(omissionSD.open)+bucket*theory)
	b.near("p99, one client who waits, s", "%.4f", math.Ln10*2/10, one, errors(omissionSD.one)+bucket*.4605)
	b.of(others).near("p99, ten clients who wait, s: his code", "%.3f", .953, ten, 3*math.Hypot(omissionSD.ten, errors(omissionSD.ten)/3)+bucket*.953)
	b.near("p99, ten clients who wait, s: exact", "%.4f", omissionFinite(10, 1/1.145, 10), ten, errors(omissionSD.ten)+bucket*.945)
	b.near("what the one client does not see: open p99 over its own", "%.2f", 5, open/one, (errors(omissionSD.open)/theory+2*bucket)*5)
}

func omissionP99(t *testing.T, r *report.Report, scenario string) float64 {
	g, err := report.ParseGate("p99(first_token) <= 1s")
	require.NoError(t, err)
	i, _, _ := r.Arm(scenario, "p").Measure(g, r.Settings.Options())
	return i.Value
}

// omissionFinite is the 99th percentile of the time in a queue of n clients who think at rate lambda each and are served at
// rate mu: an arrival finds what n − 1 clients would leave to somebody who looks at a random time, and waits for all of it
// and for himself.
func omissionFinite(n int, lambda, mu float64) float64 {
	found, all := []float64{1}, 1.0
	for k := 1; k < n; k++ {
		found = append(found, found[k-1]*float64(n-k)*lambda/mu)
		all += found[k]
	}
	beyond := func(t float64) (p float64) {
		for k, weight := range found {
			term, erlang := math.Exp(-mu*t), 0.0
			for j := 0; j <= k; j++ {
				erlang += term
				term *= mu * t / float64(j+1)
			}
			p += weight / all * erlang
		}
		return p
	}
	lo, hi := 0.0, 100.0
	for range 60 {
		if mid := (lo + hi) / 2; beyond(mid) > .01 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}
