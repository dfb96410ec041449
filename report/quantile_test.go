package report

import (
	"math"
	"slices"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// observed is the least that meets Counts: the observations themselves, sorted.
type observed []int64

func (o observed) Total() int64 { return int64(len(o)) }
func (o observed) AtMost(x int64) int64 {
	return int64(sort.Search(len(o), func(i int) bool { return o[i] > x }))
}
func (o observed) Bounds() []int64 { return slices.Compact(slices.Clone([]int64(o))) }

func oneTo(n int64) observed {
	var o observed
	for x := int64(1); x <= n; x++ {
		o = append(o, x)
	}
	return o
}

func seedsOf(n int, o observed) []Counts {
	h := make([]Counts, n)
	for i := range h {
		h[i] = o
	}
	return h
}

func TestQuantileExactValues(t *testing.T) {
	i := Quantile(seedsOf(20, oneTo(100)), 0.95, 0.05, 20)
	require.Equal(t, Interval{Value: 95, Low: 94, High: 98, Known: true, Bounded: true, Seeds: 20}, i)
}

// How many seeds bound a quantile from above: 4 for p95, 19 for p99, 185 for p99.9.
func TestQuantileNotBounded(t *testing.T) {
	for tau, n := range map[float64]int{0.95: 4, 0.99: 19, 0.999: 185} {
		require.True(t, math.IsInf(Quantile(seedsOf(n-1, oneTo(25)), tau, 0.05, 20).High, 1), "%v of %d seeds", tau, n-1)
		require.Equal(t, 25.0, Quantile(seedsOf(n, oneTo(25)), tau, 0.05, 20).High, "%v of %d seeds", tau, n)
	}
	low := Quantile(seedsOf(2, oneTo(10)), 0.01, 0.05, 20)
	require.True(t, math.IsInf(low.Low, -1), "two seeds do not bound a p1 from below: %+v", low)
}

func TestQuantileOfTooLittle(t *testing.T) {
	require.Equal(t, Interval{}, Quantile(nil, 0.5, 0.05, 20))
	require.Equal(t, Interval{Dropped: 2}, Quantile(seedsOf(2, nil), 0.5, 0.05, 20))
	require.Equal(t, Interval{Value: 5, Known: true, Seeds: 1, Dropped: 1}, Quantile([]Counts{oneTo(10), observed(nil)}, 0.5, 0.05, 20))
	same := Quantile(seedsOf(20, repeated(20, 7)), 0.95, 0.05, 20)
	require.Equal(t, Interval{Value: 7, Low: 7, High: 7, Known: true, Bounded: true, Seeds: 20}, same, "a constant")
}

func drawObserved(t *rapid.T) []Counts {
	n := rapid.IntRange(0, 12).Draw(t, "seeds")
	h := make([]Counts, n)
	for i := range h {
		o := rapid.SliceOfN(rapid.Int64Range(0, 40), 0, 60).Draw(t, "observed")
		slices.Sort(o)
		h[i] = observed(o)
	}
	return h
}

func TestQuantileProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawObserved(t)
		tau := rapid.SampledFrom([]float64{0.01, 0.5, 0.9, 0.95, 0.99}).Draw(t, "tau")
		i := Quantile(h, tau, 0.05, 20)
		requireSound(t, i, math.Inf(-1), math.Inf(1))
		var all []int64
		for _, o := range h {
			all = append(all, o.(observed)...)
		}
		slices.Sort(all)
		if len(all) > 0 {
			at := int(math.Ceil(tau*float64(len(all)) - 1e-9))
			require.Equal(t, float64(all[at-1]), i.Value, "the value is the quantile of all that was seen")
		}
		order := rapid.Permutation(indices(len(h))).Draw(t, "order")
		require.Equal(t, i, Quantile(permuted(h, order), tau, 0.05, 20), "the order of the seeds is irrelevant")
	})
}
