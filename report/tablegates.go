package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// gates adds the block of verdicts.
func (r *Report) gates(t *text) {
	if len(r.Gates) == 0 {
		return
	}
	t.gap()
	var n [verdicts]int
	for _, g := range r.Gates {
		n[g.Verdict]++
	}
	var parts []string
	for _, v := range [...]Verdict{Pass, Fail, Inconclusive, NoData} {
		if n[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[v], v))
		}
	}
	t.addf("GATES  %s", strings.Join(parts, ", "))
	lines, short := r.gateLines(t.width)
	for i, line := range lines {
		x := &r.Gates[i]
		main, extra := x.says()
		if !short {
			arm := pad(x.Verdict.String(), 12) + "  " + x.Scenario + " " + x.Policy
			line = arm + "  " + x.Gate + "  " + main
			if utf8.RuneCountInString(line) > t.width {
				t.add(arm)
				line = "    " + x.Gate + "  " + main
			}
		}
		if rest := "  " + extra; extra != "" && utf8.RuneCountInString(line+rest) <= t.width {
			t.add(line + rest)
		} else {
			t.add(line)
			for _, l := range wrap(extra, t.width-4) {
				t.add("    " + l)
			}
		}
		if x.Worst != nil && (x.Verdict == Fail || x.Verdict == Inconclusive) {
			t.add("    worst: " + clip(x.Worst.String(), t.width-11))
		}
	}
}

// gateLines sets a line for each gate in columns; short is false if they do not fit.
func (r *Report) gateLines(width int) (lines []string, short bool) {
	g := grid{}
	for i := range r.Gates {
		x := &r.Gates[i]
		main, _ := x.says()
		g.rows = append(g.rows, []string{pad(x.Verdict.String(), 12), x.Scenario + " " + x.Policy, x.Gate, main})
	}
	lines = g.lines()
	for _, line := range lines {
		if utf8.RuneCountInString(line) > width {
			return lines, false
		}
	}
	return lines, true
}

// says is the value with its interval, and what would settle it or why.
func (g *GateResult) says() (main, extra string) {
	switch {
	case g.Never > 0:
		main = fmt.Sprintf("never in %s", count(g.Never, "seed"))
	case g.Value == nil && g.Verdict == NoData:
		main = "-"
	case g.Value == nil:
		main = "never"
	case g.OfWhat != "":
		main = fmt.Sprintf("%s in %s %s", grouped(int64(*g.Value)), grouped(g.Of), g.OfWhat)
	default:
		main = value(g.Unit, *g.Value)
	}
	if g.WorstValue != nil && g.Never == 0 {
		main += ", worst " + value(g.Unit, *g.WorstValue)
	}
	if g.Low != nil || g.High != nil {
		low, high := "0", "inf"
		if g.Low != nil {
			low = bare(g.Unit, *g.Low)
		}
		if g.High != nil {
			high = bare(g.Unit, *g.High)
		}
		main += "  [" + low + ", " + high + "]"
	}
	if g.Verdict == Inconclusive && g.Settle > 0 {
		extra = count(g.Settle, "seed")
	}
	if g.Why != "" && (g.Never == 0 || g.Unfired) && g.Verdict != Pass {
		if extra != "" {
			extra += "; "
		}
		extra += g.Why
	}
	return main, extra
}

// String is a line on the task: where it is, how it went, and what was done to it.
func (w *WorstRef) String() string {
	s := fmt.Sprintf("seed %d task %d, %s: ", w.Seed, w.Task, duration(w.Latency.Seconds()))
	s += w.Outcome.String()
	if k := kindName(w.Kind); k != "" {
		s += " with " + k
	}
	s += fmt.Sprintf(" in step %d after %s", w.Step, count(int(w.Attempts), "attempt"))
	if w.Hits > 0 {
		s += fmt.Sprintf(", %d x %s", w.Hits, w.Fault)
	}
	return s
}

// footer adds what the intervals mean and what they do not (STATISTICS §8).
func (r *Report) footer(t *text) {
	n := 0
	for i := range r.Arms {
		n = max(n, len(r.Arms[i].Cells))
	}
	if n == 0 {
		return
	}
	t.gap()
	if n == 1 {
		t.prose("One simulated world: no intervals, and only counts are judged. This is the luck of one simulation, " +
			"not fit to your provider.")
		return
	}
	t.prose(fmt.Sprintf("%.4g%% intervals over %d simulated worlds, the seed as the unit: luck of the simulation, not fit to "+
		"your provider. A pass cannot exclude what happens in under %.0f%% of worlds. max_hidden_loss %.4g%%.",
		100*r.level(), n, 100*Unexcluded(n), 100*r.hiddenLoss()))
}

// allWarnings are the caller's and what the numbers themselves warn of.
func (r *Report) allWarnings() []string {
	out := append([]string(nil), r.Warnings...)
	for _, g := range r.Gates {
		if g.Spread > 0.5 {
			out = append(out, fmt.Sprintf("%s %s, %s: seed %d carries %.0f %% of the spread", g.Scenario, g.Policy, g.Gate, g.SpreadSeed, 100*g.Spread))
		}
	}
	out = append(out, r.aways()...)
	clipped := int64(0)
	for i := range r.Arms {
		for _, h := range r.Arms[i].Total.Latency {
			clipped += h.Clipped
		}
	}
	if clipped > 0 {
		out = append(out, "in quantiles, latencies above 24h count as the longest of them: "+grouped(clipped)+" here")
	}
	return append(out, r.excuses()...)
}

// excuses warn that gates which show nothing did not count.
func (r *Report) excuses() []string {
	n := r.excused()
	if n == 0 || r.Interrupted {
		return nil
	}
	gates := count(n, "inconclusive gate")
	if r.Allow {
		return []string{gates + " " + was(n) + " allowed"}
	}
	return []string{gates + " " + was(n) + " let pass: so few seeds are a smoke test"}
}

func was(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// commands adds what to run next, for the first gate that failed, else the first that is open.
func (r *Report) commands(t *text) {
	t.gap()
	g := r.first(Fail)
	if g == nil {
		g = r.first(Inconclusive)
	}
	if g != nil && g.Worst != nil {
		t.command("look:", fmt.Sprintf("explain%s %s --seed %d --task %d", r.args(), g.of(), g.Worst.Seed, g.Worst.Task))
	}
	if s := r.settle(); s != nil {
		t.command("settle:", fmt.Sprintf("run%s %s --seeds %d", r.args(), s.of(), s.Settle))
	}
	if g != nil {
		t.command("reproduce:", fmt.Sprintf("run%s %s --seed %d --seeds %d", r.args(), g.of(), r.Settings.FirstSeed, r.Settings.Seeds))
	}
}

// command adds a line to copy into a shell; one that is too long goes on after a backslash, before a flag.
func (t *text) command(what, args string) {
	line := pad(what, 12) + "agentchaos"
	for i, part := range strings.Split(" "+args, " --") {
		if i > 0 {
			part = " --" + part
		}
		if i > 0 && utf8.RuneCountInString(line+part) > t.width-2 {
			t.add(line + " \\")
			line = strings.Repeat(" ", 13)
		}
		line += part
	}
	t.add(line)
}

// of names the arm of the gate in flags.
func (g *GateResult) of() string {
	return "--scenario " + ShellQuote(g.Scenario) + " --policy " + ShellQuote(g.Policy)
}

func (r *Report) args() string {
	if r.Args == "" {
		return ""
	}
	return " " + r.Args
}

func (r *Report) first(v Verdict) *GateResult {
	for i := range r.Gates {
		if r.Gates[i].Verdict == v {
			return &r.Gates[i]
		}
	}
	return nil
}

// settle is the open gate that asks for the most seeds.
func (r *Report) settle() *GateResult {
	var most *GateResult
	for i := range r.Gates {
		if g := &r.Gates[i]; g.Verdict == Inconclusive && g.Settle > 0 && (most == nil || g.Settle > most.Settle) {
			most = g
		}
	}
	return most
}

// lastLine is the verdict and the exit code.
func (r *Report) lastLine() string {
	word := r.Verdict().String()
	switch {
	case r.Interrupted:
		word = "interrupted"
	case r.Verdict() == None:
		word = "no gates"
	}
	if r.Quick {
		word += ", smoke"
	}
	return fmt.Sprintf("%s  exit %d", word, r.Exit())
}
