package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// STATISTICS §1: perfect seeds needed to pass, at 5 %, without the assumption, and under six looks.
func TestPerfectSeeds(t *testing.T) {
	values := []float64{0.95, 0.99, 0.995, 0.999, 0.9999}
	for _, row := range []struct {
		alpha, perSeed float64
		need           []int
	}{
		{0.05, 20, []int{4, 19, 37, 185, 1845}},
		{0.05, 1, []int{72, 368, 736, 3688, 36887}},
		{0.05 / 6, 20, []int{6, 28, 55, 274, 2741}},
	} {
		for i, v := range values {
			n := perfectSeeds(v, row.alpha, row.perSeed)
			require.Equal(t, row.need[i], n)
			require.GreaterOrEqual(t, Proportion(repeated(n, 500), repeated(n, 500), row.alpha, row.perSeed).Low, v)
			require.Less(t, Proportion(repeated(n-1, 500), repeated(n-1, 500), row.alpha, row.perSeed).Low, v)
		}
	}
	require.Zero(t, perfectSeeds(1, 0.05, 20), "nothing shows 100 %")
	require.Equal(t, 2, perfectSeeds(0.5, 0.05, 20), "one seed has no interval")
	require.Zero(t, perfectSeeds(math.Nextafter(1, 0), 0.05, 20))
}

// CONTRACT §3: the observed share that a `>=` gate needs at 5, 20, 40 and 160 seeds. The table there is rounded up in
// places; -1 is a dash.
func TestNeededShare(t *testing.T) {
	for value, row := range map[float64][4]float64{
		0.90: {95.9, 93.0, 92.1, 91.1}, 0.95: {99.3, 97.2, 96.6, 95.8},
		0.98: {-1, 99.37, 98.97, 98.49}, 0.99: {-1, 99.96, 99.69, 99.35},
	} {
		for i, n := range []int{5, 20, 40, 160} {
			share, ok := Needed(value, n, 0.05, 20)
			require.Equal(t, row[i] >= 0, ok)
			if !ok {
				continue
			}
			tolerance := 0.1
			if value > 0.97 {
				tolerance = 0.01
			}
			require.InDelta(t, row[i], 100*share, tolerance, "%v at %d seeds", value, n)
		}
	}
}

func TestSettleProportion(t *testing.T) {
	total := repeated(20, 500)
	perfect := func(n int) []int64 { return repeated(n, 500) }
	require.Equal(t, 40, SettleProportion(perfect(20), total, 0.995, 0.05, 20), "perfect: 37, at the next look")
	require.Equal(t, 320, SettleProportion(perfect(20), total, 0.999, 0.05, 20), "perfect: 185")
	require.Equal(t, 0, SettleProportion(perfect(20), total, 0.9999, 0.05, 20), "perfect: 1845, more than 640")
	require.Equal(t, 20, SettleProportion(perfect(5), repeated(5, 500), 0.99, 0.05, 20))
	require.Equal(t, 20, SettleProportion(perfect(1), repeated(1, 500), 0.99, 0.05, 20), "a single seed: a least number")

	near := repeated(20, 490) // 98 %, no variation but the cap's
	require.Equal(t, 0, SettleProportion(near, total, 0.98, 0.05, 20), "on the threshold")
	far := SettleProportion(near, total, 0.97, 0.05, 20)
	nearer := SettleProportion(near, total, 0.975, 0.05, 20)
	require.NotZero(t, far)
	require.Greater(t, nearer, far, "the nearer the gate, the more seeds")
}

// The estimate moves by 0.84 se towards the gate: by hand for seeds that are all alike, so that the cap decides.
func TestSettleProportionKeepsAMargin(t *testing.T) {
	moved := false
	for value := 0.95; value < 0.98; value += 0.0004 {
		want, plain := 0, 0
		for _, n := range Looks()[1:] {
			se := math.Sqrt(0.98 * 0.02 / float64(500*n))
			if want == 0 && clopperPearsonLow(0.98-0.84*se, float64(20*n), 0.05) > value {
				want = n
			}
			if plain == 0 && clopperPearsonLow(0.98, float64(20*n), 0.05) > value {
				plain = n
			}
		}
		require.Equal(t, want, SettleProportion(repeated(20, 490), repeated(20, 500), value, 0.05, 20), "%v", value)
		moved = moved || want != plain
	}
	require.True(t, moved, "the margin makes a difference somewhere")
}

// 0.84 se towards the gate and the t of n seeds: by hand for s = 0.2 on the log scale.
func TestSettleRatio(t *testing.T) {
	var num, den []float64
	for range 10 {
		num, den = append(num, 80, 120), append(den, 100, 100)
	}
	s := math.Sqrt(20.0/19) * 0.2
	for _, value := range []float64{1.3, 1.12, 1.08, 1.05, 1.03} {
		want := 0
		for _, n := range Looks() {
			if n > 20 && (studentQuantile(0.975, n)+0.84)*s/math.Sqrt(float64(n)) <= math.Log(value) {
				want = n
				break
			}
		}
		require.Equal(t, want, SettleRatio(num, den, value, 0.05), "%v", value)
		require.Equal(t, want, SettleRatio(num, den, 1/value, 0.05), "1/%v", value)
	}
	require.Equal(t, 160, SettleRatio(num, den, 1.05, 0.05))
	require.Zero(t, SettleRatio(num, den, 1, 0.05), "on the threshold")
}

func TestSettleProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		success, total := seedCounts(t, 1)
		value := rapid.Float64Range(0, 1).Draw(t, "value")
		n := SettleProportion(success, total, value, 0.05, 20)
		require.Contains(t, append(Looks(), 0), n)
		if n > 0 {
			require.Greater(t, n, newTally(success, total).seeds-1)
		}
		if p := Proportion(success, total, 0.05, 20); p.Known && p.Value == value {
			require.Zero(t, n)
		}
	})
}
