package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agentchaos/agentchaos"
)

// TimelineOptions say whose timeline is shown.
type TimelineOptions struct {
	Scenario, Policy string
	Seed             uint64
	Task             uint32   // 0: of the first event
	Faults           []string // by their place from 1, as in Truth; nil: as the events name them
}

// Timeline writes what happened to one task, one line to each event, in the order in which things began: when (since the task
// began), how long it took, the step, the target, and what. Events are those of the cell or of the task, in the order in
// which they came; of other tasks only the breakers of targets that this one called are shown.
func Timeline(w io.Writer, events []Event, o TimelineOptions) error {
	if o.Task == 0 && len(events) > 0 {
		o.Task = events[0].Task()
	}
	t := newTimeline(events, o)
	var b strings.Builder
	fmt.Fprintf(&b, "task %d", o.Task)
	if o.Scenario != "" {
		fmt.Fprintf(&b, " of %s %s, seed %d", o.Scenario, o.Policy, o.Seed)
	}
	if t.end != nil {
		fmt.Fprintf(&b, "   began at %s, took %s", clock(t.begin), clock(t.end.End-t.end.Begin))
	}
	b.WriteString("\n\n")
	g := grid{right: []bool{true, true, false, false, false}}
	for _, m := range t.moments {
		g.rows = append(g.rows, m.row(t.begin))
	}
	if len(g.rows) == 0 {
		b.WriteString("nothing happened to it\n")
	}
	for _, line := range g.lines() {
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// moment is a line of a timeline.
type moment struct {
	at     time.Duration
	took   time.Duration // negative: it took no time
	step   uint16        // 0: none
	target string
	what   string
}

func (m moment) row(begin time.Duration) []string {
	row := []string{clock(m.at - begin), "", "", m.target, m.what}
	if m.took >= 0 {
		row[1] = clock(m.took)
	}
	if m.step > 0 {
		row[2] = "step " + strconv.Itoa(int(m.step))
	}
	return row
}

// clock is a time to the millisecond.
func clock(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) + "s"
}

type timeline struct {
	moments []moment
	begin   time.Duration // when the task began
	end     *agentchaos.Task
	faults  []string
	task    uint32
	targets map[string]bool
	tries   map[lifeStep]int // attempts
	life    int              // of the process that runs, from 0
}

// lifeStep is a step in one of the processes that have run the task: what the next one does in it is no second try.
type lifeStep struct {
	life int
	step uint16
}

// lives is 1 for a change with which another process begins.
func lives(c *agentchaos.Change) int {
	if c.What == agentchaos.Resumed {
		return 1
	}
	return 0
}

func newTimeline(events []Event, o TimelineOptions) *timeline {
	t := &timeline{faults: o.Faults, task: o.Task, begin: -1, targets: map[string]bool{}, tries: map[lifeStep]int{}}
	last := time.Duration(0)
	for _, e := range events {
		if e.Task() != o.Task {
			continue
		}
		start := e.At()
		switch r := e.Record.(type) {
		case agentchaos.Attempt:
			start = r.Begin
			t.targets[r.Target] = true
			t.tries[lifeStep{t.life, r.ID.Step}]++
		case agentchaos.Called:
			start = r.Begin
			t.targets[r.Target], t.targets[r.Preferred] = true, true
		case agentchaos.Task:
			start, t.end = r.Begin, &r
		case agentchaos.Change:
			t.life += lives(&r)
		}
		if t.begin < 0 || start < t.begin {
			t.begin = start
		}
		last = max(last, e.At())
	}
	t.life = 0
	for _, e := range events {
		if e.Task() == o.Task || e.At() >= t.begin && e.At() <= last && t.others(e) {
			t.add(e)
		}
	}
	slices.SortStableFunc(t.moments, func(a, b moment) int { return int(min(1, max(-1, a.at-b.at))) })
	return t
}

// others reports whether an event of another task matters to this one.
func (t *timeline) others(e Event) bool {
	c, ok := e.Record.(agentchaos.Change)
	return ok && c.What >= agentchaos.BreakerOpened && c.What <= agentchaos.BreakerClosed && t.targets[c.Target]
}

func (t *timeline) add(e Event) {
	m := moment{at: e.At(), took: -1}
	switch r := e.Record.(type) {
	case Arrival:
		m.what = "arrives"
	case agentchaos.Attempt:
		m.at, m.took, m.step, m.target, m.what = r.Begin, r.End-r.Begin, r.ID.Step, r.Target, t.attempt(&r, e.Fault, e.SlowFault)
	case agentchaos.Called:
		if r.Kind == agentchaos.None && r.Target == r.Preferred && t.tries[lifeStep{t.life, r.ID.Step}] <= 1 {
			return // the attempt has said it all
		}
		m.step, m.target, m.what = r.ID.Step, r.Target, "answers the call after "+clock(r.End-r.Begin)
		if r.Kind != agentchaos.None {
			m.what = "the call fails: " + r.Kind.String()
		}
	case agentchaos.Task:
		m.what = "task " + r.Outcome.String()
		if r.Without > 0 {
			m.what += fmt.Sprintf(", without %d %s", r.Without, plural(int(r.Without), "step"))
		}
		if r.Outcome == agentchaos.Partial {
			m.what += fmt.Sprintf(", %d %s done", r.Steps, plural(int(r.Steps), "step"))
		}
		if r.Outcome != agentchaos.Completed {
			m.what += fmt.Sprintf(" in step %d", r.Step)
		}
		if k := kindName(r.Kind); k != "" {
			m.what += ": " + k
		}
	case agentchaos.Change:
		m.step, m.target, m.what = r.ID.Step, r.Target, change(&r)
		if f := t.fault(r.By, e.Fault); f != "" {
			m.what += "  <- " + f
		}
		if r.What == agentchaos.Resumed {
			m.step = 0 // it says so
		}
		if r.ID.Task == t.task {
			t.life += lives(&r)
		} else {
			m.step = 0
			m.what += " (task " + strconv.FormatUint(uint64(r.ID.Task), 10) + ")"
		}
	}
	t.moments = append(t.moments, m)
}

// attempt says how an attempt went. The names are the event's, of its faults.
func (t *timeline) attempt(a *agentchaos.Attempt, fault, slowFault string) string {
	s := "attempt " + strconv.Itoa(int(a.ID.Attempt))
	if a.ID.Copy > 0 {
		s += ", copy"
	}
	says := []string{}
	if a.Kind == agentchaos.None {
		says = append(says, "answered")
	} else {
		k := a.Kind.String()
		if a.Variant != agentchaos.NoVariant {
			k += " " + a.Variant.String()
		}
		says = append(says, k)
	}
	if a.Status != 0 && a.Kind != agentchaos.None {
		says = append(says, "status "+strconv.Itoa(a.Status))
	}
	if a.RetryAfter > 0 {
		says = append(says, "retry after "+clock(a.RetryAfter))
	}
	if a.First > 0 {
		says = append(says, "first token "+clock(a.First))
	}
	if a.Truth.Replayed {
		says = append(says, "its first result again: the tool had done it")
	}
	if a.Got > 0 {
		says = append(says, strconv.Itoa(a.Got)+" "+plural(a.Got, "token"))
	}
	switch {
	case a.Kind != agentchaos.None:
	case a.Truth.Cut:
		says = append(says, "but cut short")
	case a.Truth.Wrong:
		says = append(says, "but wrong")
	}
	s += ": " + strings.Join(says, ", ")
	if f := t.fault(a.Truth.EndBy, fault); f != "" {
		s += "  <- " + f
	}
	if f := t.fault(a.Truth.SlowBy, slowFault); f != "" && a.Truth.SlowBy != a.Truth.EndBy {
		s += "  <- slowed by " + f
	}
	return s
}

// fault is the name of a fault by its place from 1, else as its event has it; "" for none.
func (t *timeline) fault(by uint8, said string) string {
	if by == 0 {
		return ""
	}
	if name := faultName(t.faults, by); name != "" {
		return name
	}
	if said != "" {
		return said
	}
	return "fault " + strconv.Itoa(int(by))
}

// change says what a policy did.
func change(c *agentchaos.Change) string {
	because := ""
	if k := kindName(c.Kind); k != "" {
		because = " after " + k
	}
	switch c.What {
	case agentchaos.RetryWait:
		return "waits " + clock(c.For) + " to retry" + because
	case agentchaos.RetryGivenUp:
		return "no retry" + because + ": " + clock(c.For) + " is too long to wait"
	case agentchaos.Refused:
		return "refused: " + c.Kind.String()
	case agentchaos.FellBack:
		return "falls back to it" + because
	case agentchaos.Hedged:
		return "hedge: a second copy begins"
	case agentchaos.Reasked:
		return "asks again: the answer was " + strings.ReplaceAll(c.Variant.String(), "_", " ")
	case agentchaos.Queued:
		return "waits for a slot of the bulkhead"
	case agentchaos.BreakerOpened:
		return "breaker opens for " + clock(c.For)
	case agentchaos.BreakerHalfOpened:
		return "breaker half-open: a probe"
	case agentchaos.BreakerClosed:
		return "breaker closes"
	case agentchaos.DeadlineHit:
		return "deadline"
	case agentchaos.Replayed:
		return "done before: the logged result is taken"
	case agentchaos.Caveated:
		return "goes on without it" + because + ": the answer gets a caveat"
	case agentchaos.StoreFailed:
		s := "store: " + strings.ReplaceAll(strings.TrimPrefix(c.Kind.String(), "store_"), "_", "-")
		if c.For > 0 {
			return s + ", asks again after " + clock(c.For)
		}
		return s + ", goes on without"
	case agentchaos.Crashed:
		if c.For > 0 {
			return "the process crashes; the next one starts after " + clock(c.For)
		}
		return "the process crashes"
	case agentchaos.Resumed:
		return fmt.Sprintf("a new process goes on with step %d", c.ID.Step)
	case agentchaos.Redone:
		return "is done again"
	}
	return c.What.String()
}
