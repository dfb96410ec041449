package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// sampleReport is a run of two scenarios and two policies in toy worlds, with gates of every verdict.
func sampleReport(t require.TestingT, seeds int) *report.Report {
	r := &report.Report{
		Version: "0.1.0", File: "scenarios.yaml", SHA256: "5ca1ab1e", Args: "scenarios.yaml",
		Settings: report.Settings{FirstSeed: 1, Seeds: seeds, Level: 0.95, HiddenLoss: 0.05},
		Scenarios: []report.Scenario{
			{Name: "timeouts", About: "The primary hangs.", Faults: []string{"primary: 60% of the attempts time out from 30s to 60s", "primary: 5% are slow"}},
			{Name: "ordinary-tuesday", About: "Little.", Faults: nil},
		},
		Warnings: []string{`policy bare: retry.backoff is left out, so that retries do not wait (scenarios.yaml:41:9)`},
	}
	for i, scenario := range []string{"timeouts", "ordinary-tuesday"} {
		for _, policy := range []string{"bare", "reference"} {
			w := &toy{tasks: 100, attempts: 1, faulty: 600, slow: 50}
			if policy == "reference" {
				w.attempts, w.fallback = 2, true
			}
			if i == 1 {
				w.faulty, w.slow = 0, 0
			}
			r.Arms = append(r.Arms, report.NewArm(scenario, policy, w.cells(seeds), r.Settings.Options()))
		}
	}
	for _, x := range [][3]string{
		{"timeouts", "reference", "completion_rate >= 95%"},
		{"timeouts", "reference", "p95(task_latency) <= 8s"},
		{"timeouts", "reference", "duplicate_effects == 0"},
		{"timeouts", "reference", "during faults fallback_rate <= 40%"},
		{"timeouts", "reference", "recovery_time <= 60s"},
		{"timeouts", "reference", "cost <= $0.012"},
		{"timeouts", "bare", "recovery_time <= 60s"},
		{"ordinary-tuesday", "reference", "completion_rate >= 99.2%"},
		{"ordinary-tuesday", "reference", "mean(first_token) <= 1s"},
	} {
		g, err := report.ParseGate(x[2])
		require.NoError(t, err)
		r.Gates = append(r.Gates, r.Arm(x[0], x[1]).Judge(g, r.Settings.Options()))
	}
	return r
}

func table(t require.TestingT, r *report.Report, o report.TableOptions) string {
	var b bytes.Buffer
	require.NoError(t, r.Table(&b, o))
	return b.String()
}

func TestTable(t *testing.T) {
	r := sampleReport(t, 20)
	for _, width := range []int{80, 100, 200} {
		got := table(t, r, report.TableOptions{Width: width})
		for _, line := range strings.Split(got, "\n") {
			require.LessOrEqual(t, utf8.RuneCountInString(line), width, line)
			require.Equal(t, strings.TrimRight(line, " "), line, "nothing at the ends of lines")
		}
		golden(t, fmt.Sprintf("table-%d.txt", width), []byte(got))
	}
	require.Equal(t, table(t, r, report.TableOptions{Width: 100}), table(t, r, report.TableOptions{}), "a pipe is 100 wide")
	golden(t, "table-verbose.txt", []byte(table(t, r, report.TableOptions{Verbose: true})))
	golden(t, "table-columns.txt", []byte(table(t, r, report.TableOptions{Columns: []string{"p99(task_latency)", "served_by(openai/gpt-4o)", "recovery_time", "errors(timeout)"}})))
	err := r.Table(new(bytes.Buffer), report.TableOptions{Columns: []string{"compeltion_rate"}})
	require.ErrorContains(t, err, "completion_rate")
}

// What somebody asked for is shown whole, however wide that is; of the usual columns some give way first.
func TestPolicyNamesAreWhole(t *testing.T) {
	r := sampleReport(t, 2)
	long := strings.Repeat("reference-", 5)
	r.Arms[1].Policy = long
	names := []string{"completion_rate", "served_rate", "mean_time_to_completion", "cost_per_completed", "breaker_open_share"}
	got := table(t, r, report.TableOptions{Width: 80, Columns: names})
	require.Contains(t, got, " "+long+" ")
	for _, name := range names {
		require.Contains(t, got, name)
	}
	require.Contains(t, table(t, r, report.TableOptions{Width: 100}), " "+long+" ")
}

func TestCheckColumns(t *testing.T) {
	require.NoError(t, report.CheckColumns([]string{"cost", "p95(first_token)", "breaker_open_share"}))
	require.ErrorContains(t, report.CheckColumns([]string{"cost", "p95"}), "p95 needs")
	err := report.CheckColumns([]string{"cost", "during faults completion_rate"})
	require.ErrorContains(t, err, "are for gates")
	require.ErrorContains(t, err, `leave out "during faults"`)
}

func TestColour(t *testing.T) {
	r := sampleReport(t, 2)
	require.NotContains(t, table(t, r, report.TableOptions{}), "\x1b")
	coloured := table(t, r, report.TableOptions{Color: true})
	require.Contains(t, coloured, "\x1b[")
	for _, p := range []string{"\x1b[32m", "\x1b[1;31m", "\x1b[33m", "\x1b[0m"} {
		coloured = strings.ReplaceAll(coloured, p, "")
	}
	require.Equal(t, table(t, r, report.TableOptions{}), coloured)
}

func TestMarkdown(t *testing.T) {
	r := sampleReport(t, 20)
	r.Arms[0].Policy, r.Gates = "a|b", r.Gates[:2]
	var b bytes.Buffer
	require.NoError(t, r.Markdown(&b, report.TableOptions{}))
	require.Contains(t, b.String(), `a\|b`)
	golden(t, "table.md", b.Bytes())
}

// The last line and the exit code, for each way a run can end.
func TestLastLine(t *testing.T) {
	gate := func(v ...report.Verdict) (g []report.GateResult) {
		for _, v := range v {
			g = append(g, report.GateResult{Verdict: v})
		}
		return g
	}
	for _, c := range []struct {
		r    report.Report
		want string
	}{
		{report.Report{}, "no gates  exit 0"},
		{report.Report{Gates: gate(report.Pass)}, "pass  exit 0"},
		{report.Report{Gates: gate(report.Pass, report.Inconclusive, report.Fail)}, "FAIL  exit 1"},
		{report.Report{Gates: gate(report.Inconclusive)}, "inconclusive  exit 3"},
		{report.Report{Gates: gate(report.NoData)}, "no data  exit 3"},
		{report.Report{Gates: gate(report.NoData), Allow: true}, "no data  exit 0"},
		{report.Report{Gates: gate(report.Inconclusive, report.NoData), Allow: true}, "inconclusive  exit 0"},
		{report.Report{Gates: gate(report.Fail, report.NoData), Allow: true}, "FAIL  exit 1"},
		{report.Report{Gates: gate(report.NoData), Quick: true}, "no data, smoke  exit 3"},
		{report.Report{Gates: gate(report.Inconclusive, report.NoData), Quick: true}, "inconclusive, smoke  exit 3"},
		{report.Report{Gates: []report.GateResult{{Verdict: report.Inconclusive}, {Verdict: report.Inconclusive, Unfired: true}}, Quick: true}, "inconclusive, smoke  exit 3"},
		{report.Report{Gates: []report.GateResult{{Verdict: report.Inconclusive, Unfired: true}}, Allow: true}, "inconclusive  exit 0"},
		{report.Report{Gates: gate(report.Inconclusive), Quick: true}, "inconclusive, smoke  exit 0"},
		{report.Report{Gates: gate(report.Fail), Quick: true, Allow: true}, "FAIL, smoke  exit 1"},
		{report.Report{Gates: gate(report.Fail), Interrupted: true}, "interrupted  exit 130"},
	} {
		lines := strings.Split(strings.TrimSpace(table(t, &c.r, report.TableOptions{})), "\n")
		require.Equal(t, c.want, lines[len(lines)-1])
	}
}

// What was let pass is said, in the short form too, and only if it changed the end.
func TestExcusesAreWarnings(t *testing.T) {
	open := report.GateResult{Verdict: report.Inconclusive}
	for _, c := range []struct {
		r    report.Report
		want string // "": no warning
	}{
		{report.Report{Gates: []report.GateResult{open}}, ""},
		{report.Report{Gates: []report.GateResult{{Verdict: report.Pass}}, Allow: true, Quick: true}, ""},
		{report.Report{Gates: []report.GateResult{open, {Verdict: report.Fail}}, Allow: true}, ""},
		{report.Report{Gates: []report.GateResult{open}, Allow: true, Interrupted: true}, ""},
		{report.Report{Gates: []report.GateResult{open, {Verdict: report.NoData}}, Quick: true}, ""},
		{report.Report{Gates: []report.GateResult{open, {Verdict: report.NoData}}, Allow: true}, "\nwarning: 2 inconclusive gates were allowed\n"},
		{report.Report{Gates: []report.GateResult{open}, Quick: true}, "\nwarning: 1 inconclusive gate was let pass: so few seeds are a smoke test\n"},
	} {
		var brief, md bytes.Buffer
		require.NoError(t, c.r.Brief(&brief, report.TableOptions{}))
		require.NoError(t, c.r.Markdown(&md, report.TableOptions{}))
		for _, out := range []string{table(t, &c.r, report.TableOptions{}), brief.String(), md.String()} {
			if c.want == "" {
				require.NotContains(t, out, "warning:")
			} else {
				require.Contains(t, out, c.want)
			}
		}
	}
}

// With one seed: how many would do, and why it takes more.
func TestOneSeedIsSaidClearly(t *testing.T) {
	r := &report.Report{Gates: []report.GateResult{judged(t, "completion_rate >= 95%", cell(report.CellSpec{}, ended(1, 0, s, agentchaos.Completed)))}}
	require.Contains(t, table(t, r, report.TableOptions{}), "completion_rate >= 95%  100%  80 seeds; one seed gives no interval\n")
}

func TestLatenciesAboveADay(t *testing.T) {
	c := cell(report.CellSpec{Seed: 1}, ended(1, 0, 8760*time.Hour, agentchaos.Completed))
	r := &report.Report{Arms: []report.Arm{report.NewArm("x", "y", []report.Cell{c}, report.Options{})}}
	out := table(t, r, report.TableOptions{Columns: []string{"p50(task_latency)"}})
	require.Contains(t, out, " 31536000s\n")
	require.Contains(t, out, "warning: in quantiles, latencies above 24h count as the longest of them: 1 here\n")
}

func encoded(t require.TestingT, r *report.Report, cells bool) []byte {
	var b bytes.Buffer
	require.NoError(t, r.JSON(&b, cells))
	return b.Bytes()
}

func TestJSON(t *testing.T) {
	r := sampleReport(t, 2)
	r.Arms, r.Gates = r.Arms[1:2], r.Gates[:5]
	golden(t, "results.json", encoded(t, r, true))
	out := encoded(t, r, false)
	require.NotContains(t, string(out), "histograms", "standard output goes without")
	golden(t, "results-stdout.json", out)
}

// What was written reads back as the same file, and renders as the same table.
func TestRoundTrip(t *testing.T) {
	r := sampleReport(t, 3)
	r.Shard = &report.Shard{I: 1, N: 3}
	o := r.Settings.Options()
	o.Unfired = "slow on primary"
	unfired := r.Arms[0].Judge(report.Gate{Metric: "failed_tasks", Op: report.AtMost, Value: 1e6}, o)
	require.True(t, unfired.Unfired)
	r.Gates = append(r.Gates, unfired)
	first := encoded(t, r, true)
	back, err := report.Read(bytes.NewReader(first))
	require.NoError(t, err)
	require.Equal(t, string(first), string(encoded(t, back, true)))
	require.Equal(t, table(t, r, report.TableOptions{Verbose: true}), table(t, back, report.TableOptions{Verbose: true}))
	require.True(t, back.Gates[len(back.Gates)-1].Unfired)
	for i := range r.Arms {
		require.Equal(t, r.Arms[i].Cells, back.Arms[i].Cells)
	}
}

// A cell with what the toy worlds do not have.
func TestCellRoundTrip(t *testing.T) {
	c := cell(report.CellSpec{Seed: 1<<64 - 1, Faults: []string{"a", "b"}},
		agentchaos.Change{At: s, What: agentchaos.BreakerOpened, Target: claude, ID: id(1, 1)},
		agentchaos.Change{At: s, What: agentchaos.Refused, Target: claude, ID: id(1, 1), Kind: agentchaos.BreakerOpen},
		agentchaos.Change{At: s, What: agentchaos.Hedged, Target: claude, ID: id(1, 1)},
		slowed(attempt(1, 1, 0, 30*time.Hour, agentchaos.Quota, 1)),
		agentchaos.Called{ID: id(1, 0), Target: gpt, Preferred: claude, End: 30 * time.Hour},
		agentchaos.Task{Task: 1, End: 30 * time.Hour, Outcome: agentchaos.Failed, Kind: agentchaos.BreakerOpen, Step: 1})
	b, err := json.Marshal(c)
	require.NoError(t, err)
	var back report.Cell
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, c, back)
}

func TestReadErrors(t *testing.T) {
	for in, want := range map[string]string{
		``:               "results: EOF",
		`{"version": 2}`: "version 2",
		`{"version": 1, "arms": [{"scenario": "a", "policy": "b"}]}`:                                       "no cells",
		`{"version": 1, "arms": [{"cells": [{"seed": 1, "counts": {"taks": 1}}]}]}`:                        `unknown name "taks"`,
		`{"version": 1, "arms": [{"cells": [{"seed": 1, "colour": 1}]}]}`:                                  "colour",
		`{"version": 1, "gates": [{"gate": "x", "unit": "count", "worst": {"outcome": "completed_ish"}}]}`: "completed_ish",
	} {
		_, err := report.Read(strings.NewReader(in))
		require.ErrorContains(t, err, want)
	}
}

// Every metric name is there, null where nothing was measured, and keys are sorted.
func TestEveryMetricIsPresent(t *testing.T) {
	r := &report.Report{Arms: []report.Arm{report.NewArm("a", "b", []report.Cell{{Seed: 1}}, report.Options{})}}
	var f struct {
		Arms []struct {
			Metrics map[string]map[string]any
			Latency map[string]map[string]any
		}
	}
	require.NoError(t, json.Unmarshal(encoded(t, r, false), &f))
	for _, name := range strings.Fields(`completion_rate served_rate mean_time_to_completion retry_rate amplification fallback_rate
		duplicate_effects lost_effects resumes redone_steps cost wasted_cost cost_per_completed breaker_open_share probes
		recovery_time early_retries hopeless_retries truncated_answers failed_tasks`) {
		v, ok := f.Arms[0].Metrics[name]
		require.True(t, ok, name)
		for _, key := range []string{"value", "low", "high"} {
			require.Contains(t, v, key, name)
			require.Nil(t, v[key], name)
		}
	}
	require.Nil(t, f.Arms[0].Latency["task"]["p99"], "no task, no quantile")
}

// A task served with a caveat or in part is no completed one, and the two stand apart.
func TestServedApart(t *testing.T) {
	arm := func(outcomes ...agentchaos.Outcome) report.Arm {
		var records []any
		for i, o := range outcomes {
			records = append(records, ended(uint32(i+1), 0, s, o))
		}
		return report.NewArm("a", "b", []report.Cell{cell(report.CellSpec{Seed: 1}, records...)}, report.Options{})
	}
	const done, caveat, part, failed = agentchaos.Completed, agentchaos.Degraded, agentchaos.Partial, agentchaos.Failed
	head := func(a report.Arm) string {
		return table(t, &report.Report{Arms: []report.Arm{a}}, report.TableOptions{Width: 200})
	}
	require.Regexp(t, `COMPLETED +SERVED +DEGRADED +PARTIAL .*\n.*\n- +b +12\.5% +75\.0% +37\.5% +25\.0% `,
		head(arm(done, caveat, caveat, caveat, part, part, failed, failed)))
	only := head(arm(done, caveat))
	require.Contains(t, only, "DEGRADED")
	require.NotContains(t, only, "PARTIAL")
	require.NotContains(t, head(arm(done, failed)), "DEGRADED")
}

// Cells in any order make the same arm.
func TestOrderOfCells(t *testing.T) {
	w := &toy{tasks: 80, attempts: 2, faulty: 500}
	cells := w.cells(4)
	a := report.NewArm("a", "b", cells, report.Options{})
	b := report.NewArm("a", "b", []report.Cell{cells[3], cells[1], cells[0], cells[2]}, report.Options{})
	require.Equal(t, a, b)
}
