package report

import (
	"math"
	"slices"
)

// Unexcluded is the largest share of worlds in which an event may occur and still be missing from n seeds, at 95 %:
// 14 % at 20. It belongs beside every pass. No seeds exclude nothing: 1.
func Unexcluded(n int) float64 {
	if n <= 0 {
		return 1
	}
	return 1 - math.Pow(0.05, 1/float64(n))
}

// Extremes sums up exact values, one for each seed: the median and the largest, how many there are, and how many of
// them never came (+Inf). NaN is a seed that measured nothing. The median of an even number is the mean of the middle
// two, and +Inf if the upper of them is.
func Extremes(values []float64) (median, worst float64, seeds, never int) {
	var known []float64
	for _, v := range values {
		if math.IsInf(v, 1) {
			never++
		}
		if !math.IsNaN(v) {
			known = append(known, v)
		}
	}
	slices.Sort(known)
	n := len(known)
	if n == 0 {
		return 0, 0, 0, 0
	}
	median = known[n/2]
	if n%2 == 0 && !math.IsInf(median, 1) {
		median = float64(known[n/2-1]/2) + float64(median/2)
	}
	return median, known[n-1], n, never
}
