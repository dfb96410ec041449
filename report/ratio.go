package report

import "math"

// Ratio is Σnum/Σden with the linearised t interval on the log scale (STATISTICS §2): for ratios of sums and for means
// of what is not negative. num[s] and den[s] are the sums of seed s, den[s] ≥ 0.
//
// Seeds where both are 0 had nothing to measure and are dropped; a seed with a cost and nothing to show for it stays.
// Nothing in any denominator: not known. One seed: a value without an interval. If all seeds have the same ratio, 0
// too, the interval is that one point: max_hidden_loss does not protect these metrics, and nothing here can tell what
// has not occurred. The upper limit is +Inf where two wild seeds overflow it.
func Ratio(num, den []float64, alpha float64) Interval {
	r := newRatios(num, den)
	i := Interval{Seeds: r.seeds, Dropped: r.dropped}
	if r.den <= 0 {
		i.Seeds = 0
		return i
	}
	i.Known, i.Value = true, r.value()
	if r.seeds < 2 {
		return i
	}
	i.Bounded, i.Low, i.High = true, i.Value, i.Value
	if se := math.Sqrt(r.variance); se > 0 {
		f := math.Exp(studentQuantile(1-float64(alpha/2), r.seeds) * se / i.Value)
		i.Low, i.High = i.Value/f, i.Value*f
	}
	return i
}

// ratios is what the interval of a ratio depends on.
type ratios struct {
	seeds, dropped int
	num, den       float64
	variance       float64
}

func (r ratios) value() float64 { return r.num / r.den }

func newRatios(num, den []float64) ratios {
	var r ratios
	for s := range den {
		if num[s] == 0 && den[s] == 0 {
			r.dropped++
			continue
		}
		r.seeds++
		r.num += num[s]
		r.den += den[s]
	}
	if r.seeds < 2 || r.den <= 0 {
		return r
	}
	sum := 0.0
	for s := range den {
		u := r.residual(num[s], den[s]) / r.den
		sum += float64(u * u)
	}
	n := float64(r.seeds)
	r.variance = n / (n - 1) * sum
	return r
}

// residual is by how much a seed's numerator exceeds what the common ratio would give it. What is left of equal ratios
// by rounding is no difference.
func (r ratios) residual(num, den float64) float64 {
	fair := float64(r.value() * den)
	if u := num - fair; math.Abs(u) > 1e-12*math.Max(num, fair) {
		return u
	}
	return 0
}

// Spread finds the seed that carries most of the variation between the seeds of a ratio: its place and its part, 0 to 1.
// More than half is worth a warning: "seed 17 carries 83 % of the spread". No variation: -1 and 0.
func Spread(num, den []float64) (at int, part float64) {
	r, at := newRatios(num, den), -1
	if r.variance == 0 {
		return -1, 0
	}
	largest, sum := 0.0, 0.0
	for s := range den {
		u := r.residual(num[s], den[s]) / r.den
		square := float64(u * u)
		if sum += square; square > largest {
			largest, at = square, s
		}
	}
	return at, largest / sum
}
