package harness_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// phases calls f for the whole run and for each phase that was kept: its numbers, and what belongs to it by when it began.
func (r *played) phases(f func(n *report.Numbers, in func(time.Duration) bool) error) error {
	if err := f(&r.cell.Numbers, func(time.Duration) bool { return true }); err != nil {
		return err
	}
	if r.cell.During == nil {
		return nil
	}
	from, until := r.window()
	if err := f(r.cell.During, func(t time.Duration) bool { return t >= from && t < until }); err != nil {
		return fmt.Errorf("during faults: %w", err)
	}
	if err := f(r.cell.After, func(t time.Duration) bool { return t >= until }); err != nil {
		return fmt.Errorf("after faults: %w", err)
	}
	return nil
}

// window is from the first beginning of a fault that has a window to the last end of one.
func (r *played) window() (from, until time.Duration) {
	from, until = agentchaos.Forever, 0
	for _, f := range r.Scenario.Faults {
		if f.When.From == 0 && f.When.Until == 0 {
			continue
		}
		from = min(from, f.When.From)
		if until = max(until, f.When.Until); f.When.Until == 0 {
			until = agentchaos.Forever
		}
	}
	if from == agentchaos.Forever {
		return 0, agentchaos.Forever
	}
	return from, until
}

// Everything that the report counts is as often in the records, in the whole run and in each phase: tasks by outcome and
// failures by kind, calls by model, attempts by kind and by why they were made, money, and time.
func countsAddUp(r *played) error {
	if got, want := r.cell.Counts[report.Events], int64(len(r.records)); got != want {
		return fmt.Errorf("%d events, %d records", got, want)
	}
	if last := (report.Event{Record: r.records[len(r.records)-1]}).At(); time.Duration(r.cell.Counts[report.SpanTime]) != last {
		return fmt.Errorf("the run took %d ns, its last record is of %v", r.cell.Counts[report.SpanTime], last)
	}
	return r.phases(func(n *report.Numbers, in func(time.Duration) bool) error {
		x := recount{in: in}
		x.tasks(r)
		for _, record := range r.records {
			if change, ok := record.(agentchaos.Change); ok {
				x.change(change)
			}
		}
		for _, c := range r.every() {
			if err := x.call(r, c); err != nil {
				return err
			}
		}
		for c, want := range x.counts {
			if got := n.Counts[c]; got != want && counted(report.Count(c)) {
				return fmt.Errorf("%v: counted %d, in the records %d", report.Count(c), got, want)
			}
		}
		if n.Attempts != x.attempts || n.Failures != x.failures || n.Refused != x.refused {
			return fmt.Errorf("by kind: counted %v, %v, %v; in the records %v, %v, %v", n.Attempts, n.Failures, n.Refused, x.attempts, x.failures, x.refused)
		}
		served := map[string]int64{}
		for _, s := range n.Served {
			served[s.Model] = s.Calls
		}
		if fmt.Sprint(served) != fmt.Sprint(x.served) {
			return fmt.Errorf("served by: counted %v, in the records %v", served, x.served)
		}
		return sumsOf(n)
	})
}

// sumsOf are the sums that must come out whatever the records say.
func sumsOf(n *report.Numbers) error {
	c := n.Counts
	total := func(of [agentchaos.Kinds]int64) (sum int64) {
		for _, k := range of {
			sum += k
		}
		return sum
	}
	served := int64(0)
	for _, s := range n.Served {
		served += s.Calls
	}
	for _, x := range []struct {
		what        string
		left, right int64
	}{
		{"outcomes are tasks", c[report.TasksCompleted] + c[report.TasksDegraded] + c[report.TasksPartial] + c[report.TasksFailed], c[report.Tasks]},
		{"failures by kind are failed tasks", total(n.Failures), c[report.TasksFailed]},
		{"attempts by kind are attempts", total(n.Attempts), c[report.Attempts]},
		{"served by are answered model calls", served, c[report.ModelCallsAnswered]},
	} {
		if x.left != x.right {
			return fmt.Errorf("%s: %d and %d", x.what, x.left, x.right)
		}
	}
	if c[report.WastedNano] > c[report.CostNano] {
		return fmt.Errorf("wasted %d of %d", c[report.WastedNano], c[report.CostNano])
	}
	return nil
}

// counted are the counts that a recount can make; the others have tests of their own.
func counted(c report.Count) bool {
	switch c {
	case report.Duplicates, report.LostEffects, report.Settled, report.Events, report.SpanTime, report.OpenTime, report.Probes,
		report.RecoveryTime, report.Recovered, report.NeverRecovered:
		return false
	}
	return true
}

// recount counts again, of what began within the phase.
type recount struct {
	in                          func(time.Duration) bool
	counts                      [report.NeverRecovered + 1]int64
	attempts, failures, refused [agentchaos.Kinds]int64
	served                      map[string]int64
}

func (x *recount) add(begun time.Duration, c report.Count, n int64) {
	if x.in(begun) {
		x.counts[c] += n
	}
}

func (x *recount) tasks(r *played) {
	x.served = map[string]int64{}
	for _, at := range r.arrived {
		x.add(at, report.TasksArrived, 1)
	}
	for _, t := range r.tasks {
		x.add(t.Begin, report.Tasks, 1)
		x.add(t.Begin, [...]report.Count{report.TasksCompleted, report.TasksDegraded, report.TasksPartial, report.TasksFailed}[t.Outcome], 1)
		if t.Outcome == agentchaos.Completed {
			x.add(t.Begin, report.CompletedTime, int64(t.End-t.Begin))
			x.add(t.Begin, report.QualityMicro, r.quality(t.Task))
		}
		if t.Outcome == agentchaos.Failed && x.in(t.Begin) {
			x.failures[t.Kind]++
		}
	}
}

// quality is the mean quality of the models that have answered a task, in millionths, over all its lives.
func (r *played) quality(task uint32) int64 {
	answers, lack := int64(0), int64(0)
	for _, c := range r.calls {
		if m := r.Scenario.Models[c.Called.Target]; c.ID.Task == task && c.Called.Use == agentchaos.UseModel && c.Kind == agentchaos.None {
			answers++
			if m.Quality != nil {
				lack += int64(math.Round((1 - *m.Quality) * 1_000_000))
			}
		}
	}
	return 1_000_000 - lack/max(1, answers)
}

// call counts a call and its attempts; of one that has died, its attempts.
func (x *recount) call(r *played, c *callRecords) error {
	if c.over {
		x.add(c.Begin, report.Calls, 1)
		if c.Use == agentchaos.UseModel {
			x.add(c.Begin, report.ModelCalls, 1)
		}
		if c.Kind == agentchaos.None {
			x.add(c.Begin, report.CallsAnswered, 1)
			if c.Use == agentchaos.UseModel {
				x.answered(c)
			}
		}
	}
	used, wasUsed := c.used()
	for _, a := range attemptsIn(c.records) {
		if !x.in(a.Begin) {
			continue
		}
		x.attempts[a.Kind]++
		x.counts[report.Attempts]++
		price := r.Scenario.Models[a.Target].Price
		cost := int64(a.Truth.Input)*price.Input + int64(a.Truth.Output)*price.Output
		x.counts[report.CostNano] += cost
		if !wasUsed || tryOf(a) != used {
			x.counts[report.WastedNano] += cost
		}
		if a.Kind == agentchaos.None && a.Truth.Cut {
			x.counts[report.TruncatedAnswers]++
		}
	}
	return x.again(c)
}

func (x *recount) answered(c *callRecords) {
	x.add(c.Begin, report.ModelCallsAnswered, 1)
	if c.Target != c.Preferred {
		x.add(c.Begin, report.Fallbacks, 1)
	}
	if x.in(c.Begin) {
		x.served[c.Target]++
	}
}

func (x *recount) change(c agentchaos.Change) {
	switch c.What {
	case agentchaos.Refused:
		if x.in(c.At) {
			x.refused[c.Kind]++
		}
	case agentchaos.Hedged:
		x.add(c.At, report.Hedges, 1)
	case agentchaos.Reasked:
		x.add(c.At, report.Reasks, 1)
	case agentchaos.Crashed:
		x.add(c.At, report.Crashes, 1)
		x.add(c.At, report.DownTime, int64(c.For))
	case agentchaos.Resumed:
		x.add(c.At, report.Resumes, 1)
	case agentchaos.Redone:
		x.add(c.At, report.Redone, 1)
	case agentchaos.Caveated:
		x.add(c.At, report.Caveats, 1)
	case agentchaos.StoreFailed:
		x.add(c.At, report.StoreFailures, 1)
	}
}

// used is the attempt whose answer the call took: the last that was answered while it waited.
func (c *callRecords) used() (k tryID, ok bool) {
	for _, a := range c.attempts() {
		if a.Kind == agentchaos.None && c.Kind == agentchaos.None {
			k, ok = tryOf(a), true
		}
	}
	return k, ok
}

// again counts what further attempts on a target were: of a number that was not there before, the first that ends.
func (x *recount) again(c *callRecords) error {
	all, err := c.reasons()
	if err != nil {
		return err
	}
	retried := false
	seen := map[tryID]bool{}
	for _, a := range c.attempts() {
		number := tryID{a.Target, a.ID.Attempt, 0}
		earlier, never := false, false
		for _, b := range c.attempts() {
			if b.Target == a.Target && b.ID.Attempt < a.ID.Attempt {
				earlier, never = true, never || slices.Contains(passesNever, b.Kind)
			}
		}
		if seen[number] || !earlier {
			seen[number] = true
			continue
		}
		seen[number] = true
		if all[number].why == "a retry is due" {
			retried = true
			x.add(a.Begin, report.Retries, 1)
		}
		if never {
			x.add(a.Begin, report.Hopeless, 1)
		}
	}
	if retried && c.over {
		x.add(c.Begin, report.RetriedCalls, 1)
	}
	return nil
}

// passesNever are the kinds of failure that do not pass by themselves.
var passesNever = []agentchaos.Kind{
	agentchaos.Quota, agentchaos.Auth, agentchaos.NotFound, agentchaos.ContextLength, agentchaos.InvalidRequest, agentchaos.ContentFilter, agentchaos.Length,
}

// Count, sum, shortest and longest of the four histograms are those of the records, exactly, and so is how many took at most
// as long as any bucket says.
func histogramsAreTheRecords(r *played) error {
	return r.phases(func(n *report.Numbers, in func(time.Duration) bool) error {
		var took [4][]time.Duration
		add := func(l report.Latency, begin, d time.Duration) {
			if in(begin) {
				took[l] = append(took[l], d)
			}
		}
		for _, t := range r.tasks {
			add(report.TaskLatency, t.Begin, t.End-t.Begin)
		}
		for _, c := range r.calls {
			add(report.CallLatency, c.Begin, c.End-c.Begin)
		}
		for _, a := range r.attempts {
			add(report.AttemptLatency, a.Begin, a.End-a.Begin)
			if a.First > 0 {
				add(report.FirstToken, a.Begin, a.First)
			}
		}
		for l := range took {
			if err := sameHistogram(&n.Latency[l], took[l]); err != nil {
				return fmt.Errorf("%v: %w", report.Latency(l), err)
			}
		}
		return nil
	})
}

func sameHistogram(h *report.Histogram, took []time.Duration) error {
	slices.Sort(took)
	want := report.Histogram{Count: int64(len(took))}
	for _, d := range took {
		want.Sum += d
	}
	if len(took) > 0 {
		want.Min, want.Max = took[0], took[len(took)-1]
	}
	if h.Count != want.Count || h.Sum != want.Sum || h.Min != want.Min || h.Max != want.Max {
		return fmt.Errorf("%d in %v from %v to %v; the records are %d in %v from %v to %v", h.Count, h.Sum, h.Min, h.Max, want.Count, want.Sum, want.Min, want.Max)
	}
	for _, bound := range h.Bounds() {
		n := int64(0)
		for _, d := range took {
			n += int64(btoi(d <= time.Duration(bound)*time.Microsecond))
		}
		if got := h.AtMost(bound); got != n {
			return fmt.Errorf("%d took at most %d µs, the records say %d", got, bound, n)
		}
	}
	if h.AtMost(int64(agentchaos.Forever)) != h.Count {
		return fmt.Errorf("the buckets hold %d of %d", h.AtMost(int64(agentchaos.Forever)), h.Count)
	}
	return nil
}
