package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos/report"
)

// The gate whose verdicts are counted, and the value on which the worlds of [boundary] lie exactly.
const boundaryGate = "completion_rate >= 99%"

// verdicts is in what share of the replications a gate over n seeds passes, and fails.
func verdicts(t *testing.T, gate string, w truth, n, replications int) (passes, fails float64) {
	t.Helper()
	g, err := report.ParseGate(gate)
	require.NoError(t, err)
	r := luck(w.name)
	part, of := make([]int64, n), make([]int64, n)
	for range replications {
		w.sample(r, part, of)
		switch report.Judge(g, report.Sample{Success: part, Total: of}, report.Options{}).Verdict {
		case report.Pass:
			passes++
		case report.Fail:
			fails++
		}
	}
	return passes / float64(replications), fails / float64(replications)
}

// settled is the same for a run that goes on until its gate is settled: it looks at 20, 40, … 640 seeds, and each look has
// its share of the 5 % (STATISTICS §5).
func settled(t *testing.T, gate string, w truth, replications int) (passes, fails float64) {
	t.Helper()
	g, err := report.ParseGate(gate)
	require.NoError(t, err)
	looks := report.Looks()
	o := report.Options{Alpha: 0.05 / float64(len(looks))}
	r := luck(w.name)
	most := looks[len(looks)-1]
	part, of := make([]int64, most), make([]int64, most)
	for range replications {
		done := 0
		for _, n := range looks {
			w.sample(r, part[done:n], of[done:n])
			done = n
			v := report.Judge(g, report.Sample{Success: part[:n], Total: of[:n]}, o).Verdict
			if v == report.Pass {
				passes++
			}
			if v == report.Fail {
				fails++
			}
			if v == report.Pass || v == report.Fail {
				break
			}
		}
	}
	return passes / float64(replications), fails / float64(replications)
}
