package harness_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/stretchr/testify/require"
)

// The built-in suite at its own size. `make accept` runs this here and on emulated processors: the golden files are the same.

func TestAcceptDigests(t *testing.T) {
	asTheCommand(t)
	part := share{seeds: acceptance.Size(3, 1), scenarios: acceptance.Size(nil, []string{"retry-storm", "model-gone"})}
	start := time.Now()
	cells, _ := part.play(t)
	others, _ := traffic(part.seeds).play(t)
	cells = append(cells, others...)
	if *acceptance.Full && *update {
		writeDigests(t, "digests-full.txt", cells)
	}
	differ := checkDigests(t, "digests-full.txt", cells)
	acceptance.Row(t, runtime.GOARCH+": event logs, counts and histograms, built-in suite and other traffic at their own size, 3 seeds", "the same digests",
		fmt.Sprintf("%d of %d cells differ, %.0f s", differ, len(cells), time.Since(start).Seconds()), differ == 0)
	require.NotEmpty(t, cells)
}

func TestAcceptDigestVerdicts(t *testing.T) {
	asTheCommand(t)
	var lines []string
	seeds, start := 0, time.Now()
	for _, part := range []share{{scenarios: acceptance.Size(nil, []string{"model-gone"})}, traffic(0)} {
		suite := part.load(t)
		played, err := harness.Run(t.Context(), harness.Jobs(suite), harness.Options{})
		require.NoError(t, err)
		lines = append(lines, intervalLines(harness.Assemble(suite, played))...)
		seeds = max(seeds, suite.Seeds)
	}
	if *acceptance.Full && *update {
		writeLines(t, "intervals-full.txt", intervalHead, lines)
	}
	golden := readLines(t, "intervals-full.txt")
	if !*acceptance.Full {
		golden = slices.DeleteFunc(golden, func(l string) bool { return !strings.HasPrefix(l, "model-gone ") && !strings.HasPrefix(l, "traffic ") })
	}
	worst := checkIntervals(t, golden, lines)
	acceptance.Row(t, fmt.Sprintf("%s: intervals and verdicts, built-in suite and other traffic, %d seeds", runtime.GOARCH, seeds), "equal to 9 digits",
		fmt.Sprintf("%d lines differ by at most %.0e, %.0f s", len(lines), worst, time.Since(start).Seconds()), worst <= 1e-9)
}
