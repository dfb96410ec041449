package scenarios

import (
	"fmt"
	"sort"
	"strings"
)

// A Problem is something wrong at a place in a scenario file. Line and Column count from 1, columns in characters.
type Problem struct {
	File         string
	Line, Column int
	Path         string // where in the document: "policies.ours.retry"; "" for the whole
	Message      string
	Source       string // the line itself
	Hint         string // what would have been right; "": nothing to suggest
	Warning      bool   // the file can be used as it is
}

// shown is how many problems an error lists: all that a person's file has, and not the flood that a generated one can cause.
const shown = 200

// Error is the problem as CONTRACT.md §2 shows it: the place, the message, the line with a caret, the hint.
func (p Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Warning {
		b.WriteString("warning: ")
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Source != "" {
		line, pad := window(p.Source, p.Column)
		fmt.Fprintf(&b, "\n%5d | %s\n%8s%s^", p.Line, line, "", pad)
	}
	if p.Hint != "" {
		b.WriteString("\n   " + strings.ReplaceAll(p.Hint, "\n", "\n   "))
	}
	return b.String()
}

// window is the part of a line around a column that fits a terminal, and what pads a caret to that column: tabs stay tabs,
// so that the caret stands right whatever their width.
func window(line string, column int) (text, pad string) {
	const before, width = 60, 120
	r := []rune(line)
	at := min(max(column-1, 0), len(r))
	from, to := 0, len(r)
	head, tail := "", ""
	if len(r) > width {
		if from = max(0, at-before); from > 0 {
			head = "…"
		}
		if to = min(len(r), from+width); to < len(r) {
			tail = "…"
		}
	}
	clean := func(c rune) rune {
		if c != '\t' && c < ' ' {
			return '?' // a control character would move the caret or the cursor
		}
		return c
	}
	blank := func(c rune) rune {
		if c == '\t' {
			return c
		}
		return ' '
	}
	return head + strings.Map(clean, string(r[from:to])) + tail, strings.Map(blank, head+string(r[from:at]))
}

// Problems is everything wrong with a file, in the order of its lines. As an error it lists them all, up to 200.
type Problems []Problem

// Error is one problem after the other.
func (ps Problems) Error() string {
	var out []string
	for i, p := range ps {
		if i == shown {
			out = append(out, fmt.Sprintf("and %d more", len(ps)-shown))
			break
		}
		out = append(out, p.Error())
	}
	return strings.Join(out, "\n")
}

// sorted are the problems by place: the user's file first, then the --set options, then the built-in suite.
func (ps Problems) sorted(own string) Problems {
	rank := func(p Problem) int {
		switch p.File {
		case own:
			return 0
		case setName:
			return 1
		}
		return 2
	}
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i], ps[j]
		if ra, rb := rank(a), rank(b); ra != rb {
			return ra < rb
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	return ps
}
