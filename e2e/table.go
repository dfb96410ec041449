package e2e

import (
	"fmt"
	"slices"
	"strings"
)

// Variant is one of the ways in which a column has met a row.
type Variant struct {
	Label string // of its client
	Mode  Mode
	Text  string
}

var modeWords = map[Mode]string{
	Plain: "plain", Tools: "plain", Structured: "plain", Stream: "stream", StreamTools: "stream", Helper: "helper", HelperTools: "helper",
}

// namings are the ways to name a variant, the shortest first.
var namings = []func(Variant) string{
	func(v Variant) string { return modeWords[v.Mode] },
	func(v Variant) string { return v.Label },
	func(v Variant) string { return strings.TrimSpace(v.Label + " " + modeWords[v.Mode]) },
}

// merge puts what a column's clients do into one cell: once where they agree, else with who does it before.
func merge(vs []Variant) string {
	var texts []string
	var who [][]string
	for _, by := range namings {
		if texts, who = group(vs, by); disjoint(who) {
			break
		}
	}
	if len(texts) == 1 {
		return texts[0]
	}
	return lines(texts, who)
}

// group lists texts in the order they come in, and who says each.
func group(vs []Variant, by func(Variant) string) (texts []string, who [][]string) {
	for _, v := range vs {
		i := slices.Index(texts, v.Text)
		if i < 0 {
			texts, who = append(texts, v.Text), append(who, nil)
			i = len(texts) - 1
		}
		if name := by(v); !slices.Contains(who[i], name) {
			who[i] = append(who[i], name)
		}
	}
	return texts, who
}

func disjoint(who [][]string) bool {
	var seen []string
	for _, names := range who {
		for _, n := range names {
			if n == "" || slices.Contains(seen, n) {
				return false
			}
			seen = append(seen, n)
		}
	}
	return true
}

func lines(texts []string, who [][]string) string {
	var out []string
	for i, t := range texts {
		out = append(out, "*"+strings.Join(who[i], ", ")+":* "+t)
	}
	return strings.Join(out, "<br>")
}

// Sight is what has been seen of everything.
type Sight map[key]*Seen

type key struct {
	group, row, client string
	mode               Mode
}

// of is what has been seen of a row with a client in a mode.
func (s Sight) of(g *Group, row *Row, c *Client, m Mode) *Seen {
	if seen := s[key{g.Title, row.Name, c.Name, m}]; seen != nil {
		return seen
	}
	return &Seen{Untold: "not measured"}
}

// markdown is a group as a table: a row a fault, a column an SDK.
func (g *Group) markdown(clients []*Client, seen Sight) (string, error) {
	columns := columnsOf(clients)
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s\n\n| |", g.Title, g.Intro)
	for _, c := range columns {
		b.WriteString(" " + c + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for i := range g.Rows {
		row := &g.Rows[i]
		b.WriteString("| " + row.Name + " |")
		for _, column := range columns {
			text, err := g.column(row, column, clients, seen)
			if err != nil {
				return "", err
			}
			b.WriteString(" " + text + " |")
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

func (g *Group) column(row *Row, column string, clients []*Client, seen Sight) (string, error) {
	var vs []Variant
	for _, c := range clients {
		for _, m := range row.Modes {
			if c.Column != column || !c.Has(m) {
				continue
			}
			text, err := seen.of(g, row, c, m).cell(row, g.Brief)
			if err != nil {
				return "", fmt.Errorf("%s, %s, %s: %w", row.Name, c.Name, m, err)
			}
			vs = append(vs, Variant{c.Label, m, text})
		}
	}
	if len(vs) == 0 {
		return "–", nil
	}
	return merge(vs), nil
}

func columnsOf(clients []*Client) (all []string) {
	for _, c := range clients {
		if !slices.Contains(all, c.Column) {
			all = append(all, c.Column)
		}
	}
	return all
}

// everything calls f for all rows with all clients in all modes.
func everything(clients []*Client, f func(*Group, *Row, *Client, Mode)) {
	for _, g := range groups() {
		for i := range g.Rows {
			for _, c := range clients {
				for _, m := range g.Rows[i].Modes {
					if c.Has(m) {
						f(&g, &g.Rows[i], c, m)
					}
				}
			}
		}
	}
}
