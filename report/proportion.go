package report

import (
	"fmt"
	"math"
)

// Interval is an estimate with its confidence interval. No field is ever NaN.
type Interval struct {
	Value     float64
	Low, High float64 // meaningful only if Bounded; ±Inf: that side is not bounded by so few seeds
	Known     bool    // there is a value: something was measured
	Bounded   bool    // there is an interval: at least two seeds measured something
	Seeds     int     // seeds that measured something
	Dropped   int     // seeds that had nothing to measure, and were left out
}

// Proportion is the share of successes, with the interval KG-20 of STATISTICS §1: Korn and Graubard's Clopper-Pearson
// interval on an effective sample size, with the seed as the unit, and at most perSeed effective tasks a seed on the
// limit that faces 1/2.
//
// success[s] of total[s] is what seed s counted, 0 ≤ success[s] ≤ total[s] (it panics otherwise: the caller's counting
// is broken). Seeds with a total of 0 are dropped and counted. alpha is the error of both sides together (0.05), perSeed
// is 1/max_hidden_loss (20), greater than 0. One seed gives a value without an interval, none gives nothing.
func Proportion(success, total []int64, alpha, perSeed float64) Interval {
	t := newTally(success, total)
	i := Interval{Seeds: t.seeds, Dropped: t.dropped}
	if t.seeds == 0 {
		return i
	}
	i.Known, i.Value = true, t.share()
	if t.seeds > 1 {
		i.Bounded = true
		i.Low, i.High = t.effective(1).limits(i.Value, t.seeds, alpha, perSeed)
	}
	return i
}

// tally is what the limits of a proportion depend on.
type tally struct {
	seeds, dropped int
	success, total int64
	variance       float64 // of the share, from the variation between seeds; exactly 0 if all seeds have the same share
}

func newTally(success, total []int64) tally {
	var t tally
	for s, m := range total {
		c := success[s]
		switch {
		case c < 0 || c > m:
			panic(fmt.Sprintf("report: %d successes of %d", c, m))
		case m == 0:
			t.dropped++
		default:
			t.seeds++
			t.success += c
			t.total += m
		}
	}
	if t.seeds < 2 {
		return t
	}
	sum, all := 0.0, float64(t.total)
	for s, m := range total {
		u := crossDifference(t.total, success[s], t.success, m) / all / all // (c − p·m) / N
		sum += float64(u * u)
	}
	n := float64(t.seeds)
	t.variance = n / (n - 1) * sum
	return t
}

// crossDifference is a·b − c·d for factors from 0 to 2^53. Seeds with equal shares come out as exactly 0, not as 1e-17
// apart, or their variance would be read as a measured one: equal products round alike, and the conversions keep the
// compiler from fusing a product with the subtraction.
func crossDifference(a, b, c, d int64) float64 {
	return float64(float64(a)*float64(b)) - float64(float64(c)*float64(d))
}

func (t tally) share() float64 { return float64(t.success) / float64(t.total) }

// size is a sample's size in tasks: all of them, and as many as independent ones would be worth (before the correction
// for the number of seeds; +Inf if the seeds show no variation at all).
type size struct{ all, worth float64 }

// effective is the size of a sample with times as many seeds that vary as these do.
func (t tally) effective(times float64) size {
	z := size{all: float64(t.total) * times, worth: math.Inf(1)}
	if t.variance > 0 {
		p := t.share()
		z.worth = p * (1 - p) / t.variance * times
	}
	return z
}

// limits are the two ends of the interval around the share p of n ≥ 2 seeds.
//
// An event that no seed has shown yet pulls the truth towards 1/2, so the limit on that side gets no more than perSeed
// tasks for each seed. At exactly 1/2 both sides face it.
func (z size) limits(p float64, n int, alpha, perSeed float64) (low, high float64) {
	upper := 1 - float64(alpha/2)
	shrink := normalQuantile(upper) / studentQuantile(upper, n)
	free := min(z.all, float64(z.worth*shrink*shrink))
	capped := min(free, perSeed*float64(n))
	lowSize, highSize := free, free
	if p >= 0.5 {
		lowSize = capped
	}
	if p <= 0.5 {
		highSize = capped
	}
	return clopperPearsonLow(p, lowSize, alpha), 1 - clopperPearsonLow(1-p, highSize, alpha)
}

// clopperPearsonLow is the lower limit for a share p of k tasks; k need not be whole.
func clopperPearsonLow(p, k, alpha float64) float64 {
	if p <= 0 {
		return 0
	}
	if p >= 1 { // closed form: exact for any k
		return math.Pow(alpha/2, 1/k)
	}
	low := betaQuantile(alpha/2, p*k, k-float64(p*k)+1)
	if !(low > 0) { // also where the inversion gives up: so few tasks bound nothing
		return 0
	}
	return min(low, p)
}
