package report_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// Thousands of tasks in flight under any numbers, ending in any order: none is mistaken for another, none is lost.
func TestManyInFlight(t *testing.T) {
	r := report.NewRecorder()
	rapid.Check(t, func(t *rapid.T) {
		stride := rapid.Uint32Range(1, 1<<20).Draw(t, "stride") | 1 // odd: no number comes twice
		n := rapid.IntRange(1, 3000).Draw(t, "tasks")
		delay := rapid.IntRange(1, 2000).Draw(t, "in flight")
		seed := agentchaos.Seed(rapid.Uint64().Draw(t, "seed"))
		r.Start(report.CellSpec{Faults: []string{"stall"}})
		var events []report.Event
		retried := int64(0)
		for i := range n {
			task, begin := uint32(i+1)*stride, time.Duration(i)*s
			end := begin + s + time.Duration(agentchaos.Fraction(int64(delay), seed.Nth(uint64(i))))*s
			log := func(records ...any) {
				for _, x := range records {
					events = append(events, report.Event{Record: x})
				}
			}
			log(report.Arrival{Task: task, At: begin}, attempt(task, 1, begin, begin, agentchaos.Timeout, 1))
			if i%3 == 0 {
				log(failedCall(task, begin, end, agentchaos.Timeout), ended(task, begin, end, agentchaos.Failed))
				continue
			}
			retried++
			log(attempt(task, 2, begin, end, agentchaos.None, 0), answered(task, claude, begin, end), ended(task, begin, end, agentchaos.Completed))
		}
		report.SortEvents(events)
		for _, e := range events {
			play(r, e.Record)
		}
		c := r.Cell()
		require.Equal(t, retried, c.Counts[report.Retries])
		require.Equal(t, retried, c.Faults[0].Fates[report.Retried])
		require.Equal(t, int64(n)-retried, c.Faults[0].Fates[report.FailedEnd])
		require.EqualValues(t, n, c.Counts[report.Tasks])
	})
}
