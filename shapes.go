package agentchaos

import (
	"math"
	"math/bits"
	"sync"
)

// Shape is a distribution with a long tail as an integer table, for gaps and bursts: [Exponential] or [Gamma]. Drawing is
// two loads and integer arithmetic, the same on every processor. The zero value is always 0.
//
// The table holds quantiles at the ends of cells that get finer towards both tails: every octave of the distance of u from
// its nearer end is cut into 32 cells, linear inside.
type Shape struct {
	mean  uint64
	table *shapeTable
}

const (
	cellBits  = 5
	octaves   = 63
	halfCells = octaves << cellBits // cells of one half of the distribution; the last one ends at its median
	unit      = 1 << 32             // a mean of one
)

// shapeTable is a distribution of mean one: the half below the median and the one above. Cell i of a half begins at the tail
// probability tail(i).
type shapeTable [2][halfCells + 1]uint64

// tail is 2^(octave-64)·(1+cell/32): 1/2 for the last point.
func tail(i int) float64 {
	return math.Ldexp(float64(int(1)<<cellBits+i&(1<<cellBits-1)), i>>cellBits-64-cellBits)
}

// Value is the draw that u, uniform over 64 bits, stands for; it does not fall as u rises.
func (s Shape) Value(u uint64) int64 {
	if s.table == nil {
		return int64(s.mean)
	}
	up := uint64(int64(u) >> 63) // all ones in the upper half, where quantiles fall towards the median: no branch to mispredict
	v := u ^ up
	v |= (v - 1) >> 63 // 0 is taken as 1
	zeros := bits.LeadingZeros64(v)
	x := v << (zeros + 1) // without its leading one: the cell, then the place in it
	half := &s.table[up&1]
	i := (octaves-zeros)<<cellBits | int(x>>(64-cellBits))
	a := half[i]
	in, _ := bits.Mul64((half[i+1]-a)^up-up, x<<cellBits)
	y := a + (in ^ up - up)
	hi, lo := bits.Mul64(y, s.mean)
	if hi >= unit/2 {
		return math.MaxInt64
	}
	return int64(hi<<32 | lo>>32)
}

// Quantiles is the shape as a latency.
func (s Shape) Quantiles() Quantiles { return Quantiles{shape: s} }

// Exponential is the exponential distribution of that mean, which is not negative.
func Exponential(mean int64) Shape { return Gamma(mean, 1) }

// Gamma is the gamma distribution of that mean, which is not negative, and coefficient of variation: 1 is exponential, 0 is
// constant. Otherwise the coefficient is taken to be between 1% and 30.
func Gamma(mean int64, cv float64) Shape {
	s := Shape{mean: uint64(max(mean, 0))}
	if cv > 0 {
		s.table = tables.of(min(max(cv, .01), 30))
	}
	return s
}

// tables keeps what has been computed: a table takes some milliseconds and 32 KB.
var tables = tableCache{known: map[float64]*shapeTable{}}

type tableCache struct {
	mu    sync.Mutex
	known map[float64]*shapeTable
}

func (c *tableCache) of(cv float64) *shapeTable {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.known[cv]
	if t == nil {
		t = newShapeTable(cv)
		c.known[cv] = t
	}
	return t
}

// newShapeTable computes quantiles in floating point and rounds them once. They are then scaled so that the mean of the
// linear pieces, not only of the true curve, is one.
func newShapeTable(cv float64) *shapeTable {
	var lower, upper [halfCells + 1]float64
	if cv == 1 {
		for i := range lower {
			lower[i], upper[i] = -log1mPortable(tail(i)), -lnPortable(tail(i))
		}
	} else {
		g := newGammaLaw(1 / float64(cv*cv))
		g.fill(lower[:], g.lower)
		g.fill(upper[:], g.upper)
	}
	mean := float64(float64(lower[0]+upper[0]) * tail(0))
	for i := range halfCells {
		width := tail(i+1) - tail(i)
		mean += float64(float64(lower[i]+lower[i+1]+upper[i]+upper[i+1]) / 2 * width)
	}
	t := new(shapeTable)
	for i := range lower {
		t[0][i] = uint64(float64(lower[i]/mean*unit) + .5)
		t[1][i] = uint64(float64(upper[i]/mean*unit) + .5)
	}
	return t
}
