package published_test

import (
	"math"
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

// gauss draws from the standard normal distribution with whole numbers alone, the same on every processor: von Neumann's
// rejection. Of two exponential draws E and F, E is the absolute value of a normal one if 2F ≥ (E−1)².
type gauss struct {
	seed agentchaos.Seed
	n    uint64 // draws so far
}

// sigma is one standard deviation, as gauss counts. The square of 44 of them, the largest exponential draw, is below 2^63.
const sigma = 1 << 26

var exponential = agentchaos.Exponential(sigma)

func (g *gauss) next() uint64 {
	g.n++
	return g.seed.Nth(g.n)
}

func (g *gauss) draw() int64 {
	for {
		e, f := exponential.Value(g.next()), exponential.Value(g.next())
		if d := e - sigma; 2*f >= d*d/sigma {
			if g.next()>>63 == 1 {
				return -e
			}
			return e
		}
	}
}

// The draws are as many below each bound as the normal distribution says.
func TestGauss(t *testing.T) {
	const n = 200_000
	g := gauss{seed: agentchaos.Seed(7).Derive("gauss")}
	bounds := []float64{-3, -2, -1.5, -1, -.5, 0, .5, 1, 1.5, 2, 3}
	below := make([]float64, len(bounds))
	for range n {
		z := float64(g.draw()) / sigma
		for i, b := range bounds {
			if z <= b {
				below[i]++
			}
		}
	}
	for i, b := range bounds {
		p := math.Erfc(-b/math.Sqrt2) / 2
		require.InDelta(t, p, below[i]/n, 4*math.Sqrt(p*(1-p)/n), "share below %v", b)
	}
}
