package agentchaos

import (
	"fmt"
	"math"
	"math/bits"
)

// Point is one row of a quantile table: a share P of all draws is at most Value.
type Point struct {
	P     float64 // 0 to 1
	Value int64
}

// Quantiles is a distribution as an integer quantile table, linear between its points: the form vendors publish, and
// bit-identical on every processor. It is also what a latency is: [Shape.Quantiles] is a Shape, of which the table has
// thousands of points, as one. The zero value is always 0.
type Quantiles struct {
	cut   []uint64 // the points' probabilities, as 32-bit fractions
	value []int64  // empty: those of shape
	inv   []uint64 // 2^64 / (cut[i+1] - cut[i]): a division saved per draw
	shape Shape
}

// Constant is a distribution of one value.
func Constant(v int64) Quantiles { return Quantiles{value: []int64{v}} }

// NewQuantiles makes a table of points in rising order of P, which begins at 0 and ends at 1, with values that do not fall.
func NewQuantiles(points ...Point) (Quantiles, error) {
	var q Quantiles
	n := len(points)
	if n < 2 || points[0].P != 0 || points[n-1].P != 1 {
		return q, fmt.Errorf("a quantile table begins at 0 and ends at 1")
	}
	for i, p := range points {
		c := uint64(float64(p.P * (1 << 32)))
		if i > 0 {
			if p.Value < points[i-1].Value {
				return q, fmt.Errorf("the value at %v (%d) is below the one at %v (%d)", p.P, p.Value, points[i-1].P, points[i-1].Value)
			}
			if c <= q.cut[i-1] {
				return q, fmt.Errorf("quantile %v does not come after %v", p.P, points[i-1].P)
			}
			q.inv = append(q.inv, ^uint64(0)/(c-q.cut[i-1]))
		}
		q.cut, q.value = append(q.cut, c), append(q.value, p.Value)
	}
	return q, nil
}

// Zero reports whether every draw is 0.
func (q *Quantiles) Zero() bool { return q.Max() == 0 }

// Max is the largest value there is.
func (q *Quantiles) Max() int64 {
	if n := len(q.value); n > 0 {
		return q.value[n-1]
	}
	return q.shape.Value(math.MaxUint64)
}

// Value is the draw that u, uniform over 64 bits, stands for.
func (q *Quantiles) Value(u uint64) int64 {
	switch len(q.value) {
	case 0:
		return q.shape.Value(u)
	case 1:
		return q.value[0]
	}
	u >>= 32
	i := 0
	for u >= q.cut[i+1] {
		i++
	}
	hi, _ := bits.Mul64(uint64(q.value[i+1]-q.value[i]), (u-q.cut[i])*q.inv[i])
	return q.value[i] + int64(hi)
}

// Fraction is the share u/2^64 of x, for x ≥ 0: an integer draw from [0, x).
func Fraction(x int64, u uint64) int64 {
	hi, _ := bits.Mul64(uint64(x), u)
	return int64(hi)
}

// Chance is a probability as the bound that a uniform 64-bit draw must stay below; it is clamped to [0, 1], and 1 always
// happens.
func Chance(p float64) uint64 {
	switch {
	case !(p > 0):
		return 0
	case p >= 1:
		return ^uint64(0)
	}
	return uint64(float64(p*(1<<63)) * 2)
}
