package harness_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// traffic has what no built-in scenario has: a profile of arrivals, exponential latencies, a slowdown by load.
func traffic(seeds int) share { return share{file: "traffic.yaml", seeds: seeds} }

// smallSuite is all of the built-in suite in two parts, and a third that is not in it. At a fifth of its traffic 120 tasks
// reach into the windows of the faults; the retry storm needs its own traffic, and the time until it has begun.
var smallSuite = []share{
	{
		scenarios: []string{"[^r]*", "ra*", "retrieval-*"}, tasks: 120, seeds: 2,
		set: []string{"agents.support.arrivals.rate=1/s", "agents.reader.arrivals.rate=1/s", "agents.bursty.arrivals.rate=1/s"},
	},
	{scenarios: []string{"retry-storm"}, tasks: 1000, seeds: 2},
	traffic(2),
}

// The built-in suite gives the same bytes today as when the golden file was written, on this processor as on any other:
// `make test` runs this on emulated ones too. Intervals are compared to nine digits, for they go through functions that
// differ in their last bits.
func TestDigestsOfTheBuiltInSuite(t *testing.T) {
	var cells []digested
	var intervals []string
	seen := map[string]bool{}
	for _, part := range smallSuite {
		played, r := part.play(t)
		cells, intervals = append(cells, played...), append(intervals, intervalLines(r)...)
		requireFired(t, r)
		for _, s := range r.Scenarios {
			seen[s.Name] = true
		}
	}
	delete(seen, "traffic")
	require.Len(t, seen, len(builtIn(t, scenarios.Options{}).Scenarios), "all of the suite is in one of its parts")
	if *update {
		writeDigests(t, "digests.txt", cells)
		writeLines(t, "intervals.txt", intervalHead, intervals)
		return
	}
	checkDigests(t, "digests.txt", cells)
	require.Equal(t, len(readLines(t, "digests.txt")), len(cells), "the golden file has cells that were not played, "+rewrite)
	checkIntervals(t, readLines(t, "intervals.txt"), intervals)
}

// requireFired is that what was digested has faults in it.
func requireFired(t *testing.T, r *report.Report) {
	t.Helper()
	fired := map[string]int64{}
	for i := range r.Arms {
		for _, f := range r.Arms[i].Total.Faults {
			fired[r.Arms[i].Scenario] += f.Fired()
		}
	}
	for _, s := range r.Scenarios {
		require.NotZero(t, fired[s.Name], s.Name)
	}
}

const intervalHead = "# scenario, policy, metric, value, limits; or scenario, policy, gate, verdict and seeds that would settle it\n"

// intervalLines are all metrics of all arms, and what their gates came to.
func intervalLines(r *report.Report) (lines []string) {
	for i := range r.Arms {
		a := &r.Arms[i]
		for _, m := range a.Metrics {
			if m.Interval.Known {
				lines = append(lines, fmt.Sprintf("%s %s %s %s", a.Scenario, a.Policy, m.Name, numbers(m)))
			}
		}
	}
	for _, g := range r.Gates {
		lines = append(lines, fmt.Sprintf("%s %s %s: %v %d", g.Scenario, g.Policy, strings.ReplaceAll(g.Gate, " ", "_"), g.Verdict, g.Settle))
	}
	return lines
}

// numbers are an interval with three digits more than are compared.
func numbers(m report.Metric) string {
	s := strconv.FormatFloat(m.Interval.Value, 'g', 12, 64)
	if m.Interval.Bounded {
		s += fmt.Sprintf(" %.12g %.12g", m.Interval.Low, m.Interval.High)
	}
	return s
}

// checkIntervals compares with lines of a golden file word for word, and numbers to nine digits. It gives the largest difference.
func checkIntervals(t *testing.T, want, got []string) (worst float64) {
	t.Helper()
	require.Empty(t, missingLine(want, got))
	for i := range want {
		d := apart(want[i], got[i])
		if d > 1e-9 {
			t.Errorf("an interval or a verdict differs on %s:\nwant %s\ngot  %s", runtime.GOARCH, want[i], got[i])
		}
		worst = max(worst, d)
	}
	return worst
}

// missingLine says where lines of a golden file begin to be others, if they are more or fewer; else "".
func missingLine(want, got []string) string {
	if len(want) == len(got) {
		return ""
	}
	i := 0
	for i < min(len(want), len(got)) && apart(want[i], got[i]) <= 1e-9 {
		i++
	}
	at := func(lines []string) string { return append(slices.Clone(lines), "the end")[i] }
	return fmt.Sprintf("%d intervals and verdicts, and the golden file has %d; the first that differs is number %d\nwant %s\ngot  %s\n%s",
		len(got), len(want), i+1, at(want), at(got), rewrite)
}

func TestMissingLine(t *testing.T) {
	require.Empty(t, missingLine([]string{"a 1"}, []string{"b 2"}), "another line is not a missing one")
	require.Contains(t, missingLine([]string{"a 1", "b 2"}, []string{"a 1.0000000000001"}), "number 2\nwant b 2\ngot  the end\n")
	require.Contains(t, missingLine([]string{"b 2"}, []string{"a 1", "b 2"}), "number 1\nwant b 2\ngot  a 1\n")
}

// apart is the largest difference of two lines' words.
func apart(want, got string) (worst float64) {
	a, b := strings.Fields(want), strings.Fields(got)
	if len(a) != len(b) {
		return math.Inf(1)
	}
	for k := range a {
		worst = max(worst, difference(a[k], b[k]))
	}
	return worst
}

// difference is that of two numbers, relative to the larger; infinite for words, and for infinities, that are not the same.
func difference(a, b string) float64 {
	if a == b {
		return 0
	}
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	if errA != nil || errB != nil || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return math.Inf(1)
	}
	return math.Abs(x-y) / max(math.Abs(x), math.Abs(y))
}
