package report_test

import (
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

const (
	claude = "anthropic/claude-sonnet-4"
	gpt    = "openai/gpt-4o"
	refund = "tool/refund"
)

const s = time.Second

// id names an attempt of step 1.
func id(task uint32, attempt uint8) agentchaos.ID {
	return agentchaos.ID{Task: task, Step: 1, Attempt: attempt}
}

// attempt is one on claude that ended with kind, blamed on fault (0: none).
func attempt(task uint32, n uint8, begin, end time.Duration, kind agentchaos.Kind, fault uint8) agentchaos.Attempt {
	return agentchaos.Attempt{
		ID: id(task, n), Target: claude, Begin: begin, End: end, Kind: kind, Truth: agentchaos.Truth{EndBy: fault},
	}
}

// answered is a call that target answered.
func answered(task uint32, target string, begin, end time.Duration) agentchaos.Called {
	return agentchaos.Called{ID: id(task, 0), Target: target, Preferred: claude, Begin: begin, End: end}
}

// failedCall is a call that claude failed last.
func failedCall(task uint32, begin, end time.Duration, kind agentchaos.Kind) agentchaos.Called {
	return agentchaos.Called{ID: id(task, 0), Target: claude, Preferred: claude, Begin: begin, End: end, Kind: kind}
}

// ended is the end of a task.
func ended(task uint32, begin, end time.Duration, o agentchaos.Outcome) agentchaos.Task {
	t := agentchaos.Task{Task: task, Begin: begin, End: end, Outcome: o, Step: 1}
	if o == agentchaos.Failed {
		t.Kind = agentchaos.Timeout
	}
	return t
}

// play gives records to a recorder, in order.
func play(r *report.Recorder, records ...any) {
	for _, x := range records {
		switch x := x.(type) {
		case agentchaos.Attempt:
			r.Attempt(x)
		case agentchaos.Called:
			r.Call(x)
		case agentchaos.Task:
			r.Task(x)
		case agentchaos.Change:
			r.Change(x)
		case report.Arrival:
			r.Arrived(x.Task, x.At)
		default:
			panic("no record")
		}
	}
}

// cell records one cell.
func cell(spec report.CellSpec, records ...any) report.Cell {
	r := report.NewRecorder()
	r.Start(spec)
	play(r, records...)
	return r.Cell()
}
