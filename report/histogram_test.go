package report_test

import (
	"math"
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

// A gate whose value is what everything took is met, and one a nanosecond below it is not; across seeds and when merged too.
func TestConstantsAreExact(t *testing.T) {
	for _, d := range []time.Duration{0, 1, time.Microsecond, s, s + 1, 10 * s, 61*s + 7, 24 * time.Hour, 24*time.Hour + 1, 365 * 24 * time.Hour, math.MaxInt64} {
		h := tasksTook(d, d, d)
		require.Equal(t, d, h.Quantile(0.5), "shown as it is")
		seeds := []report.Histogram{h, h.Merge(h)}
		if d < 20*time.Hour { // something longer in another bucket, so that the constant is not the longest of all
			other := tasksTook(d, d, d+d/4)
			seeds = append(seeds, other, h.Merge(other).Merge(h))
		}
		up := int64(d / time.Microsecond)
		if d%time.Microsecond > 0 {
			up++
		}
		for _, h := range seeds {
			require.Zero(t, h.AtMost(up-1), d)
			require.GreaterOrEqual(t, h.AtMost(up), h.Count-1, d)
			require.Less(t, h.Quantile(0.5)-d, time.Microsecond, d)
		}
	}
}

// However many cells are merged, whatever they held: as many buckets as the geometry has.
func TestMergingIsBounded(t *testing.T) {
	var m report.Histogram
	for i := range time.Duration(1000) {
		m = m.Merge(tasksTook(10*s+i*time.Microsecond, 20*s-i*time.Microsecond))
	}
	require.Equal(t, []report.Bucket{{Micros: 10_000_999, Count: 1000}, {Micros: 20_000_000, Count: 1000}}, m.Buckets)
	require.EqualValues(t, 2000, m.Count)
}

// What took longer than a day is never taken for a day.
func TestLongerThanADay(t *testing.T) {
	h := tasksTook(24*time.Hour, 25*time.Hour, 1000*time.Hour)
	require.EqualValues(t, 2, h.Clipped)
	require.EqualValues(t, 1, h.AtMost(int64(24*time.Hour/time.Microsecond)))
	require.Equal(t, 1000*time.Hour, h.Quantile(0.5), "they count as the longest of them")
	require.Equal(t, 24*time.Hour, h.Quantile(0.3))
}
