package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// repeated is n times the same number.
func repeated(n int, v int64) []int64 {
	s := make([]int64, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// requireInterval compares with the exact values of STATISTICS §6.
func requireInterval(t require.TestingT, value, low, high float64, i Interval) {
	require.True(t, i.Known && i.Bounded)
	require.InDelta(t, value, i.Value, 1e-6)
	require.InDelta(t, low, i.Low, 1e-6)
	require.InDelta(t, high, i.High, 1e-6)
}

func TestProportionExactValues(t *testing.T) {
	total := repeated(5, 100)
	good, bad := []int64{90, 95, 85, 92, 88}, []int64{10, 5, 15, 8, 12}
	requireInterval(t, 0.9, 0.823777, 0.942376, Proportion(good, total, 0.05, 20))
	require.InDelta(t, 0.841512, Proportion(good, total, 0.05, math.Inf(1)).Low, 1e-6, "without the cap")
	requireInterval(t, 0.1, 0.057624, 0.176223, Proportion(bad, total, 0.05, 20))

	tally := newTally(good, total)
	require.InDelta(t, 0.0170294, math.Sqrt(tally.variance), 1e-7)
	require.InDelta(t, 1.6111, tally.variance/(0.9*0.1/500), 1e-4, "design effect")
	shrink := normalQuantile(0.975) / studentQuantile(0.975, 5)
	require.InDelta(t, 154.6545, tally.effective(1).worth*shrink*shrink, 1e-4)

	ten := []int64{500, 500, 499, 497, 500, 480, 500, 500, 499, 500}
	requireInterval(t, 0.995, 0.972458, 0.999784, Proportion(ten, repeated(10, 500), 0.05, 20))
	tally = newTally(ten, repeated(10, 500))
	shrink = normalQuantile(0.975) / studentQuantile(0.975, 10)
	require.InDelta(t, 241.1146, tally.effective(1).worth*shrink*shrink, 1e-4, "more than the cap of 200")
	require.InDelta(t, 1.0039, 0.995+studentQuantile(0.975, 10)*math.Sqrt(tally.variance), 1e-4, "t of the seeds' shares promises more than all")
}

// Of perfect seeds nothing is known but their number: the lower limit does not move with the number of tasks.
func TestProportionOfPerfectSeeds(t *testing.T) {
	for n, low := range map[int]float64{5: 0.9638, 10: 0.9817, 20: 0.990820, 40: 0.9954, 185: 0.9990} {
		for _, tasks := range []int64{20, 500, 1 << 40} {
			i := Proportion(repeated(n, tasks), repeated(n, tasks), 0.05, 20)
			require.InDelta(t, low, i.Low, 6e-5, "%d seeds", n)
			require.Equal(t, 1.0, i.High)
		}
	}
	require.InDelta(t, 0.990820, Proportion(repeated(20, 500), repeated(20, 500), 0.05, 20).Low, 1e-6)
	few := Proportion(repeated(72, 1), repeated(72, 1), 0.05, 20)
	require.InDelta(t, math.Pow(0.025, 1.0/72), few.Low, 1e-9, "one task a seed is worth one, not 20")
}

func TestProportionOfTooLittle(t *testing.T) {
	require.Equal(t, Interval{}, Proportion(nil, nil, 0.05, 20))
	require.Equal(t, Interval{Dropped: 2}, Proportion([]int64{0, 0}, []int64{0, 0}, 0.05, 20))
	require.Equal(t, Interval{Value: 0.75, Known: true, Seeds: 1, Dropped: 1},
		Proportion([]int64{0, 3}, []int64{0, 4}, 0.05, 20), "one seed has no interval")
	dropped := Proportion([]int64{9, 0, 8}, []int64{10, 0, 10}, 0.05, 20)
	kept := Proportion([]int64{9, 8}, []int64{10, 10}, 0.05, 20)
	kept.Dropped = 1
	require.Equal(t, kept, dropped, "an empty seed is left out and said to be")
	require.Panics(t, func() { Proportion([]int64{3}, []int64{2}, 0.05, 20) })
}

// At exactly one half both limits face it, so both are capped.
func TestProportionOfOneHalfIsSymmetric(t *testing.T) {
	i := Proportion(repeated(20, 250), repeated(20, 500), 0.05, 20)
	require.InDelta(t, 1, i.Low+i.High, 1e-12)
	require.InDelta(t, clopperPearsonLow(0.5, 400, 0.05), i.Low, 1e-12)
}

// Equal shares of unequal seeds vary by nothing at all, not by what rounding leaves.
func TestEqualSharesHaveNoVariance(t *testing.T) {
	tally := newTally([]int64{1, 2, 3, 1 << 50}, []int64{3, 6, 9, 3 << 50})
	require.Zero(t, tally.variance)
	require.Equal(t, -6.0, crossDifference(2, 3, 4, 3))
	for a := int64(1); a < 60; a++ {
		for b := a; b < 60; b++ {
			require.Zero(t, newTally([]int64{a, 3 * a, 7 * a}, []int64{b, 3 * b, 7 * b}).variance, "%d of %d", a, b)
		}
	}
	tally = newTally([]int64{1234567, 3 * 1234567, 1000003 * 1234567}, []int64{7654321, 3 * 7654321, 1000003 * 7654321})
	require.Zero(t, tally.variance, "products of more than 53 bits")
}

// seedCounts draws the counts of some seeds, empty and perfect ones among them.
func seedCounts(t *rapid.T, least int) (success, total []int64) {
	n := rapid.IntRange(least, 30).Draw(t, "seeds")
	for range n {
		m := rapid.Int64Range(0, 1000).Draw(t, "total")
		c := m
		if rapid.Bool().Draw(t, "imperfect") {
			c = rapid.Int64Range(0, m).Draw(t, "success")
		}
		success, total = append(success, c), append(total, m)
	}
	return success, total
}

func requireSound(t require.TestingT, i Interval, least, most float64) {
	for _, x := range []float64{i.Value, i.Low, i.High} {
		require.False(t, math.IsNaN(x), "%+v", i)
	}
	if i.Bounded {
		require.True(t, least <= i.Low && i.Low <= i.Value && i.Value <= i.High && i.High <= most, "%+v", i)
	}
}

func TestProportionProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		success, total := seedCounts(t, 0)
		alpha := rapid.SampledFrom([]float64{0.05, 0.05 / 6, 0.2}).Draw(t, "alpha")
		k := rapid.Float64Range(0.5, 200).Draw(t, "K")
		i := Proportion(success, total, alpha, k)
		requireSound(t, i, 0, 1)

		wide := Proportion(success, total, alpha, k/2)
		require.True(t, wide.Low <= i.Low+1e-9 && wide.High >= i.High-1e-9, "a smaller K never narrows: %+v %+v", wide, i)

		failure := make([]int64, len(total))
		twiceSuccess, twiceTotal := make([]int64, len(total)), make([]int64, len(total))
		for s := range total {
			failure[s] = total[s] - success[s]
			twiceSuccess[s], twiceTotal[s] = 2*success[s], 2*total[s]
		}
		mirror := Proportion(failure, total, alpha, k)
		if i.Bounded {
			require.InDelta(t, 1-i.Low, mirror.High, 1e-9, "completion and failure mirror each other")
			require.InDelta(t, 1-i.High, mirror.Low, 1e-9)
		}
		require.InEpsilon(t, 1+newTally(success, total).variance, 1+newTally(twiceSuccess, twiceTotal).variance, 1e-12,
			"doing every task twice adds no evidence")

		order := rapid.Permutation(indices(len(total))).Draw(t, "order")
		other := Proportion(permuted(success, order), permuted(total, order), alpha, k)
		require.InDelta(t, i.Low, other.Low, 1e-9)
		require.InDelta(t, i.High, other.High, 1e-9)
	})
}

func indices(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func permuted[T any](s []T, order []int) []T {
	p := make([]T, len(s))
	for i, from := range order {
		p[i] = s[from]
	}
	return p
}
