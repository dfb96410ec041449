package report

import (
	"math"
	"strings"

	"github.com/agentchaos/agentchaos"
)

// GateResult is what a gate came to in an arm, as tables and files say it.
type GateResult struct {
	Scenario, Policy string
	Gate             string // as it was written
	Verdict          Verdict
	Unit             Unit
	Value, Low, High *float64 // in the gate's unit; nil: nothing measured, no interval, or a side that is not bounded
	Of               int64    // of a count: what it is of
	OfWhat           string   // "tasks", "attempts", "calls and attempts", "store failures and attempts"; "": not a count
	WorstValue       *float64 // of recovery_time: the worst seed's; nil: not that, or it never came
	Never            int      // of recovery_time: seeds in which it did not come
	Seeds            int
	Settle           int  // seeds that would settle it; 0: more than 640, or no number
	Unfired          bool // inconclusive because a fault of the scenario never fired: no number of seeds settles it
	Why              string
	Worst            *WorstRef // nil: no task to look at
	SpreadSeed       uint64    // the seed that carries more than half of the variation; 0 with Spread 0: none
	Spread           float64
}

// WorstRef is the worst task of an arm.
type WorstRef struct {
	Seed uint64
	WorstTask
}

// Judge decides a gate over the arm and finds the task that speaks most against it.
func (a *Arm) Judge(g Gate, o Options) GateResult {
	sample := a.Sample(g)
	r := Judge(g, sample, o)
	out := GateResult{
		Scenario: a.Scenario, Policy: a.Policy, Gate: g.String(), Verdict: r.Verdict, Unit: g.Unit(),
		Never: r.Never, Seeds: r.Seeds, Settle: r.Settle, Unfired: r.Unfired, Why: r.Why, Spread: r.Spread,
	}
	out.SpreadSeed, _ = r.SpreadSeed()
	if r.Interval.Known {
		out.Value = finite(r.Interval.Value)
	}
	if r.Interval.Bounded {
		out.Low, out.High = finite(r.Interval.Low), finite(r.Interval.High)
	}
	if sample.Count != nil {
		out.OfWhat = ofWhat(g)
		for _, n := range sample.Total {
			out.Of += n
		}
	}
	if sample.PerSeed != nil && r.Interval.Known {
		out.WorstValue = finite(r.Worst)
	}
	out.Worst = a.worstFor(g, r)
	return out
}

// ofWhat is what a count is of.
func ofWhat(g Gate) string {
	if m, ok := countOf[g.Metric]; ok && m[1] != Attempts {
		return "tasks"
	}
	if k, err := agentchaos.ParseKind(g.Arg); err == nil && g.Metric == "errors" {
		switch {
		case refusal(k):
			return "calls and attempts"
		case ofStore(k):
			return "store failures and attempts"
		}
	}
	return "attempts"
}

func finite(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}

// worstFor finds the task to look at for a gate. What a metric of the whole arm cannot blame on a task, such as
// recovery_time, is seen best in the worst end of the worst seed.
func (a *Arm) worstFor(g Gate, r Result) *WorstRef {
	w := WorstSlow
	switch g.Metric {
	case "completion_rate", "served_rate", "failed_tasks", "fired":
		w = WorstEnd
	case "errors":
		if k, err := agentchaos.ParseKind(g.Arg); err == nil {
			return a.worstWith(k)
		}
	case "recovery_time", "breaker_open_share", "away_time":
		if r.WorstAt >= 0 {
			return worstOf(a.Cells[r.WorstAt:r.WorstAt+1], WorstEnd, WorstSlow)
		}
	case "duplicate_effects":
		w = WorstDuplicate
	case "lost_effects":
		w = WorstLost
	case "early_retries":
		w = WorstEarly
	case "hopeless_retries":
		w = WorstHopeless
	case "truncated_answers":
		w = WorstTruncated
	case "retry_rate", "amplification", "probes":
		w = WorstAttempts
	}
	if strings.Contains(g.Metric, "cost") {
		w = WorstCost
	}
	return worstOf(a.Cells, w)
}

// worstWith is the worst task that failed with that kind, of those that the cells have kept; else the one that ended worst.
func (a *Arm) worstWith(k agentchaos.Kind) *WorstRef {
	var worst *WorstRef
	for i := range a.Cells {
		for _, t := range a.Cells[i].Worst {
			if t.Task == 0 || t.Kind != k || worst != nil && t.endScore() <= worst.endScore() {
				continue
			}
			worst = &WorstRef{a.Cells[i].Seed, t}
		}
	}
	if worst == nil {
		return worstOf(a.Cells, WorstEnd)
	}
	return worst
}

// Worst is the task of the arm to look at first: the one that ended worst, else the slowest. Nil: there is no task.
func (a *Arm) Worst() *WorstRef { return worstOf(a.Cells, WorstEnd, WorstSlow) }

// worstOf is the worst of the cells in the first of the ways in which any task is; of equals the first seed's.
func worstOf(cells []Cell, ways ...Worst) *WorstRef {
	for _, w := range ways {
		var worst *WorstRef
		for i := range cells {
			if t := cells[i].Worst[w]; t.Task != 0 && (worst == nil || t.Score > worst.Score) {
				worst = &WorstRef{cells[i].Seed, t}
			}
		}
		if worst != nil {
			return worst
		}
	}
	return nil
}
