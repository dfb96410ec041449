package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What passes on a real clock.
const (
	nodeLimit  = time.Second      // an SDK's own limit, where a row sets one
	nodeGuard  = 15 * time.Second // after which a case counts as hung: three attempts at the limit, on a slow machine
	nodeAtOnce = 16               // cases
	nodeTotal  = 5 * time.Minute  // for all of them
)

// node is the Node that the lock file brings, or the one that AGENTCHAOS_NODE names.
func node(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("AGENTCHAOS_NODE"); path != "" {
		return path
	}
	path, err := filepath.Abs(filepath.Join("node", "node_modules", ".bin", "node"))
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("no Node: run `npm ci` in e2e/node, or set AGENTCHAOS_NODE to a Node 22 or newer after it: %v", err)
	}
	return path
}

// probe runs the program with lines for it, and gives its output.
func probe(t *testing.T, jobs int, input []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), node(t), append([]string{"probe.mjs"}, args...)...)
	cmd.Dir, cmd.Stdin = "node", bytes.NewReader(input)
	cmd.Env = append(os.Environ(), "PROBE_JOBS="+strconv.Itoa(jobs))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stop := time.AfterFunc(nodeTotal, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	return out
}

// withModes are the clients that the program plays, with what it can do with each.
func withModes(t *testing.T) []*Client {
	t.Helper()
	var list map[string][]Mode
	require.NoError(t, json.Unmarshal(probe(t, 1, nil, "--list"), &list))
	clients := nodeClients()
	require.Len(t, list, len(clients), "e2e/node plays other clients than this package knows")
	for _, c := range clients {
		c.Modes = list[c.Name]
		require.NotEmpty(t, c.Modes, c.Name)
	}
	return clients
}

// job is a case and the provider that it is played against.
type job struct {
	key
	Case
	provider *Provider
}

// playNode plays jobs, so many at once, against one server; a job's API key says whose provider it is.
func playNode(t *testing.T, jobs []*job, atOnce int) []Result {
	t.Helper()
	providers := map[string]*Provider{}
	for i, j := range jobs {
		j.ID = strconv.Itoa(i)
		j.Key = "sk-" + j.ID
		providers[j.Key] = j.provider
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		key := strings.TrimPrefix(hr.Header.Get("Authorization"), "Bearer ")
		if key == "" {
			key = hr.Header.Get("X-Api-Key")
		}
		if p := providers[key]; p != nil {
			p.ServeHTTP(w, hr)
			return
		}
		http.Error(w, "whose key is "+key+"?", http.StatusTeapot)
	}))
	defer s.Close()
	var input bytes.Buffer
	for _, j := range jobs {
		j.Base, j.GuardMs = s.URL, nodeGuard.Milliseconds()
		require.NoError(t, json.NewEncoder(&input).Encode(j.Case))
	}
	d := json.NewDecoder(bytes.NewReader(probe(t, atOnce, input.Bytes())))
	results := make([]Result, len(jobs))
	for i := range results {
		require.NoError(t, d.Decode(&results[i]))
		require.Equal(t, jobs[i].ID, results[i].ID)
	}
	return results
}

// nodeJobs are the rows with the clients of e2e/node: those with a limit of time, or those without.
func nodeJobs(clients []*Client, limited bool) (jobs []*job) {
	everything(clients, func(g *Group, row *Row, c *Client, m Mode) {
		if row.Limit != limited || row.Slow {
			return
		}
		j := &job{key: key{g.Title, row.Name, c.Name, m}, Case: Case{Client: c.Name, Mode: m}, provider: newProvider(row.Fault)}
		if limited {
			j.TimeoutMs = nodeLimit.Milliseconds()
		}
		jobs = append(jobs, j)
	})
	return jobs
}

// seenByNode plays all rows with the clients of e2e/node. What has a limit of time is played on its own, where nothing is in its way.
func seenByNode(t *testing.T, clients []*Client, seen Sight) {
	t.Helper()
	for _, limited := range []bool{false, true} {
		jobs := nodeJobs(clients, limited)
		atOnce := nodeAtOnce
		if limited {
			atOnce = len(jobs) // most of them only wait
		}
		for i, r := range playNode(t, jobs, atOnce) {
			j := jobs[i]
			s := &Seen{Result: r, Attempts: j.provider.attempts()}
			for _, ms := range r.Waits {
				s.Waits = append(s.Waits, []time.Duration{time.Duration(ms * float64(time.Millisecond))})
			}
			seen[j.key] = s
		}
	}
}
