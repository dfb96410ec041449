package faults_test

import (
	"testing"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestLedgerCountsWhatWasDone(t *testing.T) {
	for _, c := range []struct {
		fault faults.Fault
		done  bool
	}{
		{faults.Slow{}, true}, {faults.Truncated{}, true}, {faults.Truncated{How: faults.ByClose}, true}, {faults.Truncated{How: faults.ByReset}, true}, {faults.Stall{}, true},
		{faults.StreamError{}, true}, {faults.Malformed{}, true},
		{faults.Timeout{}, false}, {faults.ToolError{}, false}, {faults.Reset{}, false}, {broken, false}, {faults.RateLimit{}, false},
	} {
		p := start(t, healthy(on(write, c.fault, faults.When{First: 1})))
		for range 2 { // the second attempt is a retry
			p.Open(0, attemptOn(write, 7))
		}
		p.Open(0, attemptOn(tool, 7)) // only looks
		p.Open(0, attempt(7))
		duplicates, lost := p.Ledger().Settle(7, []uint16{1})
		require.Equal(t, c.done, duplicates == 1, c.fault.Kind())
		require.Zero(t, lost)
		require.Zero(t, p.Ledger().Open())
	}
}

func TestLedgerAgainstAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l faults.Ledger
		twin := map[uint32]map[uint16]int{}
		for range rapid.IntRange(0, 60).Draw(t, "n") {
			task := uint32(rapid.IntRange(1, 4).Draw(t, "task"))
			if !rapid.Bool().Draw(t, "settle") {
				step := uint16(rapid.IntRange(1, 5).Draw(t, "step"))
				l.Commit(task, step)
				if twin[task] == nil {
					twin[task] = map[uint16]int{}
				}
				twin[task][step]++
				continue
			}
			planned := rapid.SliceOfDistinct(rapid.Uint16Range(1, 6), rapid.ID[uint16]).Draw(t, "planned")
			duplicates, lost := l.Settle(task, planned)
			for _, times := range twin[task] {
				duplicates -= times - 1
			}
			for _, step := range planned {
				if twin[task][step] == 0 {
					lost--
				}
			}
			delete(twin, task)
			require.Zero(t, duplicates)
			require.Zero(t, lost)
			require.Equal(t, len(twin), l.Open())
		}
	})
}

func TestLedgerDoesNotGrowWithTasks(t *testing.T) {
	var l faults.Ledger
	rounds := func() {
		for range 10_000 {
			for step := range uint16(5) {
				l.Commit(1, step)
				l.Commit(2, step)
			}
			l.Settle(1, nil)
			l.Settle(2, nil)
		}
	}
	// After one to warm up. The runtime's own may count once, on a busy machine; growth would be thousands.
	require.LessOrEqual(t, testing.AllocsPerRun(1, rounds), 2.0)
}

var _ ac.Open = (*faults.Providers)(nil).Open
