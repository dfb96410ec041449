package report

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes the report for a pull request: two tables, what the intervals mean, and the verdict as the last line.
func (r *Report) Markdown(w io.Writer, o TableOptions) error {
	cols := columns(r.Settings.Options())
	if o.Columns != nil {
		var err error
		if cols, err = chosen(o.Columns, r.Settings.Options()); err != nil {
			return err
		}
	}
	var b strings.Builder
	b.WriteString(strings.Join(r.headline(1000), "\n") + "\n\n")
	l := layout(r, cols, 0, o.Columns != nil)
	g := grid{head: []string{"VERDICT", "SCENARIO"}, right: append([]bool{false}, l.right...)}
	for _, h := range l.head[1:] {
		g.head = append(g.head, title(h))
	}
	for i, row := range l.rows {
		g.rows = append(g.rows, append([]string{title(row[0]), r.Arms[i].Scenario}, row[1:]...))
	}
	b.WriteString(g.markdown())
	if len(r.Gates) > 0 {
		g := grid{head: []string{"VERDICT", "SCENARIO", "POLICY", "GATE", "VALUE"}, right: make([]bool, 5)}
		for i := range r.Gates {
			x := &r.Gates[i]
			main, extra := x.says()
			g.rows = append(g.rows, []string{x.Verdict.String(), x.Scenario, x.Policy, x.Gate, strings.TrimSpace(main + "  " + extra)})
		}
		b.WriteString("\n" + g.markdown())
	}
	t := &text{width: 100}
	r.footer(t)
	for _, s := range r.allWarnings() {
		t.gap()
		t.add("warning: " + s)
	}
	fmt.Fprintf(&b, "\n%s\n%s\n", strings.Join(t.lines, "\n"), r.lastLine())
	_, err := io.WriteString(w, b.String())
	return err
}
