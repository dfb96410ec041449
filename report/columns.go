package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// column is one column of the table of arms.
type column struct {
	head  string
	cell  func(a *Arm) string // "": nothing to show
	rank  int                 // the lower, the longer it stays when the table is too wide
	empty string              // what no column is made of if it stands in all rows; "-" and "" never are
	least int                 // least width, if there is room
}

// columns are those of the table, in order. The first two, verdict and policy, are not here.
func columns(o Options) []column {
	metric := func(name string) func(*Arm) string {
		return func(a *Arm) string {
			m := a.Metric(name)
			if !m.Interval.Known {
				return ""
			}
			if m.Unit == UnitMoney {
				return money(m.Interval.Value)
			}
			return value(m.Unit, m.Interval.Value)
		}
	}
	quantile := func(tau float64) func(*Arm) string {
		return func(a *Arm) string {
			h := a.Total.Latency[TaskLatency]
			if h.Count == 0 {
				return ""
			}
			return duration(h.Quantile(tau).Seconds())
		}
	}
	return []column{
		{head: "COMPLETED", cell: metric("completion_rate"), least: 9},
		{head: fmt.Sprintf("%.4g%% INTERVAL", 100*(1-o.Alpha)), rank: 1, least: 12, cell: func(a *Arm) string {
			return interval(UnitShare, a.Metric("completion_rate").Interval)
		}},
		{head: "SERVED", rank: 6, cell: servedCell},
		{head: "DEGRADED", rank: 20, cell: metric("degraded_rate"), empty: "0.0%"},
		{head: "PARTIAL", rank: 21, cell: metric("partial_rate"), empty: "0.0%"},
		{head: "QUALITY", rank: 15, cell: qualityCell},
		{head: "DOUBLED", cell: metric("duplicate_effects"), rank: 3, empty: "0"},
		{head: "LOST", cell: metric("lost_effects"), rank: 4, empty: "0"},
		{head: "REDONE", cell: metric("redone_steps"), rank: 12, empty: "0"},
		{head: "SILENT", cell: silentCell, rank: 9, empty: "0"},
		{head: "RETRY", cell: metric("retry_rate"), rank: 7, empty: "0.0%"},
		{head: "AMPL", cell: metric("amplification"), rank: 5},
		{head: "FALLBACK", cell: metric("fallback_rate"), rank: 10, empty: "0.0%"},
		{head: "EARLY", cell: metric("early_retries"), rank: 15, empty: "0"},
		{head: "HOPELESS", cell: metric("hopeless_retries"), rank: 16, empty: "0"},
		{head: "OPEN", cell: metric("breaker_open_share"), rank: 17, empty: "0.0%"},
		{head: "RECOVERY", cell: recoveryCell, rank: 13},
		{head: "P50", cell: quantile(0.5), rank: 11, least: 7},
		{head: "P95", cell: quantile(0.95), rank: 2, least: 7},
		{head: "P99", cell: quantile(0.99), rank: 18},
		{head: "$/TASK", cell: metric("cost"), rank: 14, least: 7, empty: "0.0000"},
		{head: "WASTED", cell: metric("wasted_cost"), rank: 19, empty: "0.0000"},
	}
}

// servedCell is the share that got any answer, where that is not the same as completed.
func servedCell(a *Arm) string {
	if c := a.Total.Counts; c[TasksDegraded]+c[TasksPartial] == 0 {
		return ""
	}
	return value(UnitShare, a.Metric("served_rate").Interval.Value)
}

// qualityCell is completion weighted by the quality of who answered, where that is not the same.
func qualityCell(a *Arm) string {
	if c := a.Total.Counts; c[QualityMicro] == 1_000_000*c[TasksCompleted] {
		return ""
	}
	return value(UnitShare, a.Metric("quality_completion").Interval.Value)
}

func silentCell(a *Arm) string {
	n := int64(0)
	for _, f := range a.Total.Faults {
		n += f.Fates[Silent]
	}
	return grouped(n)
}

// recoveryCell is the worst seed's: one that never recovers is what counts.
func recoveryCell(a *Arm) string {
	m := a.Metric("recovery_time")
	if !m.Interval.Known {
		return ""
	}
	return duration(m.Worst)
}

// chosen are the columns a user has asked for, by what a gate may have on its left.
func chosen(names []string, o Options) ([]column, error) {
	var cols []column
	for _, name := range names {
		g, err := parseLeft(name)
		if err != nil {
			return nil, err
		}
		if g.Phase != Whole { // the run has kept them apart only if a gate asks
			return nil, &GateError{
				Expr: name, Message: "a column is of the whole run, the parts of a run are for gates",
				Hint: fmt.Sprintf("leave out %q", g.Phase.String()),
			}
		}
		cols = append(cols, column{head: name, cell: func(a *Arm) string {
			i, worst, _ := a.Measure(g, o)
			switch {
			case !i.Known:
				return ""
			case g.Metric == "recovery_time":
				return duration(worst)
			}
			return value(g.Unit(), i.Value)
		}})
	}
	return cols, nil
}

// parseLeft reads the left side of a gate by giving it a right one.
func parseLeft(name string) (Gate, error) {
	g, err := ParseGate(name + " <= 0")
	if err != nil {
		if g, err2 := ParseGate(name + " <= 0s"); err2 == nil {
			return g, nil
		}
	}
	return g, err
}

// laid is the table of arms as texts: columns that say nothing are gone, and it is not wider than it may be.
type laid struct {
	grid
	widths []int
}

// layout makes the rows of the arms. width 0: as wide as it gets; with keep, all columns are wanted, and it is as wide as that
// takes.
func layout(r *Report, cols []column, width int, keep bool) laid {
	texts := make([][]string, len(cols))
	var kept []int
	for c, col := range cols {
		said := keep
		for i := range r.Arms {
			s := col.cell(&r.Arms[i])
			said = said || s != "" && s != col.empty
			if s == "" {
				s = "-"
			}
			texts[c] = append(texts[c], s)
		}
		if said {
			kept = append(kept, c)
		}
	}
	wide := func(c, least int) int {
		w := max(least, utf8.RuneCountInString(cols[c].head))
		for _, s := range texts[c] {
			w = max(w, utf8.RuneCountInString(s))
		}
		return w
	}
	verdict, policy := len("inconclusive"), len("POLICY")
	for i := range r.Arms {
		policy = max(policy, utf8.RuneCountInString(r.Arms[i].Policy))
	}
	total := func(least bool) int {
		n := verdict + 2 + policy
		for _, c := range kept {
			l := 0
			if least {
				l = cols[c].least
			}
			n += 2 + wide(c, l)
		}
		return n
	}
	if keep {
		width = 0
	}
	for width > 0 && total(false) > width && len(kept) > 2 {
		worst := 0
		for i, c := range kept {
			if cols[c].rank > cols[kept[worst]].rank {
				worst = i
			}
		}
		kept = slices.Delete(kept, worst, worst+1)
	}
	if over := total(false) - width; width > 0 && over > 0 {
		policy = max(len("POLICY"), policy-over)
	}
	roomy := width == 0 || total(true) <= width
	return fill(r, cols, texts, kept, verdict, policy, func(c int) int {
		if roomy {
			return wide(c, cols[c].least)
		}
		return wide(c, 0)
	})
}

func fill(r *Report, cols []column, texts [][]string, kept []int, verdict, policy int, wide func(int) int) laid {
	l := laid{grid: grid{head: []string{pad("VERDICT", verdict), pad("POLICY", policy)}, right: []bool{false, false}}}
	l.widths = []int{verdict, policy}
	for _, c := range kept {
		l.head = append(l.head, padLeft(cols[c].head, wide(c)))
		l.right = append(l.right, true)
		l.widths = append(l.widths, wide(c))
	}
	for i := range r.Arms {
		a := &r.Arms[i]
		row := []string{pad(r.ArmVerdict(a).String(), verdict), pad(clip(a.Policy, policy), policy)}
		for _, c := range kept {
			row = append(row, texts[c][i])
		}
		l.rows = append(l.rows, row)
	}
	return l
}

// total is how wide the table is.
func (l *laid) total() int {
	n := 2 * (len(l.widths) - 1)
	for _, w := range l.widths {
		n += w
	}
	return n
}

// title is a column's head in Markdown.
func title(s string) string { return strings.TrimSpace(s) }
