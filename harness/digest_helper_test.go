package harness_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// share is a part of a suite as flags of `agentchaos run` choose and change it.
type share struct {
	file                     string // in testdata; "": the built-in suite
	scenarios, policies, set []string
	tasks, seeds             int
}

func (s share) load(t *testing.T) *scenarios.Suite {
	t.Helper()
	name, src := "built-in suite", agentchaos.Suite
	if s.file != "" {
		var err error
		name = s.file
		src, err = os.ReadFile(filepath.Join("testdata", s.file))
		require.NoError(t, err)
	}
	suite, err := scenarios.Load(name, src, scenarios.Options{Set: s.set, Tasks: s.tasks, Seeds: s.seeds})
	require.NoError(t, err)
	suite, err = suite.Select(s.scenarios, s.policies)
	require.NoError(t, err)
	return suite
}

// command is how to look at the event log of one of its cells.
func (s share) command(j harness.Job) string {
	c := "go run ./cmd/agentchaos run"
	if s.file != "" {
		c += " harness/testdata/" + s.file
	}
	c += fmt.Sprintf(" --scenario %s --policy %s --only-seed %d", j.Scenario.Name, j.Arm.Policy, j.Seed)
	for _, set := range s.set {
		c += " --set " + set
	}
	if s.tasks > 0 {
		c += fmt.Sprintf(" --tasks %d", s.tasks)
	}
	return c + " -o events.jsonl"
}

// digests are a cell in three words: if one differs, so does something else than the last bit of an interval.
type digests struct{ events, counts, histograms string }

func (d digests) String() string { return d.events + " " + d.counts + " " + d.histograms }

// digestsOf plays a cell as `-o events.jsonl` does.
func digestsOf(t *testing.T, j harness.Job) (digests, report.Cell) {
	t.Helper()
	var events []report.Event
	cell, err := harness.Replay(t.Context(), j, func(e report.Event) { events = append(events, e) })
	require.NoError(t, err, j.String())
	report.SortEvents(events)
	var log bytes.Buffer
	require.NoError(t, report.WriteEvents(&log, events))
	counts, histograms := halves(t, cell)
	return digests{word(log.Bytes()), word(counts), word(histograms)}, cell
}

// word is the first 16 hexadecimal digits of the SHA-256.
func word(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// halves are the cell as results.json has it, in two: its histograms, those of the phases too, and all the rest.
func halves(t *testing.T, cell report.Cell) (counts, histograms []byte) {
	t.Helper()
	whole, err := json.Marshal(cell)
	require.NoError(t, err)
	d := json.NewDecoder(bytes.NewReader(whole))
	d.UseNumber()
	var tree map[string]any
	require.NoError(t, d.Decode(&tree))
	taken := map[string]any{"whole": tree["histograms"]}
	delete(tree, "histograms")
	for _, phase := range []string{"during_faults", "after_faults"} {
		if p, ok := tree[phase].(map[string]any); ok {
			taken[phase] = p["histograms"]
			delete(p, "histograms")
		}
	}
	counts, err = json.Marshal(tree)
	require.NoError(t, err)
	histograms, err = json.Marshal(taken)
	require.NoError(t, err)
	return counts, histograms
}

// digested is a cell's line in a golden file, and the command that shows its event log.
type digested struct{ line, command string }

// play plays the cells one after the other.
func (s share) play(t *testing.T) (cells []digested, r *report.Report) {
	t.Helper()
	suite := s.load(t)
	jobs := harness.Jobs(suite)
	played := make([]harness.Played, len(jobs))
	for i, j := range jobs {
		d, cell := digestsOf(t, j)
		played[i] = harness.Played{Cell: cell, Done: true}
		cells = append(cells, digested{fmt.Sprintf("%-17s  %-9s  %d  %v", j.Scenario.Name, j.Arm.Policy, j.Seed, d), s.command(j)})
	}
	return cells, harness.Assemble(suite, played)
}

// readLines reads a golden file without its comments.
func readLines(t *testing.T, name string) (lines []string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if !strings.HasPrefix(l, "#") {
			lines = append(lines, l)
		}
	}
	return lines
}

func writeLines(t *testing.T, name, head string, lines []string) {
	t.Helper()
	text := head + strings.Join(lines, "\n") + "\n"
	require.NoError(t, os.WriteFile(filepath.Join("testdata", name), []byte(text), 0o666))
}

func writeDigests(t *testing.T, name string, cells []digested) {
	t.Helper()
	var lines []string
	for _, c := range cells {
		lines = append(lines, c.line)
	}
	writeLines(t, name, "# scenario, policy, seed; digests of the event log, of counts and sums, of histograms: the same on every processor\n", lines)
}

const rewrite = "if it is meant to: go test ./harness -run Digest -accept -update, and say why"

// checkDigests compares the cells that were played with the lines of a golden file that are about them, and gives how many
// differ.
func checkDigests(t *testing.T, name string, cells []digested) int {
	t.Helper()
	known := map[string]bool{}
	for _, l := range readLines(t, name) {
		known[l] = true
	}
	var differ []string
	first := ""
	for _, c := range cells {
		if !known[c.line] {
			differ, first = append(differ, c.line), cmp.Or(first, c.command)
		}
	}
	if len(differ) > 0 {
		t.Errorf("on %s %d of %d cells are not what testdata/%s says:\n%s\nthe first one's log: %s\n%s",
			runtime.GOARCH, len(differ), len(cells), name, strings.Join(differ, "\n"), first, rewrite)
	}
	return len(differ)
}
