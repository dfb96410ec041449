package report

import (
	"math"
	"slices"
	"time"
)

// Arm is a scenario under a policy, over all its seeds.
type Arm struct {
	Scenario, Policy string
	Cells            []Cell // sorted by seed
	Total            Numbers
	Metrics          []Metric // all of them, in the order of [Metrics]
	Breakers         []string // targets whose breaker opened in any seed, sorted
}

// Metric is a measured value of an arm.
type Metric struct {
	Name     string
	Unit     Unit
	Interval Interval
	Worst    float64 // of recovery_time: the worst seed's
	Never    int     // of recovery_time: seeds in which it did not come
}

// NewArm makes an arm of its cells, in any order, and computes its metrics.
func NewArm(scenario, policy string, cells []Cell, o Options) Arm {
	a := Arm{Scenario: scenario, Policy: policy, Cells: slices.Clone(cells)}
	slices.SortStableFunc(a.Cells, func(x, y Cell) int {
		switch {
		case x.Seed < y.Seed:
			return -1
		case x.Seed > y.Seed:
			return 1
		}
		return 0
	})
	for i := range a.Cells {
		a.Total = a.Total.Merge(a.Cells[i].Numbers)
		a.Breakers = append(a.Breakers, a.Cells[i].Breakers...)
	}
	slices.Sort(a.Breakers)
	a.Breakers = slices.Compact(a.Breakers)
	o = o.orDefault()
	for _, info := range metricTable {
		if plainMetric(info) {
			a.Metrics = append(a.Metrics, a.measure(info, o))
		}
	}
	return a
}

// plainMetric reports whether the metric needs no argument: those stand in every result.
func plainMetric(info MetricInfo) bool { return info.Arg == "" && info.Name != "pass^K" }

func (a *Arm) measure(info MetricInfo, o Options) Metric {
	m := Metric{Name: info.Name, Unit: info.Unit}
	m.Interval, m.Worst, m.Never = a.Measure(Gate{Metric: info.Name}, o)
	return m
}

// Metric is the measured value of that name; the zero Metric if there is none.
func (a *Arm) Metric(name string) Metric {
	for _, m := range a.Metrics {
		if m.Name == name {
			return m
		}
	}
	return Metric{Name: name}
}

// Measure is the left side of a gate, measured in its unit: [Judge] without the judgement. worst and never are of what
// is measured once for each seed.
func (a *Arm) Measure(g Gate, o Options) (i Interval, worst float64, never int) {
	o = o.orDefault()
	s := a.Sample(g)
	switch {
	case s.Hists != nil:
		tau, _ := g.Tau()
		i = Quantile(s.Hists, tau, o.Alpha, o.PerSeed)
		i.Value, i.Low, i.High = i.Value/s.Unit, i.Low/s.Unit, i.High/s.Unit
	case s.Count != nil:
		sum, of := int64(0), int64(0)
		for n := range s.Count {
			sum, of = sum+s.Count[n], of+s.Total[n]
		}
		i = Interval{Value: float64(sum), Known: of > 0, Seeds: len(s.Count)}
	case s.Total != nil:
		i = Proportion(s.Success, s.Total, o.Alpha, o.PerSeed)
	case s.Den != nil:
		i = Ratio(s.Num, s.Den, o.Alpha)
	case s.Max != nil:
		_, most, n, _ := Extremes(s.Max)
		i = Interval{Value: most, Known: n > 0, Seeds: n}
	case s.PerSeed != nil:
		median, most, n, missing := Extremes(s.PerSeed)
		i = Interval{Value: median, Known: n > 0, Seeds: n, Dropped: len(s.PerSeed) - n}
		worst, never = most, missing
	}
	return i, worst, never
}

// Seeds are the seeds of the arm, rising.
func (a *Arm) Seeds() []uint64 {
	s := make([]uint64, len(a.Cells))
	for i := range s {
		s[i] = a.Cells[i].Seed
	}
	return s
}

// Fired is how many attempts the fault changed, over all seeds.
func (a *Arm) Fired(fault string) int64 { return fired(&a.Total, fault) }

// Simulated is how much time passed in the arm's worlds.
func (a *Arm) Simulated() time.Duration { return time.Duration(a.Total.Counts[SpanTime]) }

// Spread finds the metric and the seed of it that carries more than half of the variation between seeds: the cap of
// max_hidden_loss does not protect ratios. None does: seed 0 and part 0.
func (a *Arm) Spread() (metric string, seed uint64, part float64) {
	for _, info := range metricTable {
		if !plainMetric(info) || info.form != formRatio || info.Later != "" || len(a.Cells) < 3 {
			continue
		}
		s := a.Sample(Gate{Metric: info.Name})
		if at, p := Spread(s.Num, s.Den); p > part && p > 0.5+1e-9 { // of two seeds each carries one half, whatever the last bit says
			metric, seed, part = info.Name, a.Cells[at].Seed, p
		}
	}
	return metric, seed, part
}

// seconds is d for people who divide: the recorder's integers end here.
func seconds(d int64) float64 { return float64(d) / float64(time.Second) }

// notMeasured is the value of a seed that has none.
var notMeasured = math.NaN()
