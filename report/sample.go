package report

import (
	"math"

	"github.com/agentchaos/agentchaos"
)

// shareOf are the metrics that are shares: of what, and how many.
var shareOf = map[string][2]Count{
	"completion_rate": {TasksCompleted, Tasks},
	"degraded_rate":   {TasksDegraded, Tasks},
	"partial_rate":    {TasksPartial, Tasks},
	"retry_rate":      {RetriedCalls, Calls},
	"fallback_rate":   {Fallbacks, ModelCallsAnswered},
}

// ratioOf are the metrics that are ratios of two sums, and what one unit of the first is.
var ratioOf = map[string]struct {
	num, den Count
	unit     float64
}{
	"amplification":           {Attempts, Calls, 1},
	"mean_time_to_completion": {CompletedTime, TasksCompleted, 1e-9},
	"cost":                    {CostNano, Tasks, 1e-9},
	"wasted_cost":             {WastedNano, Tasks, 1e-9},
	"cost_per_completed":      {CostNano, TasksCompleted, 1e-9},
	"quality_completion":      {QualityMicro, Tasks, 1e-6},
	"restart_time":            {DownTime, Tasks, 1e-9},
}

// countOf are the metrics that count: what, and of how many. None at all of those is no data.
var countOf = map[string][2]Count{
	"duplicate_effects": {Duplicates, Settled},
	"lost_effects":      {LostEffects, Settled},
	"early_retries":     {Early, Attempts},
	"hopeless_retries":  {Hopeless, Attempts},
	"truncated_answers": {TruncatedAnswers, Attempts},
	"failed_tasks":      {TasksFailed, Tasks},
	"probes":            {Probes, Tasks},
	"crashes":           {Crashes, Tasks},
	"resumes":           {Resumes, Tasks},
	"redone_steps":      {Redone, Tasks},
	"store_failures":    {StoreFailures, Tasks},
}

// latencyOf are the histograms by the names that gates use.
var latencyOf = map[string]Latency{
	"task_latency": TaskLatency, "call_latency": CallLatency, "attempt_latency": AttemptLatency, "first_token": FirstToken,
}

// Sample is what the arm has measured for a gate, for [Judge]. What it does not know is a sample without values.
func (a *Arm) Sample(g Gate) Sample {
	s := Sample{Seeds: a.Seeds()}
	if info, ok := lookup(g.Metric); ok && info.Later != "" {
		s.Note = g.Metric + " comes with " + info.Later
		return s
	}
	var cells []*Numbers
	for i := range a.Cells {
		n, ok := a.Cells[i].Phase(g.Phase)
		if !ok {
			s.Note = "the run did not keep " + g.Phase.String() + " apart"
			return s
		}
		cells = append(cells, n)
	}
	if g.Phase != Whole {
		s.Note = "nothing was measured " + g.Phase.String()
	}
	switch g.Metric {
	case "fired":
		if !a.hasFault(g.Arg) {
			s.Note = a.noFault(g.Arg)
			return s
		}
	case "recovery_time":
		a.recoverySample(&s)
		return s
	case "breaker_open_share":
		a.breakerSample(&s)
		return s
	case "away_time":
		a.awaySample(&s)
		return s
	}
	if h, ok := latencyOf[g.Arg]; ok {
		latencySample(&s, g, h, cells)
		return s
	}
	for _, n := range cells {
		countSample(&s, g, n)
	}
	return s
}

// countSample adds one cell's numbers of what is made of counts.
func countSample(s *Sample, g Gate, n *Numbers) {
	share := func(part, of int64) { s.Success, s.Total = append(s.Success, part), append(s.Total, of) }
	count := func(k, of int64) { s.Count, s.Total = append(s.Count, k), append(s.Total, of) }
	c := &n.Counts
	if m, ok := shareOf[g.Metric]; ok {
		share(c[m[0]], c[m[1]])
	} else if m, ok := countOf[g.Metric]; ok {
		count(c[m[0]], c[m[1]])
	} else if m, ok := ratioOf[g.Metric]; ok {
		s.Num, s.Den = append(s.Num, float64(c[m.num])*m.unit), append(s.Den, float64(c[m.den]))
	}
	switch g.Metric {
	case "served_rate":
		share(c[TasksCompleted]+c[TasksDegraded]+c[TasksPartial], c[Tasks])
	case "served_by":
		share(n.served(g.Arg), c[ModelCallsAnswered])
	case "fired":
		count(fired(n, g.Arg), c[Attempts])
	case "errors":
		if k, err := agentchaos.ParseKind(g.Arg); err == nil {
			of := c[Attempts]
			switch {
			case refusal(k):
				of += n.refusals()
			case ofStore(k):
				of += c[StoreFailures]
			}
			count(n.Attempts[k]+n.Refused[k]+n.Store[k], of) // of each kind only one of the three can be
		}
	}
}

func (n *Numbers) served(model string) int64 {
	for _, s := range n.Served {
		if s.Model == model {
			return s.Calls
		}
	}
	return 0
}

// refusal reports whether a failure of the kind is a call that was refused, not an attempt that failed.
func refusal(k agentchaos.Kind) bool {
	return k == agentchaos.BreakerOpen || k == agentchaos.BulkheadFull || k == agentchaos.BudgetExhausted
}

// ofStore reports whether a failure of the kind is an operation of the agent's store that failed, not an attempt.
func ofStore(k agentchaos.Kind) bool {
	switch k {
	case agentchaos.StoreFull, agentchaos.StoreLocked, agentchaos.StoreReadOnly, agentchaos.StoreCorrupt:
		return true
	}
	return false
}

// refusals are the calls that were refused, of all kinds.
func (n *Numbers) refusals() int64 {
	sum := int64(0)
	for _, r := range n.Refused {
		sum += r
	}
	return sum
}

func latencySample(s *Sample, g Gate, h Latency, cells []*Numbers) {
	_, quantile := g.Tau()
	for _, n := range cells {
		l := n.Latency[h]
		switch {
		case quantile:
			s.Unit, s.Hists = 1e6, append(s.Hists, l)
		case g.Metric == "max" && l.Count == 0:
			s.Max = append(s.Max, notMeasured)
		case g.Metric == "max":
			s.Max = append(s.Max, seconds(int64(l.Max)))
		case g.Metric == "mean":
			s.Num, s.Den = append(s.Num, seconds(int64(l.Sum))), append(s.Den, float64(l.Count))
		}
	}
}

// recoverySample has one value for each seed, which is an answer only if a fault ended in any of them.
func (a *Arm) recoverySample(s *Sample) {
	s.Note = "no fault of the scenario ends early enough to see what follows"
	for i := range a.Cells {
		c := &a.Cells[i].Counts
		switch {
		case c[Recovered] > 0:
			s.PerSeed = append(s.PerSeed, seconds(c[RecoveryTime]))
		case c[NeverRecovered] > 0:
			s.PerSeed = append(s.PerSeed, math.Inf(1))
		default:
			s.PerSeed = append(s.PerSeed, notMeasured)
		}
	}
}

// awaySample has the longest absence of each seed in which any model has answered.
func (a *Arm) awaySample(s *Sample) {
	for i := range a.Cells {
		v := notMeasured
		if a.Cells[i].Counts[ModelCallsAnswered] > 0 {
			v = seconds(int64(a.Cells[i].Away))
		}
		s.Max = append(s.Max, v)
	}
}

// breakerSample is the time that breakers were open, of the time that they were there: the targets whose breaker opened in
// any seed of the arm, times the length of each cell. A seed in which none opened counts with 0, not with nothing. If none
// ever opened, it is 0 of the cells' time.
func (a *Arm) breakerSample(s *Sample) {
	targets := float64(max(1, len(a.Breakers)))
	for i := range a.Cells {
		c := &a.Cells[i].Counts
		s.Num = append(s.Num, seconds(c[OpenTime]))
		s.Den = append(s.Den, seconds(c[SpanTime])*targets)
	}
}
