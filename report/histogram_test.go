package report_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// tasksTook is the task latencies of a cell whose tasks took that long.
func tasksTook(spans ...time.Duration) report.Histogram {
	var records []any
	for i, d := range spans {
		records = append(records, ended(uint32(i+1), 0, d, agentchaos.Completed))
	}
	return cell(report.CellSpec{}, records...).Latency[report.TaskLatency]
}

func spans(t *rapid.T, label string) []time.Duration {
	return rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, int64(25*time.Hour)), func(n int64) time.Duration { return time.Duration(n) }), 0, 40).Draw(t, label)
}

func TestMergingOrderIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := tasksTook(spans(t, "a")...), tasksTook(spans(t, "b")...), tasksTook(spans(t, "c")...)
		require.Equal(t, a.Merge(b).Merge(c), a.Merge(b.Merge(c)))
		require.Equal(t, a.Merge(b), b.Merge(a))
	})
}

// Quantiles are those of the sorted values to the width of a bucket, never too short; count, sum, least and greatest are exact.
func TestHistogramAgainstSortedValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := spans(t, "values")
		h := tasksTook(values...)
		require.EqualValues(t, len(values), h.Count)
		if len(values) == 0 {
			require.Equal(t, report.Histogram{}, h)
			return
		}
		slices.Sort(values)
		sum, clipped := time.Duration(0), int64(0)
		for _, v := range values {
			sum += v
			if v > 24*time.Hour+time.Microsecond {
				clipped++
			}
		}
		require.Equal(t, sum, h.Sum)
		require.InDelta(t, clipped, h.Clipped, 1)
		require.Equal(t, values[0], h.Min)
		require.Equal(t, values[len(values)-1], h.Max)
		q := rapid.Float64Range(0.01, 1).Draw(t, "q")
		rank := 0
		for float64(rank+1) < q*float64(len(values))-1e-7 {
			rank++
		}
		if exact := values[rank]; exact <= 24*time.Hour {
			require.GreaterOrEqual(t, h.Quantile(q)+time.Microsecond, exact)
			require.LessOrEqual(t, float64(h.Quantile(q)), float64(exact)*1.008+2000)
		}
	})
}

// A limit that cuts many off is shown as what it is, not as the end of its bucket.
func TestLimitIsShownExactly(t *testing.T) {
	h := tasksTook(s, 180*s, 180*s, 180*s)
	require.Equal(t, 180*s, h.Quantile(0.95))
	require.EqualValues(t, 4, h.AtMost(180_000_000))
	require.EqualValues(t, 1, h.AtMost(180_000_000-1))
	require.Zero(t, report.Histogram{}.Quantile(0.5), "empty")
}
