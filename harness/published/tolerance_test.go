package published_test

import (
	"fmt"
	"math"
	"testing"
)

// sample is one figure of several independent runs, clients or tasks.
type sample []float64

func (s sample) mean() float64 {
	sum := 0.0
	for _, x := range s {
		sum += x
	}
	return sum / float64(len(s))
}

// sd is the standard deviation of one of them.
func (s sample) sd() float64 {
	mean, sum := s.mean(), 0.0
	for _, x := range s {
		sum += float64((x - mean) * (x - mean))
	}
	return math.Sqrt(sum / float64(len(s)-1))
}

// sampled claims that a figure of some luck is the published one. The tolerance is three standard errors of what luck makes
// of the difference, and half of the last decimal that was published.
func (b *board) sampled(what, unit string, decimals int, published, measured, se float64) {
	b.t.Helper()
	tolerance := float64(3*se) + math.Pow10(-decimals)/2
	show := func(x float64, decimals int) string { return fmt.Sprintf("%.*f%s", decimals, x, unit) }
	b.add(claim{
		what: what, published: show(published, decimals), measured: show(measured, decimals+1),
		tolerance: "± " + show(tolerance, decimals+1), holds: math.Abs(measured-published) <= tolerance,
	})
}

// binomialError is the standard error of a share p of n.
func binomialError(p float64, n int) float64 { return math.Sqrt(float64(p*(1-p)) / float64(n)) }

// power is x^n, the same on every processor.
func power(x float64, n int) float64 {
	y := 1.0
	for range n {
		y = float64(y * x)
	}
	return y
}

// sized is the length of a run: of full, with -short a fortieth, and the tolerances are wider by that.
func sized(full int) int {
	if testing.Short() {
		return full / 40
	}
	return full
}
