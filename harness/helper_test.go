package harness_test

import (
	"testing"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// play runs a scenario file from its text.
func play(t testing.TB, yaml string) *report.Report {
	t.Helper()
	return playWith(t, yaml, harness.Options{})
}

func playWith(t testing.TB, yaml string, o harness.Options) *report.Report {
	t.Helper()
	suite, err := scenarios.Load("test.yaml", []byte(yaml), scenarios.Options{})
	require.NoError(t, err)
	played, err := harness.Run(t.Context(), harness.Jobs(suite), o)
	require.NoError(t, err)
	return harness.Assemble(suite, played)
}

// playOne runs a file with a single arm.
func playOne(t testing.TB, yaml string) *report.Arm {
	t.Helper()
	r := play(t, yaml)
	require.Len(t, r.Arms, 1)
	return &r.Arms[0]
}

func value(t testing.TB, a *report.Arm, metric string) float64 {
	t.Helper()
	m := a.Metric(metric)
	require.True(t, m.Interval.Known, metric)
	return m.Interval.Value
}

func served(a *report.Arm, model string) float64 {
	for _, s := range a.Total.Served {
		if s.Model == model {
			return float64(s.Calls)
		}
	}
	return 0
}
