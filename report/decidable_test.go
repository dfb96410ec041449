package report

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecidable(t *testing.T) {
	for expr, need := range map[string]int{
		"completion_rate >= 95%":       4,
		"completion_rate >= 99%":       19,
		"completion_rate > 99.9%":      185,
		"completion_rate >= 50%":       2,
		"completion_rate >= 0%":        2,
		"completion_rate >= 100%":      0,
		"retry_rate <= 1%":             19,
		"retry_rate <= 0%":             0,
		"retry_rate < 100%":            2,
		"p95(task_latency) <= 60s":     4,
		"p99(task_latency) <= 60s":     19,
		"p99.9(task_latency) <= 60s":   185,
		"p1(task_latency) >= 1s":       19,
		"mean(task_latency) <= 60s":    2,
		"amplification <= 1.5":         2,
		"breaker_open_share <= 1%":     2,
		"failed_tasks == 0":            1,
		"max(task_latency) <= 60s":     1,
		"recovery_time <= 60s":         1,
		"fired(stall on primary) >= 1": 1,
	} {
		g, err := ParseGate(expr)
		require.NoError(t, err)
		ok, n := Decidable(g, 20, Options{})
		require.Equal(t, need, n, expr)
		require.Equal(t, need > 0 && need <= 20, ok, expr)
		if need > 1 {
			ok, _ = Decidable(g, need-1, Options{})
			require.False(t, ok, expr)
		}
	}
	g, _ := ParseGate("completion_rate >= 95%")
	_, need := Decidable(g, 20, Options{PerSeed: 1})
	require.Equal(t, 72, need, "one task a seed")
}
