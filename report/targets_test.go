package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// One price is meant by several globs: the longest is the closest.
func TestPriceOfTheLongestGlob(t *testing.T) {
	paid := attempt(1, 1, 0, s, agentchaos.None, 0)
	paid.Truth.Output = 1
	for _, c := range []struct {
		prices map[string]report.Price
		want   int64
	}{
		{map[string]report.Price{"*/*": {Output: 1}, "anthropic/*": {Output: 2}}, 2},
		{map[string]report.Price{"*/*": {Output: 1}, "anthropic/claude-*": {Output: 2}, "anthropic/*": {Output: 3}, claude: {Output: 4}}, 4},
		{map[string]report.Price{"?nthropic/*": {Output: 1}, "a?thropic/*": {Output: 2}}, 1},
		{map[string]report.Price{"openai/*": {Output: 1}}, 0},
	} {
		require.Equal(t, c.want, cell(report.CellSpec{Prices: c.prices}, paid).Counts[report.CostNano], c.prices)
	}
}
