package report_test

import (
	"math"
	"math/rand/v2"

	"github.com/agentchaos/agentchaos"
)

// masterSeed is the luck of all simulated evidence in these tests. It was not chosen: with another one each figure moves by
// what the number of replications leaves it, and no more.
const masterSeed agentchaos.Seed = 1

// stream is the draws of one seed in their order, for generators that want a source.
type stream struct {
	seed agentchaos.Seed
	n    uint64
}

// Uint64 is the next draw.
func (s *stream) Uint64() uint64 {
	s.n++
	return s.seed.Nth(s.n)
}

// luck is a generator of its own for everything that has a name: another world does not reshuffle the others.
func luck(name string) *rand.Rand { return rand.New(&stream{seed: masterSeed.Derive(name)}) }

// binomial draws how many of m independent tries with the probability p happen, by adding up probabilities until they
// exceed a uniform draw: exact, and quick where p is small. m is at most 1000, or 2^-m would underflow.
func binomial(r *rand.Rand, m int64, p float64) int64 {
	if p > 0.5 {
		return m - binomial(r, m, 1-p)
	}
	rest, k := r.Float64(), int64(0)
	for next := math.Pow(1-p, float64(m)); rest >= next && k < m; k++ {
		rest -= next
		next *= float64(m-k) / float64(k+1) * p / (1 - p)
	}
	return k
}
