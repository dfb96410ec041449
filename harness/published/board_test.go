// Package published_test reproduces results that the engine was not made to give: what others have published, what theory
// says, and what a simulation of our own gave before there was an engine.
package published_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite docs/validation.md")

// page is the table as everybody reads it.
const page = "../../docs/validation.md"

// A kind is whose figure a row holds ours to.
type kind string

const (
	others kind = "published" // by others, or what their published code gave when we ran it
	theory kind = "theory"    // arithmetic, or a law
	own    kind = "own"       // an independent simulation that we made before the engine
)

var kinds = []kind{others, theory, own}

// A chapter is one source and what it claims.
type chapter struct {
	name   string // of the subtest: go test -run Published/NAME
	source string // author, title, year, where to read it
	kind   kind   // of its rows, unless a row says its own with [board.of]
	tell   func(t *testing.T, b *board)
}

// chapters are in the order of the page.
var chapters = []chapter{
	storms, stormSweeps, bronsons, huangs, collapseBrooker,
	backoff, budgets, breakers, hedging, omission, omissionBrooker, effects, compound,
}

// board collects the claims of one chapter.
type board struct {
	t      *testing.T
	kind   kind
	claims *[]claim
}

// of is the same board for rows of another kind than the chapter's.
func (b *board) of(k kind) *board { return &board{b.t, k, b.claims} }

// claim is a line of the table.
type claim struct {
	what, published, measured, tolerance string
	holds                                bool
	kind                                 kind
	why                                  string // it does not hold, if that is known
}

func (b *board) add(c claim) {
	b.t.Helper()
	c.kind = b.kind
	*b.claims = append(*b.claims, c)
	if c.why == "" && !c.holds {
		b.t.Errorf("%s: published %s, measured %s, tolerance %s", c.what, c.published, c.measured, c.tolerance)
	}
	if c.why != "" && c.holds {
		b.t.Errorf("%s: a known miss holds: published %s, measured %s, tolerance %s", c.what, c.published, c.measured, c.tolerance)
	}
}

// misses claims that a figure is known not to lie within tolerance of the published one, and says why. It fails when the
// figure comes to lie there.
func (b *board) misses(what, format string, published, measured, tolerance float64, why string) {
	b.t.Helper()
	b.add(claim{
		what: what, published: fmt.Sprintf(format, published), measured: fmt.Sprintf(format, measured),
		tolerance: "± " + fmt.Sprintf(format, tolerance), holds: math.Abs(measured-published) <= tolerance, why: why,
	})
}

// near claims that a figure lies within tolerance, in its own unit, of the published one. The format is of one figure, such
// as "%.1f%%".
func (b *board) near(what, format string, published, measured, tolerance float64) {
	b.t.Helper()
	b.add(claim{
		what: what, published: fmt.Sprintf(format, published), measured: fmt.Sprintf(format, measured),
		tolerance: "± " + fmt.Sprintf(format, tolerance), holds: math.Abs(measured-published) <= tolerance,
	})
}

// within claims that a figure is at most share, such as 0.03, away from the published one.
func (b *board) within(what, format string, published, measured, share float64) {
	b.t.Helper()
	b.add(claim{
		what: what, published: fmt.Sprintf(format, published), measured: fmt.Sprintf(format, measured),
		tolerance: fmt.Sprintf("± %g%%", share*100), holds: math.Abs(measured-published) <= share*math.Abs(published),
	})
}

// exact claims that two things are the same to the letter: a verdict, a sequence, a count.
func (b *board) exact(what, published, measured string) {
	b.t.Helper()
	b.add(claim{what: what, published: published, measured: measured, tolerance: "exact", holds: published == measured})
}

func (c chapter) markdown(claims []claim) string {
	var s strings.Builder
	fmt.Fprintf(&s, "\n## %s\n\n%s\n\n| what | expected | measured | tolerance | kind | |\n|---|---|---|---|---|---|\n", c.name, c.source)
	for _, c := range claims {
		verdict := "holds"
		if !c.holds {
			verdict = "**does not hold**: " + c.why
		}
		fmt.Fprintf(&s, "| %s | %s | %s | %s | %s | %s |\n", cell(c.what), cell(c.published), cell(c.measured), cell(c.tolerance), c.kind, cell(verdict))
	}
	return s.String()
}

// cell escapes what would end a cell of a Markdown table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

const preface = `# Published results, theory, and our own simulation

What agentchaos gives, beside a figure that it was not made to give. The kind of a row says whose: **published**, by others: what
they wrote, or what their published code gave when we ran it; **theory**, which is arithmetic or a law; **own**, an independent
simulation that we made before the engine, which shows that two programs agree and not that others found the same. Where the
source has several ways and ours is one of them, the row says what each does, and ours is held to what it has chosen.

A test makes this page. It fails when a row does not hold, when one that is known not to hold does, or when the page is not what
it gives today: ` + "`go test ./harness/published -run Published -v`" + `, ` + "`-update`" + ` to rewrite it. All of it is virtual time and fixed seeds: the
figures are the same on every machine. How tolerances are found stands in the chapters.
`

// A tally counts rows.
type tally struct {
	rows, missed int
	of           map[kind]int
}

func count(claims []claim) tally {
	n := tally{rows: len(claims), of: map[kind]int{}}
	for _, c := range claims {
		n.of[c.kind]++
		if !c.holds {
			n.missed++
		}
	}
	return n
}

// contents is the table at the top of the page.
func contents(told map[string][]claim) string {
	var s strings.Builder
	var all []claim
	line := func(name string, n tally) {
		fmt.Fprintf(&s, "| %s | %d |", name, n.rows)
		for _, k := range kinds {
			fmt.Fprintf(&s, " %d |", n.of[k])
		}
		fmt.Fprintf(&s, " %d |\n", n.missed)
	}
	for _, c := range chapters {
		if claims, ok := told[c.name]; ok {
			line(fmt.Sprintf("[%s](#%s)", c.name, c.name), count(claims))
			all = append(all, claims...)
		}
	}
	line("all", count(all))
	n := count(all)
	return fmt.Sprintf("\n%d rows, %d of which do not hold.\n\n| chapter | rows | published | theory | own | do not hold |\n|---|---|---|---|---|---|\n", n.rows, n.missed) + s.String()
}

// TestPublished prints the table, and holds docs/validation.md to it. With -short, or when only some chapters are run, the
// page is left alone.
func TestPublished(t *testing.T) {
	var body strings.Builder
	told := map[string][]claim{}
	for _, c := range chapters {
		t.Run(c.name, func(t *testing.T) {
			var claims []claim
			c.tell(t, &board{t, c.kind, &claims})
			require.NotEmpty(t, claims)
			body.WriteString(c.markdown(claims))
			told[c.name] = claims
		})
	}
	text := preface + contents(told) + body.String()
	t.Log("\n" + text)
	if testing.Short() || len(told) < len(chapters) {
		return
	}
	holdBrief(t, told)
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(text), 0o666))
		return
	}
	now, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, string(now), text, "run go test ./harness/published -update, and read the diff")
}
