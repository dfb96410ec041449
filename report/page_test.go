package report_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos/report"
)

// page tells users how verdicts are made. What is measured in it stands between markers, and these tests hold it.
const page = "../docs/statistics.md"

// How many replications are behind the figures of the page.
const (
	pageCoverage = 4000
	pageVerdicts = 2000
)

// holdPage compares what stands between a name's markers with what the test gives today; -update rewrites it.
func holdPage(t *testing.T, name, want string) {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	open, shut := "<!-- "+name+": go test ./report -update -->\n\n", "<!-- end of "+name+" -->"
	want += "\n"
	before, rest, found := strings.Cut(string(text), open)
	require.True(t, found, "%s has no marker %q", page, open)
	now, after, found := strings.Cut(rest, shut)
	require.True(t, found, "%s has no marker %q", page, shut)
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(before+open+want+shut+after), 0o666))
		return
	}
	require.Equal(t, now, want, "run go test ./report -update, and read the diff")
}

// The page says how many seeds a gate needs if nothing goes wrong, what they cannot exclude, and how many replications
// there are.
func TestPageOfStatistics(t *testing.T) {
	var s strings.Builder
	s.WriteString("| gate | perfect seeds that pass it | with `max_hidden_loss: 100%` |\n|---|---|---|\n")
	for _, gate := range []string{"completion_rate >= 95%", "completion_rate >= 99%", "completion_rate >= 99.5%", "completion_rate >= 99.9%", "p95(task_latency) <= 60s", "p99(task_latency) <= 60s"} {
		g, err := report.ParseGate(gate)
		require.NoError(t, err)
		_, need := report.Decidable(g, 20, report.Options{})
		_, free := report.Decidable(g, 20, report.Options{PerSeed: 1})
		fmt.Fprintf(&s, "| `%s` | %d | %d |\n", gate, need, free)
	}
	holdPage(t, "seeds", s.String())

	s.Reset()
	s.WriteString("| seeds | worlds an event may occur in, and not have been seen |\n|---|---|\n")
	for _, n := range []int{5, 10, 20, 40, 100} {
		fmt.Fprintf(&s, "| %d | %.0f%% |\n", n, 100*report.Unexcluded(n))
	}
	holdPage(t, "unseen", s.String())
}

// The page shows what it would cost to count tasks instead of seeds.
func TestPageOfTheKnownWorld(t *testing.T) {
	const replications = 1000
	var s strings.Builder
	fmt.Fprintf(&s, "| the interval of | truth | holds it |\n|---|---|---|\n")
	for _, l := range []struct {
		what   string
		format string
		e      estimator
		w      truth
	}{
		{"completion, seeds as the sample (ours)", "%.2f%%", korn(20), completed},
		{"completion, tasks as the sample", "%.2f%%", perTask, completed},
		{"attempts per task, seeds as the sample (ours)", "%.4f", logT, amplified},
		{"attempts per task, tasks as the sample", "%.4f", perTaskMean(attemptsVariance), amplified},
	} {
		value := l.w.value
		if strings.HasSuffix(l.format, "%%") {
			value *= 100
		}
		c := covers(l.e, l.w, 20, replications)
		fmt.Fprintf(&s, "| %s | "+l.format+" | %.1f%% |\n", l.what, value, 100*c)
	}
	holdPage(t, "known", s.String())
}
