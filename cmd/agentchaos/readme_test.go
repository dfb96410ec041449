package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the README's transcripts")

// The README is executed. A block that begins with ```yaml NAME is a file; a block ```console holds commands, each with
// what it prints on standard output, in one folder for the whole page. Runs are deterministic, so the figures are checked
// too.
func TestReadmeIsTrue(t *testing.T) {
	name, err := filepath.Abs("../../README.md")
	require.NoError(t, err)
	page, err := os.ReadFile(name)
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	now := replay(t, string(page))
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(now), 0o666))
		return
	}
	require.Equal(t, string(page), now)
}

// The numbers beside the first command are the built-in suite's, as a run of it prints them.
func TestReadmeCountsTheSuite(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	suite, err := loadPlain("")
	require.NoError(t, err)
	policies := map[string]bool{}
	for _, sc := range suite.Scenarios {
		for _, a := range sc.Arms {
			policies[a.Policy] = true
		}
	}
	require.Contains(t, string(page), fmt.Sprintf("# the built-in suite: %d scenarios, %d policies\n", len(suite.Scenarios), len(policies)))
}

// The YAML of docs/agents.md is run: its agent under its policy, with its faults.
func TestPageOfAgentsIsTrue(t *testing.T) {
	page, err := os.ReadFile("../../docs/agents.md")
	require.NoError(t, err)
	file, faults := "version: 1\n", ""
	for _, part := range strings.Split(string(page), "```yaml\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		if strings.HasPrefix(block, "faults:") {
			faults = strings.ReplaceAll("\n"+strings.TrimSpace(block), "\n", "\n    ")
		} else {
			file += block
		}
	}
	require.NotEmpty(t, faults)
	file += "scenarios:\n  page:\n    agent: research\n    tasks: 200\n    policies: [ours]" + faults + "\n"
	suite, err := scenarios.Load("agents.yaml", []byte(file), scenarios.Options{})
	require.NoError(t, err, file)
	require.Empty(t, suite.Warnings, file)
	require.Len(t, suite.Scenarios[0].Faults, 3)

	args := []string{"run", "-", "--seeds", "2"}
	for _, rule := range suite.Scenarios[0].Faults {
		args = append(args, "--gate", "fired("+rule.Name+") > 0")
	}
	r := at(t, file, args...)
	require.Zero(t, r.code, r.out+r.err)
}

// replay is the page with what its commands print today.
func replay(t *testing.T, page string) string {
	var out []string
	lines := strings.Split(page, "\n")
	commands := 0
	for i := 0; i < len(lines); i++ {
		out = append(out, lines[i])
		info, fenced := strings.CutPrefix(lines[i], "```")
		if !fenced || info == "" {
			continue
		}
		var block []string
		for i++; lines[i] != "```"; i++ {
			block = append(block, lines[i])
		}
		if file, ok := strings.CutPrefix(info, "yaml "); ok {
			require.NoError(t, os.WriteFile(file, []byte(strings.Join(block, "\n")+"\n"), 0o666))
		}
		if info == "console" {
			block = transcript(t, block)
			commands++
		}
		out = append(append(out, block...), "```")
	}
	require.NotZero(t, commands, "the README shows no result")
	return strings.Join(out, "\n")
}

func transcript(t *testing.T, block []string) (out []string) {
	for _, line := range block {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		out = append(out, line)
		for _, part := range strings.Split(command, " && ") {
			args, ok := strings.CutPrefix(part, "agentchaos")
			require.True(t, ok, "%s: only agentchaos runs here", part)
			var stdout, stderr bytes.Buffer
			code := execute(t.Context(), splitShell(args), streams{strings.NewReader(""), &stdout, &stderr})
			require.Contains(t, []int{0, 1, 3}, code, stderr.String())
			out = append(out, strings.Split(strings.TrimRight(stdout.String(), "\n"), "\n")...)
		}
	}
	return out
}

// splitShell splits at blanks outside single quotes.
func splitShell(s string) (args []string) {
	for i, part := range strings.Split(s, "'") {
		if i%2 == 1 {
			args = append(args, part)
		} else {
			args = append(args, strings.Fields(part)...)
		}
	}
	return args
}
