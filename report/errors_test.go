package report_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// A refused call is no attempt, so it is counted beside them; of the other kinds only attempts are asked.
func TestErrorsThatAreRefusals(t *testing.T) {
	refused := agentchaos.Change{At: s, What: agentchaos.Refused, ID: id(1, 1), Target: claude, Kind: agentchaos.BreakerOpen}
	failed := attempt(1, 1, 0, s, agentchaos.Timeout, 0)
	c := cell(report.CellSpec{}, failed, refused, refused)
	for gate, want := range map[string]struct {
		verdict report.Verdict
		of      int64
		what    string
	}{
		"errors(breaker_open) == 2":  {report.Pass, 3, "calls and attempts"},
		"errors(breaker_open) == 0":  {report.Fail, 3, "calls and attempts"},
		"errors(bulkhead_full) == 0": {report.Pass, 3, "calls and attempts"},
		"errors(timeout) == 1":       {report.Pass, 1, "attempts"},
	} {
		r := judged(t, gate, c)
		require.Equal(t, want.verdict, r.Verdict, gate)
		require.Equal(t, want.of, r.Of, gate)
		require.Equal(t, want.what, r.OfWhat, gate)
	}
	all := cell(report.CellSpec{}, refused)
	require.Equal(t, report.Fail, judged(t, "errors(breaker_open) == 0", all).Verdict, "refusals are data without any attempt")
	require.Equal(t, report.NoData, judged(t, "errors(timeout) == 0", all).Verdict)
}

// The task to look at is one that the kind in question ended, if there is one.
func TestWorstTaskOfAKind(t *testing.T) {
	end := func(task uint32, took time.Duration, k agentchaos.Kind) agentchaos.Task {
		return agentchaos.Task{Task: task, End: took, Outcome: agentchaos.Failed, Kind: k, Step: 1}
	}
	cells := []report.Cell{
		cell(report.CellSpec{Seed: 1}, end(1, 9*s, agentchaos.Timeout)),
		cell(report.CellSpec{Seed: 2}, end(2, s, agentchaos.Quota)),
		cell(report.CellSpec{Seed: 3}, end(3, 2*s, agentchaos.Quota), attempt(3, 1, 0, s, agentchaos.Quota, 0)),
	}
	require.EqualValues(t, 3, judged(t, "errors(quota) == 0", cells...).Worst.Task)
	require.EqualValues(t, 1, judged(t, "errors(timeout) == 0", cells...).Worst.Task)
	require.EqualValues(t, 1, judged(t, "errors(auth) == 0", cells...).Worst.Task, "else the one that ended worst")
}

// A cut answer counts if it was taken for whole, and as nothing else; a wrong one only has a fate.
func TestTruncatedAnswers(t *testing.T) {
	with := func(n uint8, k agentchaos.Kind, wrong, cut bool) agentchaos.Attempt {
		a := attempt(1, n, 0, s, k, 1)
		a.Truth.Wrong, a.Truth.Cut = wrong, cut
		return a
	}
	spec := report.CellSpec{Faults: []string{"truncated"}}
	for _, c := range []struct {
		name              string
		attempt           agentchaos.Attempt
		truncated, silent int64
	}{
		{"cut and noticed", with(1, agentchaos.Truncated, true, true), 0, 0},
		{"cut and taken for whole", with(1, agentchaos.None, true, true), 1, 1},
		{"wrong and taken for right", with(1, agentchaos.None, true, false), 0, 1},
		{"wrong and noticed", with(1, agentchaos.Malformed, true, false), 0, 0},
		{"as it should be", with(1, agentchaos.None, false, false), 0, 0},
	} {
		got := cell(spec, c.attempt, with(2, agentchaos.Timeout, false, false), answered(1, claude, 0, s), ended(1, 0, s, agentchaos.Completed))
		require.Equal(t, c.truncated, got.Counts[report.TruncatedAnswers], c.name)
		require.Equal(t, c.silent, got.Faults[0].Fates[report.Silent], c.name)
		require.Equal(t, c.truncated, got.Worst[report.WorstTruncated].Score, c.name)
	}
}

// What fails in the agent's store is no attempt, and is counted by its kind all the same: errors(store_full) == 0 does not
// pass while the store is full.
func TestErrorsOfTheStore(t *testing.T) {
	full := agentchaos.Change{At: s, What: agentchaos.StoreFailed, ID: id(1, 0), Kind: agentchaos.StoreFull}
	torn := full
	torn.Kind = agentchaos.StoreCorrupt
	records := []any{attempt(1, 1, 0, s, agentchaos.None, 0), full, full, torn}
	c := cell(report.CellSpec{}, records...)
	for gate, want := range map[string]struct {
		verdict report.Verdict
		of      int64
		what    string
	}{
		"errors(store_full) == 2":      {report.Pass, 4, "store failures and attempts"},
		"errors(store_full) == 0":      {report.Fail, 4, "store failures and attempts"},
		"errors(store_corrupt) == 1":   {report.Pass, 4, "store failures and attempts"},
		"errors(store_locked) == 0":    {report.Pass, 4, "store failures and attempts"},
		"errors(store_read_only) == 0": {report.Pass, 4, "store failures and attempts"},
		"errors(timeout) == 0":         {report.Pass, 1, "attempts"},
	} {
		r := judged(t, gate, c)
		require.Equal(t, want.verdict, r.Verdict, gate)
		require.Equal(t, want.of, r.Of, gate)
		require.Equal(t, want.what, r.OfWhat, gate)
	}
	require.EqualValues(t, 2, c.Merge(c.Numbers).Store[agentchaos.StoreCorrupt])
	b, err := json.Marshal(c)
	require.NoError(t, err)
	require.Contains(t, string(b), `"store_full":{"attempts":0,"failures":0,"store":2}`)
	var back report.Cell
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, c, back)
	r := &report.Report{Arms: []report.Arm{report.NewArm("a", "b", []report.Cell{c}, report.Options{})}}
	require.Contains(t, table(t, r, report.TableOptions{Verbose: true}), "store_full            0             0        0      2\n")
	require.Contains(t, string(encoded(t, r, false)), `"store": 2`)

	during := cell(report.CellSpec{Phases: true}, records...).During
	require.EqualValues(t, 2, during.Store[agentchaos.StoreFull], "in the phase in which it failed")
}
