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

// merge puts what a column's clients do into one cell: once where they agree, else with who does it before.
func merge(vs []Variant) string {
	var texts []string
	for _, v := range vs {
		if !slices.Contains(texts, v.Text) {
			texts = append(texts, v.Text)
		}
	}
	if len(texts) == 1 {
		return texts[0]
	}
	var out []string
	for _, t := range texts {
		some := func(v Variant) bool { return v.Text == t }
		out = append(out, "*"+strings.Join(named(vs, some), ", ")+":* "+t)
	}
	return strings.Join(out, "<br>")
}

// named tells some of a column's variants from the others, as shortly as it can: by a mode in which all are meant, else by a client
// of which all are, else by both.
func named(vs []Variant, meant func(Variant) bool) (words []string) {
	mode := func(v Variant) string { return modeWords[v.Mode] }
	client := func(v Variant) string { return v.Label }
	both := func(v Variant) string { return strings.TrimSpace(v.Label + " " + modeWords[v.Mode]) }
	all := func(by func(Variant) string, of Variant, is func(Variant) bool) bool {
		return by(of) != "" && !slices.ContainsFunc(vs, func(v Variant) bool { return by(v) == by(of) && !is(v) })
	}
	rest := func(v Variant) bool { return meant(v) && !all(mode, v, meant) }
	for _, v := range vs {
		word := both(v)
		switch {
		case !meant(v):
			continue
		case all(mode, v, meant):
			word = mode(v)
		case all(client, v, rest):
			word = client(v)
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
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
