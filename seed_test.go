package agentchaos_test

import (
	"math"
	"testing"

	ac "github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The draws of real identities must look like luck: 1,000 cells of the top and of the bottom bits.
func TestDrawsAreUniform(t *testing.T) {
	const cells, n = 1000, 256_000
	for seed := range ac.Seed(5) {
		s := seed.Derive("latency").Derive("openai/gpt-4o")
		var top, bottom [cells]float64
		for i := range n {
			u := s.At(ac.ID{Task: uint32(i / 32), Step: uint16(i / 4 % 8), Attempt: uint8(1 + i/2%2), Copy: uint8(i % 2)})
			top[u>>32*cells>>32]++
			bottom[u%cells]++
		}
		for _, counts := range [][cells]float64{top, bottom} {
			chi := 0.0
			for _, c := range counts {
				chi += (c - n/cells) * (c - n/cells) / (n / cells)
			}
			require.Less(t, math.Abs(chi-(cells-1))/math.Sqrt(2*(cells-1)), 4.0)
		}
	}
}

// Neighbours in any coordinate, another stream and another seed are unrelated.
func TestDrawsAreUncorrelated(t *testing.T) {
	const n = 50_000
	s := ac.Seed(1).Derive("a")
	for name, other := range map[string]func(ac.ID) uint64{
		"task":    func(id ac.ID) uint64 { id.Task++; return s.At(id) },
		"step":    func(id ac.ID) uint64 { id.Step++; return s.At(id) },
		"attempt": func(id ac.ID) uint64 { id.Attempt++; return s.At(id) },
		"copy":    func(id ac.ID) uint64 { id.Copy++; return s.At(id) },
		"stream":  ac.Seed(1).Derive("b").At,
		"seed":    ac.Seed(2).Derive("a").At,
	} {
		sum := 0.0
		for i := range n {
			id := ac.ID{Task: uint32(i / 4), Step: uint16(i % 4), Attempt: 1}
			sum += (float64(s.At(id))/(1<<64) - .5) * (float64(other(id))/(1<<64) - .5) * 12
		}
		require.Less(t, math.Abs(sum/math.Sqrt(n)), 4.0, name)
	}
}

func TestDrawIsAPureFunctionOfWhoDraws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Custom(func(t *rapid.T) ac.ID {
			return ac.ID{Task: rapid.Uint32().Draw(t, "task"), Step: rapid.Uint16().Draw(t, "step"),
				Attempt: rapid.Uint8().Draw(t, "attempt"), Copy: rapid.Uint8().Draw(t, "copy")}
		})
		s := ac.Seed(rapid.Uint64().Draw(t, "seed"))
		a, b := id.Draw(t, "a"), id.Draw(t, "b")
		require.Equal(t, a == b, s.At(a) == s.At(b)) // mix is a bijection and the key injective: no collisions at all
	})
}

func BenchmarkDraw(b *testing.B) {
	s := ac.Seed(1).Derive("x")
	var sum uint64
	for i := range b.N {
		sum += s.At(ac.ID{Task: uint32(i), Step: 1, Attempt: 1})
	}
	sink = sum
}

var sink uint64
