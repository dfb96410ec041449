package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUnexcluded(t *testing.T) {
	for n, share := range map[int]float64{5: 0.45, 10: 0.26, 20: 0.14, 40: 0.07, 100: 0.03} {
		require.InDelta(t, share, Unexcluded(n), 0.005, "%d seeds", n)
	}
	require.Equal(t, 1.0, Unexcluded(0))
}

func TestExtremes(t *testing.T) {
	never, none := math.Inf(1), math.NaN()
	for name, c := range map[string]struct {
		values        []float64
		median, worst float64
		seeds, never  int
	}{
		"nothing":               {nil, 0, 0, 0, 0},
		"nothing measured":      {[]float64{none, none}, 0, 0, 0, 0},
		"odd":                   {[]float64{3, none, 1, 2}, 2, 3, 3, 0},
		"even":                  {[]float64{4, 1, 2, 3}, 2.5, 4, 4, 0},
		"one never":             {[]float64{never, 1, 2}, 2, never, 3, 1},
		"half never":            {[]float64{never, 1, 2, never}, never, never, 4, 2},
		"all never":             {[]float64{never, never}, never, never, 2, 2},
		"the greatest there is": {[]float64{math.MaxFloat64, math.MaxFloat64}, math.MaxFloat64, math.MaxFloat64, 2, 0},
	} {
		median, worst, seeds, n := Extremes(c.values)
		require.Equal(t, []any{c.median, c.worst, c.seeds, c.never}, []any{median, worst, seeds, n}, name)
	}
}
