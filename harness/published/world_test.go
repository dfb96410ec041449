package published_test

import (
	"testing"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// play runs a scenario file from its text.
func play(t testing.TB, yaml string) *report.Report {
	t.Helper()
	suite, err := scenarios.Load("published.yaml", []byte(yaml), scenarios.Options{})
	require.NoError(t, err)
	played, err := harness.Run(t.Context(), harness.Jobs(suite), harness.Options{})
	require.NoError(t, err)
	return harness.Assemble(suite, played)
}

// loadOne reads a file with a single scenario, for Go programs: the scenario, and its policies.
func loadOne(t testing.TB, yaml string) (scenarios.Scenario, []resilience.Policy) {
	t.Helper()
	suite, err := scenarios.Load("published.yaml", []byte(yaml), scenarios.Options{})
	require.NoError(t, err)
	require.Len(t, suite.Scenarios, 1)
	sc := suite.Scenarios[0]
	var policies []resilience.Policy
	for _, a := range sc.Arms {
		policies = append(policies, a.Settings)
	}
	return sc, policies
}

// playOne runs a file with a single arm.
func playOne(t testing.TB, yaml string) *report.Arm {
	t.Helper()
	r := play(t, yaml)
	require.Len(t, r.Arms, 1)
	return &r.Arms[0]
}

// value is a metric of an arm, which must have been measured.
func value(t testing.TB, a *report.Arm, metric string) float64 {
	t.Helper()
	m := a.Metric(metric)
	require.True(t, m.Interval.Known, metric)
	return m.Interval.Value
}
