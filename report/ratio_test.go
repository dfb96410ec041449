package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestRatioExactValues(t *testing.T) {
	num, den := []float64{120, 150, 130, 210, 140}, []float64{100, 110, 105, 95, 120}
	requireInterval(t, 1.415094, 0.990266, 2.022176, Ratio(num, den, 0.05))
	require.InDelta(t, 0.181944, math.Sqrt(newRatios(num, den).variance), 1e-6)
	at, part := Spread(num, den)
	require.Equal(t, 3, at, "the fourth seed has 210 where 134 would be fair")
	require.Greater(t, part, 0.5)
}

func TestRatioOfTooLittle(t *testing.T) {
	require.Equal(t, Interval{}, Ratio(nil, nil, 0.05))
	require.Equal(t, Interval{Dropped: 2}, Ratio([]float64{0, 0}, []float64{0, 0}, 0.05))
	require.Equal(t, Interval{}, Ratio([]float64{3, 4}, []float64{0, 0}, 0.05), "a cost per nothing")
	require.Equal(t, Interval{Value: 2, Known: true, Seeds: 1, Dropped: 1}, Ratio([]float64{0, 4}, []float64{0, 2}, 0.05))
	require.Equal(t, Interval{Value: 0, Known: true, Bounded: true, Seeds: 3}, Ratio([]float64{0, 0, 0}, []float64{1, 2, 3}, 0.05))
}

// A seed that paid and completed nothing stays: to drop it would be to count the survivors.
func TestRatioKeepsSeedsWithoutDenominator(t *testing.T) {
	i := Ratio([]float64{1, 1, 1}, []float64{10, 10, 0}, 0.05)
	require.Equal(t, 0.15, i.Value)
	require.Equal(t, 3, i.Seeds)
}

// Constants vary by nothing, whatever rounding leaves.
func TestRatioOfConstants(t *testing.T) {
	for _, c := range []float64{0.1, 1, 1.0 / 3, 1e-9, 7e9} {
		var num, den []float64
		for n := 1; n <= 30; n++ {
			num, den = append(num, c*float64(n)), append(den, float64(n))
		}
		i := Ratio(num, den, 0.05)
		require.Equal(t, i.Value, i.Low)
		require.Equal(t, i.Value, i.High)
		require.InEpsilon(t, c, i.Value, 1e-12)
		at, part := Spread(num, den)
		require.Equal(t, -1, at)
		require.Zero(t, part)
	}
}

func TestRatioProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "seeds")
		amount := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(1e-6, 1e9))
		num := rapid.SliceOfN(amount, n, n).Draw(t, "num")
		den := rapid.SliceOfN(amount, n, n).Draw(t, "den")
		i := Ratio(num, den, 0.05)
		requireSound(t, i, 0, math.Inf(1))

		scaled := make([]float64, n)
		for s := range num {
			scaled[s] = 8 * num[s] // a power of two: exact
		}
		by8 := Ratio(scaled, den, 0.05)
		require.Equal(t, 8*i.Value, by8.Value)
		require.Equal(t, 8*i.Low, by8.Low)
		require.Equal(t, 8*i.High, by8.High)

		order := rapid.Permutation(indices(n)).Draw(t, "order")
		other := Ratio(permuted(num, order), permuted(den, order), 0.05)
		requireClose(t, i.Value, other.Value)
		requireClose(t, i.Low, other.Low)
		requireClose(t, i.High, other.High)

		_, part := Spread(num, den)
		require.True(t, part >= 0 && part <= 1+1e-9)
	})
}

// requireClose is equality but for the order of additions.
func requireClose(t require.TestingT, a, b float64) {
	if a != b {
		require.InEpsilon(t, a, b, 1e-6)
	}
}
