package e2e

import (
	"flag"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/sdk-behaviour.md")

// pagePath is where the page stands.
const pagePath = "../docs/sdk-behaviour.md"

// limit of an attempt in a bubble.
const limit = 20 * time.Second

// times that a case is played, so that what is random shows.
const times = 8

// seenByGo plays all rows with the Go SDKs.
func seenByGo(t *testing.T, seen Sight) {
	everything(goClients(), func(g *Group, row *Row, c *Client, m Mode) {
		seen[key{g.Title, row.Name, c.Name, m}] = repeated(t, c, m, row)
	})
}

// repeated plays a case a few times, and tells what it is every time.
func repeated(t *testing.T, c *Client, m Mode, row *Row) *Seen {
	var s *Seen
	for range times {
		d := time.Duration(0)
		if row.Limit {
			d = limit
		}
		r, p := inProcess(t, c, m, row.Fault, d)
		waits := p.waits()
		if s == nil {
			s = &Seen{Result: r, Attempts: p.attempts(), Each: p.seen[0].After, Waits: make([][]time.Duration, len(waits))}
		}
		require.Equal(t, s.Attempts, p.attempts(), "%s, %s, %s", row.Name, c.Name, m)
		require.Equal(t, s.Error, r.Error, "%s, %s, %s", row.Name, c.Name, m)
		for i, w := range waits {
			s.Waits[i] = append(s.Waits[i], w)
		}
	}
	return s
}

func TestThePageIsWhatTheSDKsDo(t *testing.T) {
	javascript := withModes(t)
	clients := append(goClients(), javascript...)
	seen := Sight{}
	seenByGo(t, seen)
	seenByNode(t, javascript, seen)

	whatTheWordsSay(t, clients, seen)

	gomod, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	lock, err := os.ReadFile("node/package-lock.json")
	require.NoError(t, err)
	v, err := versions(gomod, lock)
	require.NoError(t, err)
	got, err := page(clients, seen, v, time.Now().Format("2 January 2006"))
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(pagePath, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(pagePath)
	require.NoError(t, err)
	require.Equal(t, undated(string(want)), undated(got), "go test ./... -update in e2e writes the page anew; the difference is the review")
}

// whatTheWordsSay checks what the page says in words that are not made from what is seen.
func whatTheWordsSay(t *testing.T, clients []*Client, seen Sight) {
	t.Helper()
	all := groups()
	errors := map[agentchaos.Ending]*Row{}
	for i := range all[0].Rows {
		errors[all[0].Rows[i].End] = &all[0].Rows[i]
	}
	everything(clients, func(g *Group, row *Row, c *Client, m Mode) {
		s := seen.of(g, row, c, m)
		if g.Brief { // the error is always that of the first table
			plain := refusal(row.End.Kind).End
			require.NotNil(t, errors[plain], row.Name)
			require.Equal(t, seen.of(&all[0], errors[plain], c, m).outcome(), s.outcome(), "%s, %s, %s", row.Name, c.Name, m)
		}
		if row.End.Form == agentchaos.Event && row.End.At > 0 { // nobody tries again
			require.Equal(t, 1, s.Attempts, "%s, %s, %s", row.Name, c.Name, m)
		}
		if c.Column == "ai" && (m == Stream || m == StreamTools) && s.Error != nil {
			via := "onError"
			switch {
			case row.Limit:
				via = "promise"
			case row.End.Form == agentchaos.CutFIN, row.End.Form == agentchaos.CutRST:
				via = "throw"
			}
			require.Equal(t, via, s.Error.Via, "%s, %s, %s", row.Name, c.Name, m)
		}
		if c.Label == "v1" { // and v2 differ in no row
			one, err := s.cell(row, false)
			require.NoError(t, err)
			v2 := anthropicV2Client()
			two, err := seen.of(g, row, v2, m).cell(row, false)
			require.NoError(t, err)
			require.Equal(t, one, two, "%s, %s", row.Name, m)
		}
	})
}

func undated(page string) string {
	return regexp.MustCompile(measured+`\d+ \w+ \d+`).ReplaceAllString(page, measured)
}

// What breaks connections is the same over a real one: what is raised, and after how many attempts.
func TestARealConnectionBreaksTheSameWay(t *testing.T) {
	everything(goClients(), func(g *Group, row *Row, c *Client, m Mode) {
		if g.Title != "Connections and silence" && g.Title != "Streams that break" && g.Title != "Status 200, and no answer" || row.Limit || row.Slow {
			return
		}
		t.Run(row.Name+"/"+c.Name+"/"+string(m), func(t *testing.T) {
			t.Parallel()
			bubble, p := inProcess(t, c, m, row.Fault, 0)
			real, q := overLoopback(t, c, m, row.Fault)
			require.Equal(t, p.attempts(), q.attempts())
			require.Equal(t, (&Seen{Result: bubble}).outcome(), (&Seen{Result: real}).outcome())
		})
	})
}
