package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// TableOptions are how a table looks.
type TableOptions struct {
	Width   int      // characters of a line; 0: 100, as on a pipe
	Color   bool     // colours the verdicts
	Verbose bool     // errors, faults and latencies of each arm as well
	Columns []string // what a gate may have on its left, however wide that gets; nil: the usual ones that say something
}

// text collects the lines of a report.
type text struct {
	lines []string
	width int
	color bool
}

func (t *text) add(lines ...string) { t.lines = append(t.lines, lines...) }

func (t *text) addf(format string, args ...any) { t.add(fmt.Sprintf(format, args...)) }

// gap puts an empty line between two paragraphs.
func (t *text) gap() {
	if n := len(t.lines); n > 0 && t.lines[n-1] != "" {
		t.add("")
	}
}

// prose adds text broken into lines.
func (t *text) prose(s string) { t.add(wrap(s, min(t.width, 100)-2)...) }

// Table writes the report for people (CONTRACT §1): the verdict is the first column and the last line.
func (r *Report) Table(w io.Writer, o TableOptions) error {
	t := &text{width: o.Width, color: o.Color}
	if t.width == 0 {
		t.width = 100
	}
	t.add(r.headline(t.width)...)
	t.gap()
	if err := r.arms(t, o.Columns); err != nil {
		return err
	}
	if o.Verbose {
		r.details(t)
	}
	r.gates(t)
	r.footer(t)
	for _, s := range r.allWarnings() {
		t.gap()
		for i, line := range wrap("warning: "+s, min(t.width, 100)-4) {
			if i > 0 {
				line = "    " + line
			}
			t.add(line)
		}
	}
	r.commands(t)
	t.add(r.lastLine())
	_, err := io.WriteString(w, t.String())
	return err
}

// String is the lines, with colours if they are wanted.
func (t *text) String() string {
	var b strings.Builder
	for _, line := range t.lines {
		b.WriteString(t.paint(line))
		b.WriteByte('\n')
	}
	return b.String()
}

// paints are the colours of verdicts that begin a line.
var paints = []struct{ word, code string }{
	{"pass", "\x1b[32m"}, {"FAIL", "\x1b[1;31m"}, {"inconclusive", "\x1b[33m"}, {"no data", "\x1b[33m"}, {"warning:", "\x1b[33m"},
}

func (t *text) paint(line string) string {
	if !t.color {
		return line
	}
	for _, p := range paints {
		if rest, ok := strings.CutPrefix(line, p.word); ok && (rest == "" || rest[0] == ' ' || rest[0] == ',') {
			return p.code + p.word + "\x1b[0m" + rest
		}
	}
	return line
}

// headline says what ran.
func (r *Report) headline(width int) []string {
	scenarios, policies := map[string]bool{}, map[string]bool{}
	var seeds []uint64
	for i := range r.Arms {
		a := &r.Arms[i]
		scenarios[a.Scenario], policies[a.Policy] = true, true
		if s := a.Seeds(); len(s) > len(seeds) {
			seeds = s
		}
	}
	what := fmt.Sprintf("%s x %s x %s", count(len(scenarios), "scenario"), pluralY(len(policies), "policy", "policies"), seedList(seeds))
	much := fmt.Sprintf("%s tasks, %s", grouped(r.Tasks()), simulated(r.Simulated()))
	parts := []string{what, much}
	if r.File != "" {
		parts = append([]string{r.File}, parts...)
	}
	if s := strings.Join(parts, "   "); utf8.RuneCountInString(s) <= width {
		return []string{s}
	}
	return []string{strings.Join(parts[:len(parts)-1], "   "), much}
}

func pluralY(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(int64(n)) + " " + many
}

// simulated is a length of simulated time.
func simulated(d time.Duration) string {
	switch h := d.Hours(); {
	case h >= 10:
		return grouped(int64(math.Round(h))) + " simulated hours"
	case h >= 1:
		return fmt.Sprintf("%.1f simulated hours", h)
	case d >= time.Minute:
		return fmt.Sprintf("%.0f simulated minutes", d.Minutes())
	}
	return fmt.Sprintf("%.0f simulated seconds", d.Seconds())
}

// arms adds the table: a line for each scenario, a row for each of its arms.
func (r *Report) arms(t *text, names []string) error {
	cols := columns(r.Settings.Options())
	if names != nil {
		var err error
		if cols, err = chosen(names, r.Settings.Options()); err != nil {
			return err
		}
	}
	l := layout(r, cols, t.width, names != nil)
	lines := l.lines()
	if len(r.Arms) == 0 {
		t.add("nothing was run")
		return nil
	}
	t.add(lines[0])
	longest := 0
	for i := range r.Arms {
		longest = max(longest, utf8.RuneCountInString(r.Arms[i].Scenario))
	}
	group := min(t.width, max(l.total(), 60))
	for i := range r.Arms {
		if i == 0 || r.Arms[i].Scenario != r.Arms[i-1].Scenario {
			t.add(r.groupLines(r.Arms[i].Scenario, longest, group)...)
		}
		t.add(lines[1+i])
	}
	return nil
}

// groupLines introduce a scenario: name, what goes wrong, and how often it did, over all arms.
func (r *Report) groupLines(name string, longest, width int) []string {
	var faults []string
	for _, s := range r.Scenarios {
		if s.Name == name {
			faults = s.Faults
		}
	}
	n, injected := int64(0), false
	for i := range r.Arms {
		if a := &r.Arms[i]; a.Scenario == name {
			for _, f := range a.Total.Faults {
				n, injected = n+f.Fired(), true
			}
		}
	}
	fired := ""
	switch {
	case n > 0:
		fired = "fired " + grouped(n) + " " + plural(int(n), "time")
	case injected || len(faults) > 0:
		fired = "nothing fired"
	default:
		fired = "no faults"
	}
	var lines []string
	head := pad(name, longest) + "   "
	room := width - utf8.RuneCountInString(head) - utf8.RuneCountInString(fired) - 2
	for i, f := range faults {
		if i > 0 {
			head, fired, room = strings.Repeat(" ", utf8.RuneCountInString(head)), "", width-utf8.RuneCountInString(head)
		}
		lines = append(lines, spread(head+clip(f, max(room, 12)), fired, width))
	}
	if len(faults) == 0 {
		lines = append(lines, spread(name, fired, width))
	}
	return lines
}

// spread sets a to the left and b to the right.
func spread(a, b string, width int) string {
	if b == "" {
		return strings.TrimRight(a, " ")
	}
	return a + padLeft(b, max(utf8.RuneCountInString(b)+2, width-utf8.RuneCountInString(a)))
}
