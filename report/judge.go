package report

import (
	"fmt"
	"math"
	"strings"
)

// Options are how strictly gates are judged. The zero value is the default.
type Options struct {
	Alpha   float64 // error of both sides together; 0: 0.05. Under several looks at growing data, their share of it
	PerSeed float64 // 1/max_hidden_loss, effective tasks a seed; 0: 20, that is 5 %
	Unfired string  // a fault of the scenario that never fired in the arm though it could: nothing can pass; "": none
}

func (o Options) orDefault() Options {
	if o.Alpha == 0 {
		o.Alpha = 0.05
	}
	if o.PerSeed == 0 {
		o.PerSeed = 20
	}
	return o
}

// Sample is what was measured for one gate: one group of fields is filled in, and its slices run along Seeds. None
// filled in: nothing was measured, and Note says why.
type Sample struct {
	Seeds []uint64
	Unit  float64 // how many units of Hists are one of the gate's VALUE: 1e6 for microseconds; 0: 1
	Note  string  // for no data: "no fault of the scenario ends"

	Success, Total []int64   // a share: successes of total
	Num, Den       []float64 // a ratio of sums or a mean, in the gate's unit
	Count          []int64   // an exact count; with Total, of how many: none at all is no data
	Hists          []Counts  // a quantile of these
	Max            []float64 // the exact maximum in each seed, in the gate's unit; NaN: nothing measured
	PerSeed        []float64 // an exact value in each seed that must hold in each; +Inf: never; NaN: nothing measured
}

// Result is what a gate came to. Numbers are in the gate's unit, none is NaN, infinite ones are said to be.
type Result struct {
	Gate     Gate
	Verdict  Verdict
	Interval Interval // for PerSeed the median, for Count the sum, for Max the maximum: exact, without an interval
	Seeds    int      // that measured something
	Settle   int      // seeds that would settle it; those there are, if it is settled; 0: more than 640, or nothing to go by
	WorstAt  int      // place in Sample.Seeds of the seed that speaks most against the gate; -1: none
	Worst    float64  // PerSeed and Max: the largest value; +Inf: never
	Never    int      // PerSeed: seeds in which it never came
	SpreadAt int      // Num/Den: place of the one seed that carries more than half of the variation; -1: none does
	Spread   float64  // its part of the variation, 0 to 1
	Unfired  bool     // it cannot pass because a fault never fired, however many seeds there are
	Why      string   // one line, where the verdict needs one
	seeds    []uint64
}

// WorstSeed is the seed that speaks most against the gate; false: there is none.
func (r Result) WorstSeed() (uint64, bool) { return r.seedAt(r.WorstAt) }

// SpreadSeed is the seed that carries more than half of the variation; false: none does.
func (r Result) SpreadSeed() (uint64, bool) { return r.seedAt(r.SpreadAt) }

func (r Result) seedAt(i int) (uint64, bool) {
	if i < 0 || i >= len(r.seeds) {
		return 0, false
	}
	return r.seeds[i], true
}

// Judge decides a gate (CONTRACT §3).
//
// Pass and Fail when the interval lies on one side of the value, Inconclusive when it straddles it or there is only one
// seed, NoData when nothing was measured. What is measured exactly is decided in both directions, by one seed too: a
// count is compared as the sum over the arm's seeds, for every operator; the maximum over all seeds; and a PerSeed
// value must hold in every seed. A quantile is judged as the share of observations at most x, at the gate's own x, not
// by the interval that is shown.
//
// If a fault never fired, what would pass is Inconclusive, but for the gate that asks how often it did. What fails without the
// fault fails.
func Judge(g Gate, s Sample, o Options) Result {
	o = o.orDefault()
	r := Result{Gate: g, WorstAt: -1, SpreadAt: -1, seeds: s.Seeds}
	switch {
	case s.Hists != nil:
		r.quantile(s, o)
	case s.Count != nil:
		r.count(s)
	case s.Total != nil:
		r.proportion(s, o)
	case s.Den != nil:
		r.ratio(s, o)
	case s.Max != nil:
		r.max(s)
	case s.PerSeed != nil:
		r.perSeed(s)
	}
	r.Seeds = r.Interval.Seeds
	r.explain(s, o)
	return r
}

func (r *Result) proportion(s Sample, o Options) {
	g := r.Gate
	r.Interval = Proportion(s.Success, s.Total, o.Alpha, o.PerSeed)
	r.Verdict = against(g.Op, g.Value, r.Interval)
	r.WorstAt = worstShare(s.Success, s.Total, g.Op.wantsLess())
	if r.Verdict == Inconclusive {
		r.Settle = SettleProportion(s.Success, s.Total, g.Value, o.Alpha, o.PerSeed)
	}
}

func (r *Result) ratio(s Sample, o Options) {
	g := r.Gate
	r.Interval = Ratio(s.Num, s.Den, o.Alpha)
	r.Verdict = against(g.Op, g.Value, r.Interval)
	worst := math.Inf(-1)
	for i, den := range s.Den {
		if s.Num[i] == 0 && den == 0 {
			continue
		}
		v := s.Num[i] / den // +Inf where a seed paid for nothing
		if !g.Op.wantsLess() {
			v = -v
		}
		if v > worst {
			worst, r.WorstAt = v, i
		}
	}
	if r.Verdict == Inconclusive {
		r.Settle = SettleRatio(s.Num, s.Den, g.Value, o.Alpha)
	}
	if at, part := Spread(s.Num, s.Den); part > 0.5+1e-9 { // of two seeds each carries one half
		r.SpreadAt, r.Spread = at, part
	}
}

// quantile turns the gate round: p95 <= x is share(at most x) >= 95 %, p95 >= x is share(below x) < 95 %.
func (r *Result) quantile(s Sample, o Options) {
	tau, ok := r.Gate.Tau()
	if !ok {
		r.Verdict = NoData
		return
	}
	unit := s.Unit
	if unit == 0 {
		unit = 1
	}
	x, exact := wholeUnits(float64(r.Gate.Value * unit))
	op := AtLeast
	if !r.Gate.Op.wantsLess() {
		op = Below
	}
	if exact && (r.Gate.Op == Below || r.Gate.Op == AtLeast) {
		x--
	}
	below, total := atMost(s.Hists, x)
	r.Verdict = against(op, tau, Proportion(below, total, o.Alpha, o.PerSeed))
	r.WorstAt = worstShare(below, total, op.wantsLess())
	if r.Verdict == Inconclusive {
		r.Settle = SettleProportion(below, total, tau, o.Alpha, o.PerSeed)
	}
	r.Interval = Quantile(s.Hists, tau, o.Alpha, o.PerSeed)
	r.Interval.Value /= unit
	r.Interval.Low /= unit
	r.Interval.High /= unit
}

// wholeUnits is the whole number of units in y, and whether y is that number but for rounding.
func wholeUnits(y float64) (x int64, exact bool) {
	if y >= math.MaxInt64 {
		return math.MaxInt64, false
	}
	if n := math.Round(y); math.Abs(y-n) <= float64(1e-9*math.Abs(y)) {
		return int64(n), true
	}
	return int64(math.Floor(y)), false
}

func (r *Result) count(s Sample) {
	sum, of, least, most := int64(0), int64(0), 0, 0
	for i, c := range s.Count {
		sum += c
		if s.Total != nil {
			of += s.Total[i]
		}
		if c < s.Count[least] {
			least = i
		}
		if c > s.Count[most] {
			most = i
		}
	}
	if len(s.Count) == 0 || s.Total != nil && of == 0 {
		r.Verdict = NoData
		return
	}
	if r.WorstAt = most; !r.Gate.Op.wantsLess() {
		r.WorstAt = least
	}
	r.exact(float64(sum), len(s.Count), 0, r.Gate.Op.holds(float64(sum), r.Gate.Value))
	if sum == 0 && r.Verdict == Pass {
		r.Why = fmt.Sprintf("none in %d %s", len(s.Count), plural(len(s.Count), "seed"))
	}
}

func (r *Result) max(s Sample) {
	_, worst, n, _ := Extremes(s.Max)
	if n == 0 {
		r.Verdict = NoData
		return
	}
	r.Worst, r.WorstAt = worst, worstValue(s.Max, true)
	r.exact(worst, n, len(s.Max)-n, r.Gate.Op.holds(worst, r.Gate.Value))
}

func (r *Result) perSeed(s Sample) {
	median, worst, n, never := Extremes(s.PerSeed)
	if n == 0 {
		r.Verdict = NoData
		return
	}
	holds := true
	for _, v := range s.PerSeed {
		holds = holds && (math.IsNaN(v) || r.Gate.Op.holds(v, r.Gate.Value))
	}
	r.Worst, r.Never, r.WorstAt = worst, never, worstValue(s.PerSeed, r.Gate.Op.wantsLess())
	r.exact(median, n, len(s.PerSeed)-n, holds)
}

// exact is the result of what needs no interval.
func (r *Result) exact(value float64, seeds, dropped int, holds bool) {
	r.Interval = Interval{Value: value, Known: true, Seeds: seeds, Dropped: dropped}
	r.Verdict = Fail
	if holds {
		r.Verdict = Pass
	}
}

// worstShare is the place of the lowest share, or of the highest; -1: no seed has one. The first of equal ones.
func worstShare(success, total []int64, highest bool) int {
	at := -1
	for s, m := range total {
		if m == 0 {
			continue
		}
		if at >= 0 {
			d := crossDifference(success[s], total[at], success[at], m)
			if highest && d <= 0 || !highest && d >= 0 {
				continue
			}
		}
		at = s
	}
	return at
}

// worstValue is the place of the largest value, or of the least; -1: none is known.
func worstValue(values []float64, largest bool) int {
	at := -1
	for i, v := range values {
		if !math.IsNaN(v) && (at < 0 || largest && v > values[at] || !largest && v < values[at]) {
			at = i
		}
	}
	return at
}

// explain fills in Settle and Why, and lets a fault that never fired override a Pass.
func (r *Result) explain(s Sample, o Options) {
	if r.Verdict == None {
		r.Verdict = NoData
	}
	asksIt := r.Gate.Metric == "fired" && strings.HasPrefix(o.Unfired+" ", r.Gate.Arg+" ") // its name, or its kind alone
	if o.Unfired != "" && !asksIt && (r.Verdict == Pass || r.Verdict == Inconclusive) {
		r.Verdict, r.Unfired = Inconclusive, true
	}
	switch {
	case r.Unfired:
		r.Settle, r.Why = 0, o.Unfired+" never fired"
	case r.Verdict == NoData && s.Note != "":
		r.Why = s.Note
	case r.Verdict == NoData:
		r.Why = "nothing was measured"
	case r.Verdict != Inconclusive:
		r.Settle = r.Seeds
	case !r.Interval.Bounded:
		r.Why = "one seed gives no interval"
	case r.Settle == 0 && !attainable(r.Gate, o):
		r.Why = "no number of seeds can show it"
	case r.Settle == 0:
		r.Why = "more than 640 seeds: the metric sits on the threshold"
	}
	if r.Never > 0 && !r.Unfired {
		r.Why = fmt.Sprintf("never in %d %s", r.Never, plural(r.Never, "seed"))
	}
	if d := r.Interval.Dropped; d > 0 && r.Verdict != NoData {
		if r.Why != "" {
			r.Why += "; "
		}
		r.Why += fmt.Sprintf("%d %s had nothing to measure", d, plural(d, "seed"))
	}
}

// attainable reports whether any number of seeds can pass the gate.
func attainable(g Gate, o Options) bool {
	_, need := Decidable(g, 0, o)
	return need > 0
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
