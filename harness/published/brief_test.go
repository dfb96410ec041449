package published_test

import (
	"fmt"
	"os"
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

// brief are the rows that the README shows: of which chapter, and who published it.
var brief = []struct{ chapter, what, who string }{
	{"storm", "naive: completed", "our retry storm, on an independent simulation"},
	{"storm", "stack: recovery, median", "the same"},
	{"bronson", "load at which the recovery takes for ever, by the line through 1/recovery at 140, 145 and 147/s", "Bronson et al., HotOS 2021"},
	{"collapse-brooker", "spike to twice the rate for 5 s, no backoff: runs of 40 that collapse", "Brooker, simple_collapse_sim"},
	{"backoff", "100 clients, full jitter: calls", "Brooker, AWS 2015"},
	{"budgets", "SRE book: with a per-client budget of 10%, \"just 1.1x in the general case\"", "Google SRE book"},
	{"budgets", "AWS Builders' Library: five layers of 3 attempts each", "AWS Builders' Library"},
	{"hedging", "hedge after 3 s: p99", "Dean and Barroso 2013, theory"},
	{"omission", "open loop: p99", "HdrHistogram"},
	{"effects", "refunds doubled, the answer lost after the commit, no keys", "agent-framework issue 3938"},
	{"effects", "the same with idempotency keys", "the same"},
}

// holdBrief holds the README to the rows, by chapter and what.
func holdBrief(t *testing.T, claims map[string]claim, count int) {
	var b strings.Builder
	b.WriteString("| what | published | measured | by |\n|---|---|---|---|\n")
	for _, r := range brief {
		c, ok := claims[r.chapter+": "+r.what]
		require.True(t, ok, "the README's row %q of chapter %s is no claim", r.what, r.chapter)
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell(r.what), cell(c.published), cell(c.measured), cell(r.who))
	}
	fmt.Fprintf(&b, "\nAll %d rows, with sources and tolerances: [docs/validation.md](docs/validation.md).\n", count)
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
