package report

import (
	"slices"
	"strings"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Cell is the sealed numbers of one scenario × policy × seed: integers only, and enough that arms made of cells alone say
// all that a run says.
type Cell struct {
	Seed uint64
	Numbers
	During, After *Numbers      // nil: not kept
	Away          time.Duration // the longest that others answered for the first model of a chain, from call to call
	Gap           time.Duration // the longest time without a completed task
	Breakers      []string      // targets whose breaker ever opened, sorted
	Worst         [worsts]WorstTask
}

// Numbers are the sums of a cell, of a phase of it, or of many.
type Numbers struct {
	Counts   [counts]int64
	Attempts [agentchaos.Kinds]int64 // by how they ended
	Failures [agentchaos.Kinds]int64 // tasks by their final failure
	Refused  [agentchaos.Kinds]int64 // calls refused without an attempt
	Store    [agentchaos.Kinds]int64 // operations of the agent's store that failed
	Served   []Served                // answered model calls by model, sorted
	Faults   []FaultCount            // in the order of the scenario; those that never fired too
	Latency  [latencies]Histogram
}

// Served is how many calls a model answered.
type Served struct {
	Model string
	Calls int64
}

// FaultCount is what became of the attempts that a fault changed.
type FaultCount struct {
	Fault string
	Fates [fates]int64
}

// Fired is how many attempts it changed.
func (f FaultCount) Fired() int64 {
	n := int64(0)
	for _, k := range f.Fates {
		n += k
	}
	return n
}

// Cell ends the cell and returns its numbers; the Recorder is then to be started again. What has not ended by now (the
// run was interrupted) counts as arrived and as nothing else, its faults as failed.
func (r *Recorder) Cell() Cell {
	r.flight.expire(agentchaos.Forever)
	r.flight.each(func(t *taskState) { r.settleTask(t, agentchaos.Failed) })
	m := r.meters[Whole]
	m.counts[SpanTime] = int64(r.now)
	c := Cell{Seed: r.spec.Seed, Away: r.away, Gap: r.gap.total(), Worst: r.worst}
	for i := range r.targets.list {
		t := &r.targets.list[i]
		if t.breaker.seen {
			t.breaker.move(r.now, t.breaker.open, t.breaker.half)
			m.counts[OpenTime] += int64(t.breaker.total)
			c.Breakers = append(c.Breakers, t.name)
		}
	}
	slices.Sort(c.Breakers)
	if d, ok, measured := r.recovery.time(); ok {
		m.counts[RecoveryTime], m.counts[Recovered] = int64(d), 1
	} else if measured {
		m.counts[NeverRecovered] = 1
	}
	c.Numbers = m.seal(r.targets.list, r.spec.Faults)
	if r.spec.Phases {
		during, after := r.meters[During].seal(r.targets.list, r.spec.Faults), r.meters[After].seal(r.targets.list, r.spec.Faults)
		c.During, c.After = &during, &after
	}
	return c
}

// Phase is the numbers of a phase; false if they were not kept.
func (c *Cell) Phase(p Phase) (*Numbers, bool) {
	switch p {
	case Whole:
		return &c.Numbers, true
	case During:
		return c.During, c.During != nil
	default:
		return c.After, c.After != nil
	}
}

func sortServed(s []Served) {
	slices.SortFunc(s, func(a, b Served) int { return strings.Compare(a.Model, b.Model) })
}

// Merge adds other numbers of the same scenario. The order of merging is irrelevant but for the order of faults, which is
// that of the first.
func (n Numbers) Merge(o Numbers) Numbers {
	for i, v := range o.Counts {
		n.Counts[i] += v
	}
	for k := range o.Attempts {
		n.Attempts[k] += o.Attempts[k]
		n.Failures[k] += o.Failures[k]
		n.Refused[k] += o.Refused[k]
		n.Store[k] += o.Store[k]
	}
	for l, h := range o.Latency {
		n.Latency[l] = n.Latency[l].Merge(h)
	}
	n.Served = slices.Clone(n.Served)
	for _, s := range o.Served {
		if i := slices.IndexFunc(n.Served, func(t Served) bool { return t.Model == s.Model }); i >= 0 {
			n.Served[i].Calls += s.Calls
		} else {
			n.Served = append(n.Served, s)
		}
	}
	sortServed(n.Served)
	n.Faults = slices.Clone(n.Faults)
	for _, f := range o.Faults {
		if i := slices.IndexFunc(n.Faults, func(g FaultCount) bool { return g.Fault == f.Fault }); i >= 0 {
			for k, v := range f.Fates {
				n.Faults[i].Fates[k] += v
			}
		} else {
			n.Faults = append(n.Faults, f)
		}
	}
	return n
}
