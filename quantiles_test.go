package agentchaos_test

import (
	"testing"

	ac "github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestQuantilesGoThroughTheirPoints(t *testing.T) {
	q, err := ac.NewQuantiles(ac.Point{0, 320e6}, ac.Point{.5, 639e6}, ac.Point{.95, 1144e6}, ac.Point{.99, 4517e6}, ac.Point{1, 7010e6})
	require.NoError(t, err)
	for p, want := range map[float64]int64{0: 320e6, .25: 479_500_000, .5: 639e6, .95: 1144e6, .99: 4517e6, .995: 5_763_500_000} {
		require.InDelta(t, want, q.Value(ac.Chance(p)), 200, "quantile %v", p) // nanoseconds: cuts are 32-bit fractions
	}
	require.InDelta(t, 7010e6, q.Value(^uint64(0)), 200)
	require.EqualValues(t, 7010e6, q.Max())
}

func TestQuantilesOfNothingAndOfOne(t *testing.T) {
	var zero ac.Quantiles
	require.True(t, zero.Zero())
	require.Zero(t, zero.Value(12345))
	one := ac.Constant(7)
	require.False(t, one.Zero())
	require.EqualValues(t, 7, one.Value(0))
	require.EqualValues(t, 7, one.Value(^uint64(0)))
}

func TestQuantilesOfAShapeAreTheShape(t *testing.T) {
	shape := ac.Exponential(second)
	q := shape.Quantiles()
	require.False(t, q.Zero())
	require.Equal(t, shape.Value(^uint64(0)), q.Max())
	rapid.Check(t, func(t *rapid.T) {
		u := rapid.Uint64().Draw(t, "u")
		require.Equal(t, shape.Value(u), q.Value(u))
	})
	nothing := ac.Exponential(0).Quantiles()
	require.True(t, nothing.Zero())
}

func TestQuantilesRefuseWhatIsNoTable(t *testing.T) {
	for name, points := range map[string][]ac.Point{
		"empty":     nil,
		"no zero":   {{.5, 1}, {1, 2}},
		"no end":    {{0, 1}, {.5, 2}},
		"falling":   {{0, 3}, {1, 2}},
		"unordered": {{0, 1}, {.9, 2}, {.5, 3}, {1, 4}},
	} {
		_, err := ac.NewQuantiles(points...)
		require.Error(t, err, name)
	}
}

func TestQuantilesNeverFallAndStayInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Int64Range(0, 1e12).Draw(t, "lo")
		mid := lo + rapid.Int64Range(0, 1e12).Draw(t, "mid")
		hi := mid + rapid.Int64Range(0, 1e12).Draw(t, "hi")
		q, err := ac.NewQuantiles(ac.Point{0, lo}, ac.Point{rapid.Float64Range(.01, .99).Draw(t, "p"), mid}, ac.Point{1, hi})
		require.NoError(t, err)
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		x, y := q.Value(min(a, b)), q.Value(max(a, b))
		require.LessOrEqual(t, lo, x)
		require.LessOrEqual(t, x, y)
		require.LessOrEqual(t, y, hi)
	})
}
