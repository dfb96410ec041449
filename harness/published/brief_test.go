package published_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readme is where the table stands in short, between two marks.
const (
	readme     = "../../README.md"
	briefBegin = "<!-- published results, in short: go test ./harness/published -update -->\n"
	briefEnd   = "<!-- end of published results -->\n"
)

// brief are the rows that the README shows: of which chapter, in which words where the chapter's need their chapter, and who
// published it.
var brief = []struct{ chapter, what, shown, who string }{
	{"bronson", bronsonThreshold, "a database good for 300 queries/s, one retry: stable below; here the highest load at which every seed recovers, the lowest at which none does", "Bronson et al., HotOS 2021"},
	{"bronson", "280 queries/s: sent to the database a second, after the outage", "the same at 280 queries/s: sent to it a second, for ever after an outage of 10 s", "Bronson et al., HotOS 2021"},
	{"collapse-brooker", "spike to twice the rate for 5 s, no backoff: runs of 40 that collapse", "", "Brooker, simple_collapse_sim"},
	{"backoff", "100 clients, full jitter: calls", "100 clients that update one row, full jitter: calls", "Brooker, AWS 2015, his code"},
	{"budgets", "SRE book: with a per-client budget of 10%, \"just 1.1x in the general case\"", "", "Google SRE book"},
	{"budgets", "SRE book: three layers of 4 attempts each, a request at the bottom for every one at the top", "", "Google SRE book"},
	{"budgets", "AWS Builders' Library: five layers of 3 attempts each", "", "AWS Builders' Library"},
	{"hedging", fanOut(100, .01), "", "Dean and Barroso 2013"},
	{"omission", "open loop: p99", "an open loop through a standstill of 100 s: p99", "HdrHistogram"},
	{"effects", "refunds doubled, the answer lost after the commit, no keys", "", "agent-framework issue 3938"},
	{"storm", "naive: completed", "retry storm, naive retries: tasks completed", "own, an independent simulation"},
}

// holdBrief holds the README to the rows, by chapter and what.
func holdBrief(t *testing.T, told map[string][]claim) {
	var b strings.Builder
	var all []claim
	for _, c := range chapters {
		all = append(all, told[c.name]...)
	}
	b.WriteString("| what | expected | measured | by |\n|---|---|---|---|\n")
	for _, r := range brief {
		i := slices.IndexFunc(told[r.chapter], func(c claim) bool { return c.what == r.what })
		require.GreaterOrEqual(t, i, 0, "the README's row %q of chapter %s is no claim", r.what, r.chapter)
		c := told[r.chapter][i]
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell(cmp.Or(r.shown, r.what)), cell(c.published), cell(c.measured), cell(r.who))
	}
	n := count(all)
	fmt.Fprintf(&b, "\nAll %d rows (%d published by others, %d theory, %d own independent simulation), %d of which do not hold, with sources and\ntolerances: [docs/validation.md](docs/validation.md).\n",
		n.rows, n.of[others], n.of[theory], n.of[own], n.missed)
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), briefBegin)
	require.True(t, ok, "README.md has no mark %q", briefBegin)
	old, after, ok := strings.Cut(rest, briefEnd)
	require.True(t, ok, "README.md has no mark %q", briefEnd)
	if *update {
		require.NoError(t, os.WriteFile(readme, []byte(before+briefBegin+b.String()+briefEnd+after), 0o666))
		return
	}
	require.Equal(t, old, b.String(), "run go test ./harness/published -update, and read the diff")
}
