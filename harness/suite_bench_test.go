package harness_test

import (
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
)

// BenchmarkSuite is the built-in suite, one seed, one worker. `make pgo` takes its profile: what users run.
func BenchmarkSuite(b *testing.B) {
	suite, err := scenarios.Load("scenarios.yaml", agentchaos.Suite, scenarios.Options{Seeds: 1})
	if err != nil {
		b.Fatal(err)
	}
	jobs := harness.Jobs(suite)
	attempts := int64(0)
	for b.Loop() {
		played, err := harness.Run(b.Context(), jobs, harness.Options{Parallel: 1})
		if err != nil {
			b.Fatal(err)
		}
		for i := range played {
			attempts += played[i].Cell.Counts[report.Attempts]
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(attempts), "ns/attempt")
}
