package report_test

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// A task with one of everything, readable as a transcript.
func TestTimeline(t *testing.T) {
	const b = 62*s + 180*time.Millisecond // when it begins
	limited := attempt(112, 1, b, b+120*time.Millisecond, agentchaos.RateLimit, 1)
	limited.Status, limited.RetryAfter = 429, 2*s
	stalled := attempt(112, 2, b+3*s, b+14*s, agentchaos.Timeout, 2)
	stalled.First, stalled.Got, stalled.Status = 900*time.Millisecond, 80, 200
	hedge := on(gpt, copyOf(attempt(112, 1, b+22*s, b+30*s, agentchaos.None, 0)))
	loser := on(gpt, slowed(attempt(112, 1, b+14*s, b+30*s, agentchaos.Cancelled, 0)))
	wrongAnswer := wrong(attempt(112, 1, b+30*s, b+31*s, agentchaos.None, 2))
	wrongAnswer.ID.Step = 2
	change := func(at time.Duration, what agentchaos.What, target string, kind agentchaos.Kind, d time.Duration) agentchaos.Change {
		return agentchaos.Change{At: at, What: what, ID: id(112, 1), Target: target, Kind: kind, For: d}
	}
	other := agentchaos.Change{At: b + 10*s, What: agentchaos.BreakerOpened, ID: id(99, 3), Target: claude, For: 30 * s}
	elsewhere := other
	elsewhere.Target = "tool/other"
	step3 := agentchaos.Called{ID: agentchaos.ID{Task: 112, Step: 3}, Target: refund, Preferred: refund, Use: agentchaos.UseWrite, Begin: b + 31*s, End: b + 31*s, Kind: agentchaos.BreakerOpen}
	refused := agentchaos.Change{At: b + 31*s, What: agentchaos.Refused, ID: step3.ID, Target: refund, Kind: agentchaos.BreakerOpen}
	call2 := answered(112, claude, b+30*s, b+31*s)
	call2.ID.Step = 2
	var events []report.Event
	for _, r := range []any{
		report.Arrival{Task: 112, At: b}, limited,
		change(b+120*time.Millisecond, agentchaos.RetryWait, claude, agentchaos.RateLimit, 2880*time.Millisecond),
		other, elsewhere, stalled, change(b+14*s, agentchaos.RetryGivenUp, claude, agentchaos.Timeout, 3*time.Minute),
		change(b+14*s, agentchaos.FellBack, gpt, agentchaos.Timeout, 0), change(b+22*s, agentchaos.Hedged, gpt, 0, 0),
		hedge, answered(112, gpt, b, b+30*s), loser, wrongAnswer, call2, refused, step3, ended(113, b, b+31*s, agentchaos.Completed),
		agentchaos.Task{Task: 112, Begin: b, End: b + 31*s, Outcome: agentchaos.Failed, Kind: agentchaos.BreakerOpen, Step: 3, Steps: 2},
	} {
		events = append(events, report.Event{Record: r})
	}
	var out bytes.Buffer
	require.NoError(t, report.Timeline(&out, events, report.TimelineOptions{
		Scenario: "stalled-streams", Policy: "reference", Seed: 7, Task: 112,
		Faults: []string{"rate_limit on primary", "stall on primary"},
	}))
	golden(t, "timeline/everything.txt", out.Bytes())

	with := out.String()
	out.Reset()
	for i, e := range events {
		events[i] = e.Named([]string{"rate_limit on primary", "stall on primary"})
	}
	require.NoError(t, report.Timeline(&out, events, report.TimelineOptions{Scenario: "stalled-streams", Policy: "reference", Seed: 7, Task: 112}))
	require.Equal(t, with, out.String(), "events can name their faults themselves")

	out.Reset()
	require.NoError(t, report.Timeline(&out, events, report.TimelineOptions{Task: 5}))
	require.Equal(t, "task 5\n\nnothing happened to it\n", out.String())
}

// An answer that was cut says so if it was taken for whole; a name that the log does not have is a number.
func TestTimelineOfACutAnswer(t *testing.T) {
	cut := wrong(attempt(1, 1, 0, s, agentchaos.None, 3))
	cut.Truth.Cut = true
	noticed := wrong(attempt(1, 2, s, 2*s, agentchaos.Truncated, 0))
	noticed.Truth.Cut = true
	var out bytes.Buffer
	require.NoError(t, report.Timeline(&out, []report.Event{{Record: cut}, {Record: noticed}}, report.TimelineOptions{}))
	require.Contains(t, out.String(), "attempt 1: answered, but cut short  <- fault 3\n")
	require.Contains(t, out.String(), "attempt 2: truncated\n")
}

// What another process does in a step is its own first try, and the attempt says it all.
func TestTimelineOfTwoProcesses(t *testing.T) {
	dead := attempt(1, 1, 0, s, agentchaos.Crash, 0)
	again := attempt(1, 2, 6*s, 7*s, agentchaos.None, 0)
	retried := attempt(1, 3, 8*s, 9*s, agentchaos.None, 0)
	play := func(records ...any) string {
		var events []report.Event
		for _, r := range records {
			events = append(events, report.Event{Record: r})
		}
		var out bytes.Buffer
		require.NoError(t, report.Timeline(&out, events, report.TimelineOptions{}))
		return out.String()
	}
	crash := agentchaos.Change{At: s, What: agentchaos.Crashed, ID: id(1, 0), Kind: agentchaos.Crash, For: 5 * s}
	resumed := agentchaos.Change{At: 6 * s, What: agentchaos.Resumed, ID: id(1, 0)}
	require.NotContains(t, play(dead, crash, resumed, again, answered(1, claude, 6*s, 7*s)), "answers the call")
	failed := again
	failed.Kind = agentchaos.Timeout
	require.Contains(t, play(dead, crash, resumed, failed, retried, answered(1, claude, 6*s, 9*s)), "answers the call after 3.000s")
	loser := copyOf(attempt(1, 1, s, 2*s, agentchaos.Cancelled, 0))
	require.Contains(t, play(attempt(1, 1, 0, 2*s, agentchaos.None, 0), answered(1, claude, 0, 2*s), loser), "answers the call", "of a hedge both are told")
}

func TestEventsRoundTrip(t *testing.T) {
	span := rapid.Map(rapid.Int64Range(0, math.MaxInt64), func(n int64) time.Duration { return time.Duration(n) })
	name := rapid.StringMatching(`[a-z]{0,6}(/[a-z|"é-]{0,9})?`)
	kind := rapid.Map(rapid.IntRange(0, agentchaos.Kinds-1), func(k int) agentchaos.Kind { return agentchaos.Kind(k) })
	variant := rapid.Map(rapid.IntRange(0, agentchaos.Variants-1), func(v int) agentchaos.Variant { return agentchaos.Variant(v) })
	use := rapid.Map(rapid.IntRange(0, 3), func(u int) agentchaos.Use { return agentchaos.Use(u) })
	anID := rapid.Custom(func(t *rapid.T) agentchaos.ID {
		return agentchaos.ID{
			Task: rapid.Uint32().Draw(t, "task"), Step: rapid.Uint16().Draw(t, "step"),
			Attempt: rapid.Uint8().Draw(t, "attempt"), Copy: rapid.Uint8Range(0, 1).Draw(t, "copy"),
		}
	})
	record := rapid.Custom(func(t *rapid.T) any {
		id, at, d, k := anID.Draw(t, "id"), span.Draw(t, "at"), span.Draw(t, "span"), kind.Draw(t, "kind")
		switch rapid.IntRange(0, 4).Draw(t, "record") {
		case 0:
			return report.Arrival{Task: id.Task, At: at}
		case 1:
			return agentchaos.Attempt{
				ID: id, Target: name.Draw(t, "target"), Use: use.Draw(t, "use"), Begin: d, End: at, First: d / 2, Kind: k,
				Variant: variant.Draw(t, "variant"), Status: rapid.IntRange(0, 599).Draw(t, "status"), RetryAfter: span.Draw(t, "after"),
				Got: rapid.Int().Draw(t, "got"), Truth: agentchaos.Truth{
					EndBy: rapid.Uint8Range(0, 5).Draw(t, "end by"), SlowBy: rapid.Uint8().Draw(t, "slow by"),
					Wrong: rapid.Bool().Draw(t, "wrong"), Cut: rapid.Bool().Draw(t, "cut"), Replayed: rapid.Bool().Draw(t, "replayed"), Input: 1, Output: 2,
				},
			}
		case 2:
			return agentchaos.Called{ID: id, Target: name.Draw(t, "target"), Preferred: name.Draw(t, "preferred"), Use: use.Draw(t, "use"), Begin: d, End: at, Kind: k}
		case 3:
			return agentchaos.Task{Task: id.Task, Begin: d, End: at, Outcome: agentchaos.Outcome(rapid.IntRange(0, 3).Draw(t, "outcome")), Kind: k, Step: id.Step, Steps: 3, Without: rapid.Uint16().Draw(t, "without")}
		}
		what := agentchaos.What(rapid.IntRange(0, int(agentchaos.Whats)-1).Draw(t, "what"))
		return agentchaos.Change{At: at, What: what, ID: id, Target: name.Draw(t, "target"), Kind: k, Variant: variant.Draw(t, "variant"), For: d, By: rapid.Uint8Range(0, 5).Draw(t, "by")}
	})
	rapid.Check(t, func(t *rapid.T) {
		var events []report.Event
		for _, r := range rapid.SliceOfN(record, 0, 20).Draw(t, "records") {
			e := report.Event{Scenario: name.Draw(t, "scenario"), Policy: "ours", Seed: rapid.Uint64().Draw(t, "seed"), Record: r}
			if rapid.Bool().Draw(t, "named") {
				e = e.Named([]string{"stall on primary", "größe", "slow on tool/x"})
			}
			events = append(events, e)
		}
		var b bytes.Buffer
		require.NoError(t, report.WriteEvents(&b, events))
		back, err := report.ReadEvents(&b)
		require.NoError(t, err)
		require.Equal(t, events, back)
	})
}

func TestReadEventsNamesTheLine(t *testing.T) {
	good := `{"event":"arrival","at_ns":0,"task":1}` + "\n\n"
	for _, bad := range []string{`{"event":"attempted"}`, `{"event":"arrival","colour":1}`, `{"event":"call","use":"toy"}`, `{`} {
		_, err := report.ReadEvents(bytes.NewReader([]byte(good + bad + "\n")))
		require.ErrorContains(t, err, "line 3")
	}
}
