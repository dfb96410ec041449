package e2e

import (
	"slices"
	"strings"
	"time"
)

// finding is a sentence about whoever does something with a row.
type finding struct {
	row  string
	what string // %: who
	none string // the sentence where it is nobody; "": there is none
	does func(*Seen) bool
}

// findings are what the tables show that one would not think.
func findings() []finding {
	deceived := func(s *Seen) bool { return s.deceived() }
	retries := func(s *Seen) bool { return s.Attempts > 1 }
	once := func(s *Seen) bool { return s.Attempts == 1 }
	waits := func(d time.Duration) func(*Seen) bool {
		return func(s *Seen) bool { return len(s.Waits) > 0 && s.Waits[0][0].Round(time.Millisecond) == d }
	}
	invents := func(s *Seen) bool { return strings.Contains(s.calls(), "**") }
	return []finding{
		{row: "ends cleanly between two events", does: deceived,
			what: "**Half an answer is taken for a whole one** when a stream ends cleanly before its last event: %. Look for a finish reason yourself."},
		{row: "ends cleanly in the middle of a tool's arguments", does: func(s *Seen) bool { return s.deceived() && len(s.ToolCalls) > 0 },
			what: "**Half a tool call is handed on** by the same cut: %."},
		{row: "a tool's arguments are no JSON", does: invents,
			what: "**Arguments that the model never wrote** are handed on in place of broken ones: %."},
		{row: "an error object", does: deceived,
			what: "**An error under status 200 is taken for an answer**, mostly an empty one: %."},
		{row: "a proxy's HTML", does: deceived,
			what: "**So is a proxy's HTML page** under status 200: %."},
		{row: "quota: the money is spent, 429", does: retries,
			what: "**Spent money is asked for again**, as if the 429 were a rate limit: %."},
		{row: "`Retry-After: 86400`, a day", does: waits(24 * time.Hour),
			what: "**A day is waited for**, twice, if a Retry-After says so: %. Set a deadline of your own."},
		{row: "`Retry-After: 90`", does: func(s *Seen) bool { return retries(s) && !waits(90*time.Second)(s) },
			what: "**A Retry-After of 90 s is passed over**, and asked again after the own backoff: %."},
		{row: "`Retry-After: 0`", does: waits(0),
			what: "**A Retry-After of 0 is taken at its word**, all attempts made at once: %."},
		{row: "`Retry-After: -1`", does: waits(0),
			what: "**So is a negative one**: %."},
		{row: "`X-Should-Retry: false`", does: retries,
			what: "**X-Should-Retry is not looked at**: %. All others go by it against the status, either way."},
		{row: "no answer, and a limit set", does: once,
			what: "**An attempt that ran into the SDK's own limit is not made again**: %."},
		{row: "the stream stalls, and a limit set", does: func(s *Seen) bool { return s.Hung },
			what: "**The limit does not hold for a stream that has begun**: % wait on when it stalls."},
		{row: "closed in the middle of a plain answer", does: once,
			what: "**An answer whose connection breaks in its body is not asked for again**: %."},
		{row: "error event first: overloaded", does: retries,
			what: "**An error event before any output is tried again** by % alone. After the first output nobody does.", none: "**Nobody tries again** once a stream has begun, not even before its first output."},
	}
}

// who are those that do it, by column: those of its clients and modes that do, where not all do.
func (f *finding) who(g *Group, row *Row, clients []*Client, seen Sight) string {
	var all []string
	for _, column := range columnsOf(clients) {
		var vs []Variant
		for _, c := range clients {
			for _, m := range row.Modes {
				if c.Column != column || !c.Has(m) {
					continue
				}
				v := Variant{Label: c.Label, Mode: m}
				if s := seen.of(g, row, c, m); s.Untold == "" && f.does(s) {
					v.Text = "does"
				}
				vs = append(vs, v)
			}
		}
		does := func(v Variant) bool { return v.Text != "" }
		switch some := named(vs, does); {
		case len(some) == 0:
		case slices.ContainsFunc(vs, func(v Variant) bool { return !does(v) }):
			all = append(all, column+" ("+strings.Join(some, ", ")+")")
		default:
			all = append(all, column)
		}
	}
	return strings.Join(all, ", ")
}

// sentence is the finding; "": there is none.
func (f *finding) sentence(clients []*Client, seen Sight) string {
	for _, g := range groups() {
		for i := range g.Rows {
			if g.Rows[i].Name != f.row {
				continue
			}
			who := f.who(&g, &g.Rows[i], clients, seen)
			if who == "" {
				return f.none
			}
			return strings.Replace(f.what, "%", who, 1)
		}
	}
	return "no such row: " + f.row
}
