package report

import (
	"math"
	"slices"
	"sort"
)

// Counts is a distribution of whole numbers as the statistics need it. A histogram of sorted (highest value, count)
// buckets meets it.
//
// An observation counts as the highest value of its bucket, in AtMost, in Bounds and in the quantiles printed from them:
// the verdict and the number beside it agree, and a gate `<=` is strict by less than the width of one bucket.
type Counts interface {
	Total() int64         // observations
	AtMost(x int64) int64 // observations in buckets whose highest value is at most x
	Bounds() []int64      // the highest values of the buckets that are not empty, rising
}

// Quantile is the tau-quantile of what all seeds observed together, with the interval by inversion of [Proportion]
// (STATISTICS §3), in the unit of the histograms. 0 < tau < 1; there is one histogram for each seed, and seeds without
// observations are dropped.
//
// A side that so few seeds do not bound is infinite: below 19 seeds nothing bounds a p99 from above.
//
// The interval is for display. It is found by bisection between bucket bounds, and since the effective sample size moves
// with x, it can differ by a bucket from the verdict, which is taken at the gate's own x.
func Quantile(h []Counts, tau, alpha, perSeed float64) Interval {
	bounds := mergedBounds(h)
	at := func(x int64) Interval {
		below, total := atMost(h, x)
		return Proportion(below, total, alpha, perSeed)
	}
	if len(bounds) == 0 {
		return Interval{Dropped: len(h)}
	}
	last := len(bounds) - 1
	mid := sort.Search(last, func(i int) bool { return at(bounds[i]).Value >= tau })
	i := at(bounds[mid])
	bounded := i.Bounded
	i = Interval{Value: float64(bounds[mid]), Known: true, Bounded: bounded, Seeds: i.Seeds, Dropped: i.Dropped}
	if !bounded {
		return i
	}
	i.Low, i.High = math.Inf(-1), math.Inf(1)
	if at(math.MinInt64).High < tau {
		i.Low = float64(bounds[sort.Search(mid, func(j int) bool { return at(bounds[j]).High >= tau })])
	}
	if at(bounds[last]).Low > tau {
		i.High = float64(bounds[mid+sort.Search(last-mid, func(j int) bool { return at(bounds[mid+j]).Low > tau })])
	}
	return i
}

// mergedBounds are the bounds of all seeds' buckets, rising.
func mergedBounds(h []Counts) []int64 {
	var all []int64
	for _, c := range h {
		all = append(all, c.Bounds()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// atMost counts in each seed the observations up to x, and all of them.
func atMost(h []Counts, x int64) (below, total []int64) {
	below, total = make([]int64, len(h)), make([]int64, len(h))
	for s, c := range h {
		below[s], total[s] = c.AtMost(x), c.Total()
	}
	return below, total
}
