package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos/report"
	"github.com/stretchr/testify/require"
)

// tiny is a file that runs in no time: one passes, one fails, one is undecided, one measures nothing.
const tiny = `version: 1
tasks: 200
models: {x/a: {first_token: 100ms}, x/b: {first_token: 100ms}}
agents: {one: {arrivals: {rate: 10/s, burstiness: 0}, deadline: 1m, steps: [{model: {output_tokens: 10}}]}}
policies:
  none: {models: [x/a]}
  chain: {models: [x/a, x/b]}
scenarios:
  half: {agent: one, faults: [{target: primary, kind: unavailable, when: {probability: 50%}}], policies: [none, chain]}
`

type result struct {
	code     int
	out, err string
}

// at runs the command in a folder with the tiny file.
func at(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tiny.yaml"), []byte(tiny), 0o666))
	t.Chdir(dir)
	return here(t, stdin, args...)
}

func here(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	code := execute(t.Context(), args, streams{strings.NewReader(stdin), &out, &err})
	return result{code, out.String(), err.String()}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		name string
		args string // blank-separated; _ stands for a blank
		code int
		says string // somewhere on either stream
	}{
		{"help without a command", "", 0, "Available Commands"},
		{"no gates", "run tiny.yaml", 0, "no gates  exit 0"},
		{"pass", "run tiny.yaml --policy chain --gate completion_rate_>=_60%", 0, "pass  exit 0"},
		{"fail", "run tiny.yaml --policy none --gate completion_rate_>=_95%", 1, "FAIL  exit 1"},
		{"inconclusive", "run tiny.yaml --policy none --seeds 5 --gate completion_rate_>=_50%", 3, "inconclusive  exit 3"},
		{"inconclusive allowed", "run tiny.yaml --policy none --seeds 5 --gate completion_rate_>=_50% --allow inconclusive", 0, "inconclusive"},
		{"quick is a smoke test", "run tiny.yaml --policy none --quick --gate completion_rate_>=_50%", 0, "smoke"},
		{"one seed judges no rate", "run tiny.yaml --policy none --only-seed 3 --gate completion_rate_>=_10%", 3, "one seed"},
		{"one seed judges counts", "run tiny.yaml --policy none --only-seed 3 --gate failed_tasks_==_0", 1, "FAIL"},
		{"nothing measured is no data", "run tiny.yaml --policy none --gate recovery_time_<=_10s", 3, "no data"},
		{"fail beats inconclusive", "run tiny.yaml --policy none --seeds 5 --gate completion_rate_>=_50% --gate failed_tasks_==_0", 1, "FAIL  exit 1"},
		{"a fault that never fired", "run tiny.yaml --set scenarios.half.faults[0].when.probability=0% --gate completion_rate_>=_50%", 3, "never fired"},
		{"quiet", "run tiny.yaml --quiet", 0, "no gates  exit 0"},
		{"dry run", "run tiny.yaml --dry-run --seeds 2", 0, "4 cells"},
		{"unknown command", "rnu", 2, "did you mean run"},
		{"a file as a command", "tiny.yaml", 2, "agentchaos run tiny.yaml"},
		{"unknown flag", "run --sceanrio x", 2, "did you mean --scenario? agentchaos run --help lists the flags"},
		{"a flag like another", "check --sede 3", 2, "did you mean --seed?"},
		{"a flag like none", "run --qwertyuiop", 2, "unknown flag: --qwertyuiop\n   agentchaos run --help lists the flags"},
		{"the beginning of a metric", "run tiny.yaml --gate completion_>=_95%", 2, `did you mean "completion_rate"?`},
		{"missing file", "run nofile.yaml", 2, "nofile.yaml: no such file"},
		{"a directory", "run .", 2, "is a directory"},
		{"two files", "run a.yaml b.yaml", 2, "one scenario file at a time"},
		{"a glob that matches nothing", "run tiny.yaml --policy nobody*", 2, "chain"},
		{"a bad gate", "run tiny.yaml --gate completion_rte_>=_95%", 2, "completion_rate"},
		{"a gate that the shell has eaten", "run tiny.yaml --gate completion_rate", 2, "quote"},
		{"a bad setting", "run tiny.yaml --set policies.chain.retyr=1", 2, "retry"},
		{"a bad format", "run tiny.yaml --format xml", 2, "table, json, markdown"},
		{"a bad column", "run tiny.yaml --columns nonsense", 2, "nonsense"},
		{"no seeds", "run tiny.yaml --seeds 0", 2, "at least one"},
		{"too many seeds", "run tiny.yaml --seeds 1000000000", 2, "the most is"},
		{"too many tasks", "run tiny.yaml --tasks 99999999999999", 2, "the most is"},
		{"too large a seed", "run tiny.yaml --seed 18446744073709551614", 2, "the largest is"},
		{"contradiction", "run tiny.yaml --quick --seeds 7", 2, "contradict"},
		{"an ending without a format", "run tiny.yaml -o results", 2, ".json, .jsonl and .md"},
		{"a later ending", "run tiny.yaml -o results.html", 2, "comes with Compare"},
		{"a later flag", "run tiny.yaml --shard 1/2", 2, "comes with Compare"},
		{"a later command", "exec -- true", 2, "comes with Wire"},
		{"a folder that cannot be made", "run tiny.yaml -o tiny.yaml/x.json", 2, "not a directory"},
		{"a folder as a file", "run tiny.yaml -o ../x.json -o .json/ -o results.json/../..", 2, "the ending does not say"},
		{"seed 0 is a seed", "run tiny.yaml --only-seed 0", 0, "seed 0 "},
		{"completion without a shell", "completion", 2, "completion needs a shell"},
		{"completion of no shell", "completion tcsh", 2, "unknown shell"},
		{"check", "check tiny.yaml", 0, ": 1 scenario, 2 arms, 40 cells, "},
		{"list", "list tiny.yaml", 0, "completion_rate"},
		{"schema", "schema", 0, "$schema"},
		{"version", "version", 0, "agentchaos 0.1.0"},
		{"completion", "completion bash", 0, "bash completion"},
		{"completion of zsh", "completion zsh", 0, "compdef"},
		{"explain", "explain tiny.yaml --policy none", 0, "task failed in step 1: unavailable"},
		{"explain a task", "explain tiny.yaml --policy none --seed 2 --task 5", 0, "task 5 of half none, seed 2"},
		{"explain no task", "explain tiny.yaml --policy none --seed 2 --task 999", 2, "there is no task 999"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := strings.Fields(c.args)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "_>", " >")
				args[i] = strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(args[i], "=_", "= "), "_=", " ="), "_<", " <")
			}
			r := at(t, "", args...)
			require.Equal(t, c.code, r.code, r.out+r.err)
			require.Contains(t, r.out+r.err, c.says)
		})
	}
}

func TestStandardInput(t *testing.T) {
	r := at(t, tiny, "run", "-", "--seeds", "2")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "standard input   1 scenario x 2 policies")
}

func TestBrokenFilesSayAllAtOnce(t *testing.T) {
	r := at(t, "version: 1\npolicies: {p: {modles: [x/a]}}\nscenarios: {s: {agent: nobody}}\n", "check", "-")
	require.Equal(t, 2, r.code)
	require.Contains(t, r.err, "standard input:2:16")
	require.Contains(t, r.err, `did you mean "models"?`)
	require.Contains(t, r.err, "standard input:3:24")
	require.Contains(t, r.err, "nobody")
	require.Empty(t, r.out)
}

func TestHugeInputIsRefusedUnread(t *testing.T) {
	var out, errs bytes.Buffer
	flood := &flood{}
	code := execute(t.Context(), []string{"check", "-"}, streams{flood, &out, &errs})
	require.Equal(t, 2, code)
	require.Contains(t, errs.String(), "larger than")
	require.Less(t, flood.n, 16<<20, "a hundred megabytes need not be read to know that they are too many")
}

// flood is YAML without end.
type flood struct{ n int }

func (f *flood) Read(p []byte) (int, error) {
	copy(p, bytes.Repeat([]byte("a: b\n"), len(p)/5+1))
	f.n += len(p)
	return len(p), nil
}

// The same bytes twice over, for any number of workers; and others for another seed.
func TestSameSeedSameBytes(t *testing.T) {
	at(t, "")
	files := map[string]string{}
	for name, args := range map[string][]string{
		"one": {"--parallel", "1"}, "again": {"--parallel", "1"}, "eight": {"--parallel", "8"}, "other": {"--seed", "2"},
	} {
		r := here(t, "", append([]string{"run", "tiny.yaml", "--seeds", "6", "-o", name + ".json", "-o", name + ".jsonl", "-o", "md/" + name + ".md"}, args...)...)
		require.Zero(t, r.code, r.err)
		for _, ending := range []string{".json", ".jsonl", ".md"} {
			dir := ""
			if ending == ".md" {
				dir = "md"
			}
			b, err := os.ReadFile(filepath.Join(dir, name+ending))
			require.NoError(t, err)
			files[name] += string(b)
		}
		files[name] += r.out
	}
	require.True(t, files["one"] == files["again"], "twice over")
	require.True(t, files["one"] == files["eight"], "eight workers")
	require.False(t, files["one"] == files["other"], "another seed")
}

func TestResultsForScripts(t *testing.T) {
	r := at(t, "", "run", "tiny.yaml", "--gate", "completion_rate >= 40%", "-o", "out/results.json", "--format", "json")
	require.Zero(t, r.code, r.err)
	var shown, written map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.out), &shown))
	b, err := os.ReadFile("out/results.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &written))
	require.Contains(t, written["arms"].([]any)[0], "cells")
	require.NotContains(t, shown["arms"].([]any)[0], "cells")
	read, err := report.Read(bytes.NewReader(b))
	require.NoError(t, err)
	require.Len(t, read.Arms, 2)
	left, err := filepath.Glob("out/.*")
	require.NoError(t, err)
	require.Empty(t, left, "no temporary file stays behind")
}

func TestExplainReadsAnEventLog(t *testing.T) {
	r := at(t, "", "run", "tiny.yaml", "--seeds", "2", "-o", "events.jsonl")
	require.Zero(t, r.code, r.err)
	fromLog := here(t, "", "explain", "events.jsonl", "--policy", "none", "--seed", "2", "--task", "7")
	played := here(t, "", "explain", "tiny.yaml", "--policy", "none", "--seed", "2", "--task", "7")
	require.Zero(t, fromLog.code, fromLog.err)
	require.Contains(t, fromLog.out, "task 7 of half none, seed 2")
	require.Equal(t, strings.Count(played.out, "\n"), strings.Count(fromLog.out, "\n"))
	require.Equal(t, 2, here(t, "", "explain", "events.jsonl", "--policy", "nobody").code)
	require.NoError(t, os.WriteFile("broken.jsonl", []byte("{\"event\": 1}\n"), 0o666))
	require.Equal(t, 2, here(t, "", "explain", "broken.jsonl").code)
}

func TestInterruptStillPrintsWhatThereIs(t *testing.T) {
	at(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	code := execute(ctx, []string{"run", "tiny.yaml", "-o", "part.json"}, streams{strings.NewReader(""), &out, &errs})
	require.Equal(t, 130, code, errs.String())
	require.Contains(t, out.String(), "exit 130")
	require.FileExists(t, "part.json")
}

// What a failed gate says to run gives the same verdict, its --gate and --set included.
func TestReproduceReproduces(t *testing.T) {
	r := at(t, "", "run", "tiny.yaml", "--policy", "none", "--set", "tasks=100", "--gate", "completion_rate >= 99%")
	require.Equal(t, 1, r.code)
	_, command, found := strings.Cut(r.out, "reproduce:")
	require.True(t, found, r.out)
	command, _, _ = strings.Cut(strings.ReplaceAll(command, "\\\n", " "), "\n")
	args, ok := strings.CutPrefix(strings.TrimSpace(command), "agentchaos ")
	require.True(t, ok, command)
	again := here(t, "", splitShell(args)...)
	require.Equal(t, 1, again.code, command+again.err)
	require.Equal(t, r.out, again.out)
}

func TestInterruptedEventLogIsNotWritten(t *testing.T) {
	at(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	// What is said first on standard error comes after the cells and before the log.
	code := execute(ctx, []string{"run", "tiny.yaml", "-o", "events.jsonl"}, streams{strings.NewReader(""), &out, &hook{do: cancel}})
	require.Equal(t, 130, code)
	require.NoFileExists(t, "events.jsonl")
	require.Contains(t, out.String(), "exit 130")
}

// hook does something at the first word.
type hook struct {
	bytes.Buffer
	do func()
}

func (h *hook) Write(p []byte) (int, error) {
	h.do()
	return h.Buffer.Write(p)
}

func TestInitRefusesToOverwrite(t *testing.T) {
	t.Chdir(t.TempDir())
	require.Zero(t, here(t, "", "init").code)
	require.Equal(t, 2, here(t, "", "init").code)
	require.Zero(t, here(t, "", "init", "--force").code)
	r := here(t, "", "check")
	require.Zero(t, r.code)
	require.Contains(t, r.out, " 0 warnings")
	r = here(t, "", "run")
	require.Zero(t, r.code, r.out)
	require.Contains(t, r.out, "pass  exit 0")
	require.Zero(t, here(t, "", "init", "other.yaml").code)
}

func TestCompletionKnowsTheNamesInTheFile(t *testing.T) {
	r := at(t, "", "__complete", "run", "tiny.yaml", "--policy", "")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "none\nchain\n")
	require.Contains(t, here(t, "", "__complete", "run", "--scenario", "").out, "retry-storm\t")
}
