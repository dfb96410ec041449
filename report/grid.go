package report

import (
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// grid is cells in columns. All use of tablewriter is here.
type grid struct {
	head  []string // nil: no header line
	right []bool   // columns set to the right; nil: none
	rows  [][]string
}

// lines sets the grid without borders, two blanks between columns, nothing at the ends of lines.
func (g *grid) lines() []string {
	if len(g.rows) == 0 && g.head == nil {
		return nil
	}
	var b strings.Builder
	padding := tw.Padding{Left: "", Right: "  ", Overwrite: true}
	cell := tw.CellConfig{
		Formatting:   tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Padding:      tw.CellPadding{Global: padding},
		Alignment:    tw.CellAlignment{Global: tw.AlignLeft, PerColumn: g.aligns()},
		ColMaxWidths: tw.CellWidth{},
	}
	t := tablewriter.NewTable(&b,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone, Symbols: tw.NewSymbols(tw.StyleNone),
			Settings: tw.Settings{Lines: tw.LinesNone, Separators: tw.SeparatorsNone},
		})),
		tablewriter.WithConfig(tablewriter.Config{
			Header: cell, Row: cell, Behavior: tw.Behavior{TrimSpace: tw.Off, AutoHide: tw.Off},
		}),
		tablewriter.WithHeaderAutoFormat(tw.Off), // else p95_latency becomes P 95 LATENCY
		tablewriter.WithTrimSpace(tw.Off),
	)
	if g.head != nil {
		t.Header(g.head)
	}
	for _, row := range g.rows {
		_ = t.Append(row) // fails for streams only
	}
	_ = t.Render() // into memory
	return trimmed(b.String())
}

func (g *grid) aligns() tw.Alignment {
	a := tw.Alignment{}
	for _, right := range g.right {
		if right {
			a = append(a, tw.AlignRight)
		} else {
			a = append(a, tw.AlignLeft)
		}
	}
	return a
}

func trimmed(s string) []string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// markdown sets the grid as a Markdown table. A cell's own bars are escaped, which tablewriter does not do.
func (g *grid) markdown() string {
	var b strings.Builder
	cell := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft, PerColumn: g.aligns()},
	}
	t := tablewriter.NewTable(&b,
		tablewriter.WithRenderer(renderer.NewMarkdown()),
		tablewriter.WithConfig(tablewriter.Config{Header: cell, Row: cell}),
		tablewriter.WithHeaderAutoFormat(tw.Off),
	)
	t.Header(escaped(g.head))
	for _, row := range g.rows {
		_ = t.Append(escaped(row))
	}
	_ = t.Render()
	return b.String()
}

func escaped(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.ReplaceAll(strings.ReplaceAll(c, "|", `\|`), "\n", " ")
	}
	return out
}

// pad fills s up with blanks.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// padLeft is pad on the other side.
func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s))) + s
}

// clip shortens s to width, and shows that it did.
func clip(s string, width int) string {
	r := []rune(s)
	if len(r) <= width || width < 1 {
		return s
	}
	return string(r[:width-1]) + "~"
}

// wrap breaks text between words into lines of at most width.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
