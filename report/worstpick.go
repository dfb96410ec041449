package report

import (
	"slices"

	"github.com/agentchaos/agentchaos"
)

// WorstTasks are the tasks of the arm to look at, worst first: of each seed the one that ended worst, else the slowest.
func (a *Arm) WorstTasks() []WorstRef {
	var refs []WorstRef
	for i := range a.Cells {
		if w := worstOf(a.Cells[i:i+1], WorstEnd, WorstSlow); w != nil {
			refs = append(refs, *w)
		}
	}
	slices.SortStableFunc(refs, func(x, y WorstRef) int {
		switch {
		case x.Outcome != y.Outcome:
			return int(y.Outcome) - int(x.Outcome)
		case x.Latency < y.Latency:
			return 1
		case x.Latency > y.Latency:
			return -1
		}
		return 0
	})
	return refs
}

// WorstOf is the task of a cell's events that ended worst, of equals the longest; 0: none has ended.
func WorstOf(events []Event) uint32 {
	var worst *agentchaos.Task
	for _, e := range events {
		k, ok := e.Record.(agentchaos.Task)
		if ok && (worst == nil || k.Outcome > worst.Outcome || k.Outcome == worst.Outcome && k.End-k.Begin > worst.End-worst.Begin) {
			worst = &k
		}
	}
	if worst == nil {
		return 0
	}
	return worst.Task
}
