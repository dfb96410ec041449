package report_test

import (
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// toy is a made-up world that makes plausible records of tasks of two model calls and a tool call, without an engine.
type toy struct {
	tasks    int
	attempts int    // on the first model
	fallback bool   // to gpt
	faulty   uint64 // per mille of attempts on claude that fault 1 ends, from 30 s to 60 s
	slow     uint64 // per mille that fault 2 slows
	draw     agentchaos.Seed
	n        uint64
	events   []report.Event
}

// per is true in p of 1000 draws.
func (w *toy) per(p uint64) bool { w.n++; return w.draw.Nth(w.n)%1000 < p }

// span is a draw from a to b.
func (w *toy) span(a, b time.Duration) time.Duration {
	w.n++
	return a + time.Duration(agentchaos.Fraction(int64(b-a), w.draw.Nth(w.n)))
}

func (w *toy) log(r any) { w.events = append(w.events, report.Event{Record: r}) }

// run makes the events of a cell, in order.
func (w *toy) run(seed uint64) []report.Event {
	w.draw, w.n, w.events = agentchaos.Seed(seed).Derive("toy"), 0, nil
	for i := range w.tasks {
		w.task(uint32(i+1), time.Duration(i)*s)
	}
	report.SortEvents(w.events)
	return w.events
}

func (w *toy) task(task uint32, begin time.Duration) {
	w.log(report.Arrival{Task: task, At: begin})
	now, end := begin, agentchaos.Task{Task: task, Begin: begin, Outcome: agentchaos.Completed}
	for step := uint16(1); step <= 3; step++ {
		var kind agentchaos.Kind
		end.Step = step
		if step == 2 {
			now, kind = w.tool(agentchaos.ID{Task: task, Step: step, Attempt: 1}, now)
			if kind != agentchaos.None {
				end.Outcome = agentchaos.Degraded
			}
			continue
		}
		now, kind = w.model(agentchaos.ID{Task: task, Step: step}, now)
		if kind != agentchaos.None {
			end.Outcome, end.Kind = agentchaos.Failed, kind
			break
		}
		end.Steps++
	}
	end.End = now
	w.log(end)
}

func (w *toy) tool(id agentchaos.ID, now time.Duration) (time.Duration, agentchaos.Kind) {
	kind := agentchaos.None
	if w.per(3) {
		kind = agentchaos.ToolError
	}
	end := now + w.span(100*time.Millisecond, s)
	w.log(agentchaos.Attempt{ID: id, Target: refund, Use: agentchaos.UseWrite, Begin: now, End: end, Kind: kind})
	w.log(agentchaos.Called{ID: id, Target: refund, Preferred: refund, Use: agentchaos.UseWrite, Begin: now, End: end, Kind: kind})
	return end, kind
}

func (w *toy) model(id agentchaos.ID, now time.Duration) (time.Duration, agentchaos.Kind) {
	begin, kind, target := now, agentchaos.None, claude
	for n := 1; n <= w.attempts; n++ {
		id.Attempt = uint8(n)
		if now, kind = w.try(id, claude, now); kind == agentchaos.None {
			break
		}
		if n < w.attempts {
			wait := w.span(0, s)
			w.log(agentchaos.Change{At: now, What: agentchaos.RetryWait, ID: id, Target: claude, Kind: kind, For: wait})
			now += wait
		}
	}
	if kind != agentchaos.None && w.fallback {
		id.Attempt, target = 1, gpt
		w.log(agentchaos.Change{At: now, What: agentchaos.FellBack, ID: id, Target: gpt, Kind: kind})
		now, kind = w.try(id, gpt, now)
	}
	w.log(agentchaos.Called{ID: id, Target: target, Preferred: claude, Begin: begin, End: now, Kind: kind})
	return now, kind
}

// try is an attempt on a model; on claude it may be hedged, faulty or slow.
func (w *toy) try(id agentchaos.ID, target string, now time.Duration) (time.Duration, agentchaos.Kind) {
	a := agentchaos.Attempt{ID: id, Target: target, Begin: now, First: w.span(300*time.Millisecond, s), Got: 200, Truth: agentchaos.Truth{Input: 1200, Output: 200}}
	a.End = now + a.First + 2*s
	if target == claude {
		switch at := now; {
		case at >= 30*s && at < 60*s && w.per(w.faulty):
			a.First, a.Got, a.End, a.Kind, a.Truth.EndBy = 0, 0, now+w.span(s, 10*s), agentchaos.Timeout, 1
		case w.per(w.slow):
			a.End, a.Truth.SlowBy = a.End+5*s, 2
		case w.per(2):
			a.Truth.Wrong, a.Truth.Cut = true, true
		}
	}
	w.log(a)
	return a.End, a.Kind
}

var toyFaults = []string{"timeout on primary", "slow on primary"}

// spec is the cell of a toy.
func (w *toy) spec(seed uint64) report.CellSpec {
	return report.CellSpec{
		Seed: seed, Faults: toyFaults, From: 30 * s, Until: 60 * s, Phases: true, Recovery: true,
		Prices: map[string]report.Price{claude: {Input: 3000, Output: 15000}, gpt: {Input: 2500, Output: 10000}},
		Settle: func(task uint32, o agentchaos.Outcome, steps uint16) (int, int) { return 0, 0 },
	}
}

// cells are the toy's cells of seeds 1 to n.
func (w *toy) cells(n int) []report.Cell {
	var cells []report.Cell
	r := report.NewRecorder()
	for seed := uint64(1); seed <= uint64(n); seed++ {
		r.Start(w.spec(seed))
		for _, e := range w.run(seed) {
			play(r, e.Record)
		}
		cells = append(cells, r.Cell())
	}
	return cells
}
