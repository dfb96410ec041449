package report_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// copyOf makes the copy of a hedge.
func copyOf(a agentchaos.Attempt) agentchaos.Attempt {
	a.ID.Copy = 1
	return a
}

func on(target string, a agentchaos.Attempt) agentchaos.Attempt {
	a.Target = target
	return a
}

func wrong(a agentchaos.Attempt) agentchaos.Attempt {
	a.Truth.Wrong = true
	return a
}

func slowed(a agentchaos.Attempt) agentchaos.Attempt {
	a.Truth.SlowBy = 2
	return a
}

// Every way in which a fault can end, one sentence each.
func TestFateOfFaults(t *testing.T) {
	const none, timeout, malformed, cancelled = agentchaos.None, agentchaos.Timeout, agentchaos.Malformed, agentchaos.Cancelled
	for _, c := range []struct {
		name    string
		records []any
		fate    [2]map[report.Fate]int64
	}{
		{"no fault", []any{attempt(1, 1, 0, s, none, 0), answered(1, claude, 0, s), ended(1, 0, s, agentchaos.Completed)}, [2]map[report.Fate]int64{}},
		{
			"a tolerated answer is absorbed",
			[]any{attempt(1, 1, 0, s, none, 1), answered(1, claude, 0, s), ended(1, 0, s, agentchaos.Completed)},
			[2]map[report.Fate]int64{{report.Absorbed: 1}},
		},
		{
			"slow but answered is absorbed, and it is the second fault's",
			[]any{slowed(attempt(1, 1, 0, s, none, 0)), answered(1, claude, 0, s), ended(1, 0, s, agentchaos.Completed)},
			[2]map[report.Fate]int64{1: {report.Absorbed: 1}},
		},
		{
			"both faults of an attempt are counted",
			[]any{slowed(attempt(1, 1, 0, s, timeout, 1)), attempt(1, 2, s, 2*s, none, 0), answered(1, claude, 0, 2*s), ended(1, 0, 2*s, agentchaos.Completed)},
			[2]map[report.Fate]int64{{report.Retried: 1}, {report.Retried: 1}},
		},
		{
			"a wrong answer that was used is silent",
			[]any{wrong(attempt(1, 1, 0, s, none, 1)), answered(1, claude, 0, s), ended(1, 0, s, agentchaos.Completed)},
			[2]map[report.Fate]int64{{report.Silent: 1}},
		},
		{
			"answered by the other model",
			[]any{attempt(1, 1, 0, s, timeout, 1), attempt(1, 2, s, 2*s, timeout, 1), on(gpt, attempt(1, 1, 2*s, 3*s, none, 0)), answered(1, gpt, 0, 3*s), ended(1, 0, 3*s, agentchaos.Completed)},
			[2]map[report.Fate]int64{{report.FellBack: 2}},
		},
		{
			"asked again by repair",
			[]any{wrong(attempt(1, 1, 0, s, malformed, 1)), agentchaos.Change{At: s, What: agentchaos.Reasked, ID: id(1, 1), Target: claude}, attempt(1, 2, s, 2*s, none, 0), answered(1, claude, 0, 2*s), ended(1, 0, 2*s, agentchaos.Completed)},
			[2]map[report.Fate]int64{{report.Retried: 1}},
		},
		{
			"the call failed, the task degraded",
			[]any{attempt(1, 1, 0, s, timeout, 1), failedCall(1, 0, s, timeout), ended(1, 0, s, agentchaos.Degraded)},
			[2]map[report.Fate]int64{{report.DegradedEnd: 1}},
		},
		{
			"the call failed, the task partial",
			[]any{attempt(1, 1, 0, s, cancelled, 1), failedCall(1, 0, s, cancelled), ended(1, 0, s, agentchaos.Partial)},
			[2]map[report.Fate]int64{{report.DegradedEnd: 1}},
		},
		{
			"the call failed, and the task",
			[]any{attempt(1, 1, 0, s, timeout, 1), attempt(1, 2, 0, s, timeout, 1), failedCall(1, 0, s, timeout), ended(1, 0, s, agentchaos.Failed)},
			[2]map[report.Fate]int64{{report.FailedEnd: 2}},
		},
		{
			"the copy won; the stalled original reports after the call has ended",
			[]any{copyOf(attempt(1, 1, s, 2*s, none, 0)), answered(1, claude, 0, 2*s), attempt(1, 1, 0, 2*s, cancelled, 1), ended(1, 0, 2*s, agentchaos.Completed)},
			[2]map[report.Fate]int64{{report.Absorbed: 1}},
		},
		{
			"the loser reports after its task has ended",
			[]any{copyOf(attempt(1, 1, s, 2*s, none, 0)), answered(1, claude, 0, 2*s), ended(1, 0, 2*s, agentchaos.Completed), attempt(1, 1, 0, 2*s, cancelled, 1)},
			[2]map[report.Fate]int64{{report.Absorbed: 1}},
		},
		{
			"the original failed while its copy was answered",
			[]any{attempt(1, 1, 0, 2*s, timeout, 1), copyOf(attempt(1, 1, s, 3*s, none, 0)), answered(1, claude, 0, 3*s), ended(1, 0, 3*s, agentchaos.Completed)},
			[2]map[report.Fate]int64{{report.Absorbed: 1}},
		},
		{
			"one fault that slows and ends is one",
			[]any{func() any { a := slowed(attempt(1, 1, 0, s, timeout, 2)); return a }(), failedCall(1, 0, s, timeout), ended(1, 0, s, agentchaos.Failed)},
			[2]map[report.Fate]int64{1: {report.FailedEnd: 1}},
		},
		{
			"a crash that the task outlives, and what had spoiled the call that died in it",
			[]any{attempt(1, 1, 0, s, timeout, 1), attempt(1, 2, s, 2*s, crash, 0), crashed(1, 2*s, 2), attempt(1, 3, 2*s, 3*s, none, 0), answered(1, claude, 2*s, 3*s), ended(1, 0, 3*s, agentchaos.Completed)},
			[2]map[report.Fate]int64{{report.Retried: 1}, {report.Retried: 1}},
		},
		{
			"crashes that it does not",
			[]any{slowed(attempt(1, 1, 0, s, crash, 0)), crashed(1, s, 1), slowed(attempt(1, 2, s, 2*s, crash, 0)), crashed(1, 2*s, 1), ended(1, 0, 2*s, agentchaos.Failed)},
			[2]map[report.Fate]int64{{report.FailedEnd: 2}, {report.FailedEnd: 2}},
		},
		{
			"a crash, and a caveat",
			[]any{crashed(1, s, 1), attempt(1, 1, s, 2*s, timeout, 2), failedCall(1, s, 2*s, timeout), ended(1, 0, 2*s, agentchaos.Degraded)},
			[2]map[report.Fate]int64{{report.DegradedEnd: 1}, {report.DegradedEnd: 1}},
		},
		{
			"a crash that nobody has injected",
			[]any{crashed(1, s, 0), ended(1, 0, s, agentchaos.Failed)},
			[2]map[report.Fate]int64{},
		},
		{
			"a store that failed, four times",
			[]any{
				agentchaos.Change{At: s, What: agentchaos.StoreFailed, ID: id(1, 1), Kind: agentchaos.StoreLocked, By: 1}, agentchaos.Change{At: s, What: agentchaos.StoreFailed, ID: id(1, 1), Kind: agentchaos.StoreLocked, By: 1},
				agentchaos.Change{At: s, What: agentchaos.StoreFailed, ID: id(1, 1), Kind: agentchaos.StoreCorrupt, By: 2}, agentchaos.Change{At: s, What: agentchaos.StoreFailed, ID: id(1, 1), Kind: agentchaos.StoreCorrupt},
				ended(1, 0, s, agentchaos.Failed),
			},
			[2]map[report.Fate]int64{{report.Absorbed: 2}, {report.Absorbed: 1}},
		},
		{
			"an attempt reports after its task, whose call was never reported",
			[]any{ended(1, 0, s, agentchaos.Failed), attempt(1, 1, 0, s, cancelled, 1)},
			[2]map[report.Fate]int64{{report.Absorbed: 1}},
		},
		{
			"cut off with the run",
			[]any{report.Arrival{Task: 1}, attempt(1, 1, 0, s, timeout, 1)},
			[2]map[report.Fate]int64{{report.FailedEnd: 1}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := cell(report.CellSpec{Faults: []string{"stall on primary", "slow on primary"}}, c.records...)
			for i, f := range got.Faults {
				var want [6]int64
				for fate, n := range c.fate[i] {
					want[fate] = n
				}
				require.Equal(t, want[:], f.Fates[:], f.Fault)
			}
		})
	}
}

// A loser's report is no part of the next call of its task, even if that began at once.
func TestLateLoserIsNotTheNextCalls(t *testing.T) {
	next := attempt(1, 1, 2*s, 3*s, agentchaos.None, 0)
	next.ID.Step = 2
	call2 := answered(1, claude, 2*s, 3*s)
	call2.ID.Step = 2
	got := cell(report.CellSpec{Faults: []string{"stall"}, Prices: map[string]report.Price{"anthropic/*": {Output: 1}}},
		report.Arrival{Task: 1},
		copyOf(attempt(1, 1, s, 2*s, agentchaos.None, 0)), answered(1, claude, 0, 2*s),
		attempt(1, 1, 0, 2*s, agentchaos.Cancelled, 1),
		next, call2, ended(1, 0, 3*s, agentchaos.Completed))
	require.EqualValues(t, 0, got.Counts[report.Retries])
	require.EqualValues(t, 2, got.Counts[report.Calls])
	require.EqualValues(t, 3, got.Counts[report.Attempts])
	require.EqualValues(t, 1, got.Faults[0].Fates[report.Absorbed])
}

func TestRetriesEarlyAndHopeless(t *testing.T) {
	limited := attempt(1, 1, 0, s, agentchaos.RateLimit, 0)
	limited.RetryAfter = 5 * s
	for _, c := range []struct {
		name                                       string
		records                                    []any
		retries, retriedCalls, early, hopeless, re int64
	}{
		{"at the very end of the Retry-After", []any{limited, attempt(1, 2, 6*s, 7*s, 0, 0)}, 1, 1, 0, 0, 0},
		{"a nanosecond too soon", []any{limited, attempt(1, 2, 6*s-1, 7*s, 0, 0)}, 1, 1, 1, 0, 0},
		{"another target need not wait", []any{limited, on(gpt, attempt(1, 1, s, 2*s, 0, 0))}, 0, 0, 0, 0, 0},
		{"a copy is no retry, whoever reports first", []any{copyOf(attempt(1, 1, s, 2*s, 0, 0)), attempt(1, 1, 0, 3*s, agentchaos.Timeout, 0)}, 0, 0, 0, 0, 0},
		{"after quota", []any{attempt(1, 1, 0, s, agentchaos.Quota, 0), attempt(1, 2, s, 2*s, agentchaos.Quota, 0), attempt(1, 3, 2*s, 3*s, 0, 0)}, 2, 1, 0, 2, 0},
		{"a re-ask is no retry", []any{
			attempt(1, 1, 0, s, agentchaos.Malformed, 0), agentchaos.Change{At: s, What: agentchaos.Reasked, ID: id(1, 1), Target: claude},
			attempt(1, 2, s, 2*s, 0, 0),
		}, 0, 0, 0, 0, 1},
		{"the one after a re-ask is", []any{
			attempt(1, 1, 0, s, agentchaos.Malformed, 0), agentchaos.Change{At: s, What: agentchaos.Reasked, ID: id(1, 1), Target: claude},
			attempt(1, 2, s, 2*s, agentchaos.Timeout, 0), attempt(1, 3, 2*s, 3*s, 0, 0),
		}, 1, 1, 0, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := cell(report.CellSpec{}, append(c.records, answered(1, claude, 0, 9*s))...).Counts
			require.Equal(t, []int64{c.retries, c.retriedCalls, c.early, c.hopeless, c.re},
				[]int64{got[report.Retries], got[report.RetriedCalls], got[report.Early], got[report.Hopeless], got[report.Reasks]})
		})
	}
}

// What was paid for and not used: failures, losers, and everything of calls that failed or never ended.
func TestWastedCost(t *testing.T) {
	paid := func(a agentchaos.Attempt) agentchaos.Attempt {
		a.Truth.Input, a.Truth.Output = 100, 10
		return a
	}
	spec := report.CellSpec{Prices: map[string]report.Price{claude: {Input: 3, Output: 15}, "openai/*": {Input: 1}}}
	const each, other = 100*3 + 10*15, 100
	for _, c := range []struct {
		name         string
		cost, wasted int64
		records      []any
	}{
		{"used", each, 0, []any{paid(attempt(1, 1, 0, s, 0, 0)), answered(1, claude, 0, s)}},
		{"retried", 2 * each, each, []any{paid(attempt(1, 1, 0, s, agentchaos.Timeout, 0)), paid(attempt(1, 2, s, 2*s, 0, 0)), answered(1, claude, 0, 2*s)}},
		{"fell back", each + other, each, []any{paid(attempt(1, 1, 0, s, agentchaos.Timeout, 0)), on(gpt, paid(attempt(1, 1, s, 2*s, 0, 0))), answered(1, gpt, 0, 2*s)}},
		{"hedged", 2 * each, each, []any{paid(copyOf(attempt(1, 1, s, 2*s, 0, 0))), answered(1, claude, 0, 2*s), paid(attempt(1, 1, 0, 2*s, agentchaos.Cancelled, 0))}},
		{"failed", each, each, []any{paid(attempt(1, 1, 0, s, agentchaos.Timeout, 0)), failedCall(1, 0, s, agentchaos.Timeout)}},
		{"never ended", each, each, []any{paid(attempt(1, 1, 0, s, 0, 0)), ended(1, 0, time.Minute, agentchaos.Failed)}},
	} {
		got := cell(spec, c.records...).Counts
		require.Equal(t, []int64{c.cost, c.wasted}, []int64{got[report.CostNano], got[report.WastedNano]}, c.name)
	}
}

const crash = agentchaos.Crash

// crashed is the death of a task's process by a fault, from 1; 0: by none.
func crashed(task uint32, at time.Duration, by uint8) agentchaos.Change {
	return agentchaos.Change{At: at, What: agentchaos.Crashed, ID: id(task, 1), Kind: crash, For: time.Second, By: by}
}
