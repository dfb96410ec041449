package harness_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// Records come in the order of time, each at the moment at which it says that it was made, and nothing ends before it began.
func timeNeverGoesBack(r *played) error {
	now := time.Duration(0)
	for i, x := range r.records {
		e := report.Event{Record: x}
		if e.At() < now {
			return fmt.Errorf("record %d at %v comes after %v: %+v", i, e.At(), now, x)
		}
		if now = e.At(); begun(x) > now {
			return fmt.Errorf("record %d ends at %v, before it begins: %+v", i, now, x)
		}
	}
	return nil
}

// begun is when what is recorded began; what takes no time began when it was recorded.
func begun(record any) time.Duration {
	switch x := record.(type) {
	case agentchaos.Attempt:
		return x.Begin
	case agentchaos.Called:
		return x.Begin
	case agentchaos.Task:
		return x.Begin
	}
	return report.Event{Record: record}.At()
}

// At every instant, the tasks that have arrived are those that have ended and those in flight; at the end none is in flight,
// and as many have come as the scenario asks for. A closed loop has never more of them in flight than workers. What is
// recorded of a task is recorded while it is in flight, but for copies of hedges, which lose at the instant of its end.
func arrivalsAreEndedAndInFlight(r *played) error {
	inFlight := map[uint32]bool{}
	ended := map[uint32]time.Duration{}
	for i, record := range r.records {
		e := report.Event{Record: record}
		switch x := record.(type) {
		case report.Arrival:
			if _, again := ended[x.Task]; again || inFlight[x.Task] {
				return fmt.Errorf("task %d arrives twice", x.Task)
			}
			inFlight[x.Task] = true
		case agentchaos.Task:
			if !inFlight[x.Task] {
				return fmt.Errorf("task %d ends at %v and is not in flight", x.Task, x.End)
			}
			delete(inFlight, x.Task)
			ended[x.Task] = x.End
		default:
			if at, over := ended[e.Task()]; !inFlight[e.Task()] && !(over && at == e.At()) {
				return fmt.Errorf("at %v task %d is not in flight: %+v", e.At(), e.Task(), record)
			}
		}
		over := i == len(r.records)-1 || report.Event{Record: r.records[i+1]}.At() > e.At()
		if n := r.tasksAfter(e.At()); over && n != len(inFlight) {
			return fmt.Errorf("after %v %d tasks have arrived and not ended, and %d are in flight", e.At(), len(inFlight), n)
		}
		if w := r.Scenario.Agent.Arrivals.Workers; w > 0 && len(inFlight) > w {
			return fmt.Errorf("at %v %d workers have %d tasks", e.At(), w, len(inFlight))
		}
	}
	if n := len(r.arrived); len(inFlight) > 0 || n != len(ended) || n != r.Scenario.Tasks {
		return fmt.Errorf("%d tasks asked for, %d arrived, %d ended, %d in flight at the end", r.Scenario.Tasks, n, len(ended), len(inFlight))
	}
	return nil
}

// tasksAfter is how many tasks are in flight when an instant is over, by what their own records say.
func (r *played) tasksAfter(now time.Duration) (n int) {
	for _, t := range r.tasks {
		n += btoi(t.Begin <= now && now < t.End)
	}
	return n
}

// Little's law (1961), exactly: what is in a system on average, times how long one looks, is the sum of how long each was in
// it. On the left a sweep over beginnings and ends as recorded, on the right durations as the report has summed them. It holds
// for attempts, calls and tasks.
func littlesLaw(r *played) error {
	var calls, tasks, attempts []span
	for _, a := range r.attempts {
		attempts = append(attempts, span{a.Begin, a.End})
	}
	for _, c := range r.calls {
		calls = append(calls, span{c.Begin, c.End})
	}
	for _, t := range r.tasks {
		tasks = append(tasks, span{r.arrived[t.Task], t.End})
	}
	// What crashes is in the system all the time: alive, or down until its next process begins.
	var alive, down []span
	for _, t := range r.tasks {
		lives := r.lives[t.Task]
		for i, p := range lives {
			alive = append(alive, span{p.from, p.until})
			if i > 0 {
				down = append(down, span{lives[i-1].until, p.from})
			}
		}
	}
	if l, w := integral(alive)+integral(down), r.cell.Latency[report.TaskLatency].Sum; l != w {
		return fmt.Errorf("processes live and are down for %v, their tasks take %v", l, w)
	}
	for _, c := range []struct {
		what  string
		spans []span
		sum   time.Duration
	}{
		{"attempts", attempts, r.cell.Latency[report.AttemptLatency].Sum},
		{"calls", calls, r.cell.Latency[report.CallLatency].Sum},
		{"tasks", tasks, r.cell.Latency[report.TaskLatency].Sum},
		{"processes that are down", down, time.Duration(r.cell.Counts[report.DownTime])},
	} {
		if l := integral(c.spans); l != c.sum {
			return fmt.Errorf("%s in flight, integrated over time, are %v, and their durations %v", c.what, l, c.sum)
		}
	}
	return nil
}

// span is from an instant until another.
type span struct{ from, until time.Duration }

// mark is a beginning (+1) or an end (-1).
type mark struct {
	at    time.Duration
	count int
}

// marks are the beginnings and ends of spans in the order of time, ends first. What takes no time is not there.
func marks(spans []span) (out []mark) {
	for _, s := range spans {
		if s.from != s.until {
			out = append(out, mark{s.from, 1}, mark{s.until, -1})
		}
	}
	slices.SortFunc(out, func(a, b mark) int {
		if a.at != b.at {
			return int(min(1, max(-1, a.at-b.at)))
		}
		return a.count - b.count
	})
	return out
}

// integral is the time integral of how many spans there are.
func integral(spans []span) (sum time.Duration) {
	n, last := 0, time.Duration(0)
	for _, m := range marks(spans) {
		sum += time.Duration(n) * (m.at - last)
		n, last = n+m.count, m.at
	}
	return sum
}

// most is how many spans there are at a time, at most.
func most(spans []span) (high int, when time.Duration) {
	n := 0
	for _, m := range marks(spans) {
		if n += m.count; n > high {
			high, when = n, m.at
		}
	}
	return high, when
}
