// Package published_test reproduces published results: what others have measured or proved, beside what the engine gives.
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

// A chapter is one source and what it claims.
type chapter struct {
	name   string // of the subtest: go test -run Published/NAME
	source string // author, title, year, where to read it
	tell   func(t *testing.T, b *board)
}

// chapters are in the order of the page. Each lives in a file of its own, NAME_test.go.
var chapters = []chapter{
	stormChapter, stormSweepsChapter, bronsonChapter, huangChapter, collapseBrooker,
	backoff, budgets, breakers, hedging, omission, omissionBrooker, effects, compound,
}

// board collects the claims of one chapter.
type board struct {
	t      *testing.T
	source string
	claims []claim
}

// claim is a line of the table.
type claim struct {
	what, published, measured, tolerance string
	holds                                bool
}

func (b *board) add(c claim) {
	b.t.Helper()
	b.claims = append(b.claims, c)
	if !c.holds {
		b.t.Errorf("%s: published %s, measured %s, tolerance %s", c.what, c.published, c.measured, c.tolerance)
	}
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

func (b *board) markdown(name string) string {
	var s strings.Builder
	fmt.Fprintf(&s, "\n## %s\n\n%s\n\n| what | published | measured | tolerance | |\n|---|---|---|---|---|\n", name, b.source)
	for _, c := range b.claims {
		verdict := "holds"
		if !c.holds {
			verdict = "**does not hold**"
		}
		fmt.Fprintf(&s, "| %s | %s | %s | %s | %s |\n", cell(c.what), cell(c.published), cell(c.measured), cell(c.tolerance), verdict)
	}
	return s.String()
}

// cell escapes what would end a cell of a Markdown table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

const preface = `# Published results

What others have measured or proved, and what agentchaos gives for the same set-up. A test makes this page and fails when a
row does not hold or the page is not what it gives today: ` + "`go test ./harness/published -run Published -v`" + `, ` + "`-update`" + ` to rewrite it.
All of it is virtual time and fixed seeds: the figures are the same on every machine.
`

// TestPublished prints the table, and holds docs/validation.md to it. With -short, or when only some chapters are run, the
// page is left alone.
func TestPublished(t *testing.T) {
	var body, text strings.Builder
	contents := "\n| chapter | rows |\n|---|---|\n"
	claims, count := map[string]claim{}, 0
	all := !testing.Short()
	for _, c := range chapters {
		ran := false
		t.Run(c.name, func(t *testing.T) {
			ran = true
			b := &board{t: t, source: c.source}
			c.tell(t, b)
			require.NotEmpty(t, b.claims)
			body.WriteString(b.markdown(c.name))
			contents += fmt.Sprintf("| [%s](#%s) | %d |\n", c.name, c.name, len(b.claims))
			for _, x := range b.claims {
				claims[c.name+": "+x.what] = x
				count++
			}
		})
		all = all && ran
	}
	text.WriteString(preface + contents + body.String())
	t.Log("\n" + text.String())
	if all {
		holdBrief(t, claims, count)
	}
	switch {
	case !all:
	case *update:
		require.NoError(t, os.WriteFile(page, []byte(text.String()), 0o666))
	default:
		now, err := os.ReadFile(page)
		require.NoError(t, err)
		require.Equal(t, string(now), text.String(), "run go test ./harness/published -update, and read the diff")
	}
}
