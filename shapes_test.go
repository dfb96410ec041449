package agentchaos_test

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"testing"

	ac "github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

const second = 1_000_000_000

// moments integrates the quantile function by a midpoint rule that gets finer towards both tails.
func moments(s ac.Shape) (mean, cv float64) {
	var m1, m2 float64
	for octave := 1; octave < 50; octave++ {
		lo := uint64(1) << (63 - octave)
		const cells = 4096
		for c := range uint64(cells) {
			width := math.Ldexp(1, -1-octave) / cells
			u := lo + lo/cells*c + lo/cells/2
			for _, x := range []int64{s.Value(u), s.Value(^u)} {
				m1 += float64(x) * width
				m2 += float64(x) * float64(x) * width
			}
		}
	}
	return m1, math.Sqrt(m2-m1*m1) / m1
}

func TestShapesHaveTheirMomentsAndQuantiles(t *testing.T) {
	for _, cv := range []float64{.05, .2, .5, .9, 1, 1.2, 2, 5} {
		s := ac.Gamma(second, cv)
		if cv == 1 {
			s = ac.Exponential(second)
		}
		mean, got := moments(s)
		require.InEpsilon(t, second, mean, 1e-3, "mean at cv %v", cv)
		require.InEpsilon(t, cv, got, 1e-2, "cv %v", cv)

		k := 1 / (cv * cv)
		g := distuv.Gamma{Alpha: k, Beta: k / second}
		for _, p := range []float64{.01, .1, .3, .5, .7, .9, .99, .999, .9999} {
			want := g.Quantile(p)
			require.InDelta(t, want, s.Value(ac.Chance(p)), 1e-3*want+1e-4*second, "cv %v at %v", cv, p)
		}
	}
}

func TestExponentialIsTheLogarithm(t *testing.T) {
	s := ac.Exponential(second)
	for _, p := range []float64{.01, .05, .25, .5, .75, .9, .99, .999, .9999} {
		require.InEpsilon(t, -math.Log1p(-p)*second, s.Value(ac.Chance(p)), 1e-3, "%v", p)
	}
	require.Zero(t, s.Value(0))
	require.InEpsilon(t, 64*math.Ln2*second, s.Value(math.MaxUint64), 1e-2)
}

func TestShapesOfNothing(t *testing.T) {
	require.Zero(t, ac.Shape{}.Value(1<<63))
	require.EqualValues(t, second, ac.Gamma(second, 0).Value(7))
	require.Zero(t, ac.Exponential(0).Value(math.MaxUint64))
	require.EqualValues(t, math.MaxInt64, ac.Exponential(math.MaxInt64).Value(math.MaxUint64), "no overflow")
}

func TestShapesNeverFall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := ac.Gamma(rapid.Int64Range(0, 1e15).Draw(t, "mean"), rapid.SampledFrom([]float64{0, .1, .7, 1, 1.2, 3}).Draw(t, "cv"))
		u, v := rapid.Uint64().Draw(t, "u"), rapid.Uint64().Draw(t, "v")
		require.LessOrEqual(t, s.Value(min(u, v)), s.Value(max(u, v)))
		require.GreaterOrEqual(t, s.Value(min(u, v)), int64(0))
	})
}

// The same bits on every processor: computed here on whatever runs the test.
func TestShapesAreTheSameEverywhere(t *testing.T) {
	for cv, want := range map[float64]string{0.5: "0b558e1f6c30d47a", 1: "f11d983f4ece514a", 1.2: "12583b423f34c76b", 2: "0d3244622f7e66a5"} {
		h := fnv.New64a()
		s := ac.Gamma(3600*second, cv)
		for i := range uint64(1 << 16) {
			_ = binary.Write(h, binary.LittleEndian, s.Value(ac.Seed(1).Nth(i)))
			_ = binary.Write(h, binary.LittleEndian, s.Value(ac.Seed(1).Nth(i)>>(i%64)))
			_ = binary.Write(h, binary.LittleEndian, s.Value(^(ac.Seed(1).Nth(i) >> (i % 64))))
		}
		require.Equal(t, want, fmt.Sprintf("%016x", h.Sum64()), "cv %v", cv)
	}
}

func BenchmarkShape(b *testing.B) {
	s := ac.Gamma(second, 1.2)
	for i := range b.N {
		sink += uint64(s.Value(ac.Seed(1).Nth(uint64(i))))
	}
}

func BenchmarkShapeTable(b *testing.B) {
	for i := range b.N {
		ac.Gamma(second, 1.1+float64(i%1000)*1e-6)
	}
}
