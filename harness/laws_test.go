package harness_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A law holds on every run, whatever the scenario and the policy. It is checked from the records and from the sealed numbers,
// each against the other, by code that knows nothing of how they came to be.
type law struct {
	name  string
	holds func(*played) error
}

// laws are all of them.
var laws = []law{
	{"time never goes back", timeNeverGoesBack},
	{"arrivals are ended and in flight", arrivalsAreEndedAndInFlight},
	{"Little's law", littlesLaw},
	{"steps fill a task", stepsFillATask},
	{"every attempt has a reason", everyAttemptHasAReason},
	{"every failure has its consequence", everyFailureHasItsConsequence},
	{"no kind outside on", noKindOutsideOn},
	{"tries are bounded", triesAreBounded},
	{"waits are as set", waitsAreAsSet},
	{"Retry-After is honoured", retryAfterIsHonoured},
	{"the deadline is hard", theDeadlineIsHard},
	{"limits of an attempt", limitsOfAnAttempt},
	{"breakers", breakersDoAsTheyAreSet},
	{"bulkheads", bulkheadsHold},
	{"budgets", budgetsHold},
	{"counts add up", countsAddUp},
	{"histograms are the records", histogramsAreTheRecords},
	{"attribution adds up", attributionAddsUp},
	{"faults strike where they are meant", faultsStrikeWhereTheyAreMeant},
	{"the ledger adds up", theLedgerAddsUp},
}

// played is a run with all its records.
type played struct {
	harness.Job
	cell     report.Cell
	records  []any // in order
	arrived  map[uint32]time.Duration
	attempts []agentchaos.Attempt
	tasks    []agentchaos.Task
	calls    []*callRecords // by their end
}

// callRecords is all that is known of one call.
type callRecords struct {
	agentchaos.Called
	records []any // changes and attempts, in order
	waited  int   // how many of them came before its end; the others are of a hedge's copy that has lost
}

// callID is a call's place: one step of a task.
type callID struct {
	task uint32
	step uint16
}

func of(id agentchaos.ID) callID { return callID{id.Task, id.Step} }

func playRecorded(t require.TestingT, j harness.Job) *played {
	r := &played{Job: j, arrived: map[uint32]time.Duration{}}
	var err error
	r.cell, err = harness.Replay(context.Background(), j, func(e report.Event) { r.records = append(r.records, e.Record) })
	require.NoError(t, err)
	r.sort()
	return r
}

// sort puts the records where the laws look for them.
func (r *played) sort() {
	open := map[callID]*callRecords{}
	at := func(id agentchaos.ID) *callRecords {
		if open[of(id)] == nil {
			open[of(id)] = &callRecords{}
		}
		return open[of(id)]
	}
	r.arrived, r.attempts, r.tasks, r.calls = map[uint32]time.Duration{}, nil, nil, nil
	for _, record := range r.records {
		switch x := record.(type) {
		case report.Arrival:
			r.arrived[x.Task] = x.At
		case agentchaos.Task:
			r.tasks = append(r.tasks, x)
		case agentchaos.Attempt:
			r.attempts = append(r.attempts, x)
			c := at(x.ID)
			c.records = append(c.records, x)
		case agentchaos.Change:
			if x.What != agentchaos.DeadlineHit {
				c := at(x.ID)
				c.records = append(c.records, x)
			}
		case agentchaos.Called:
			c := at(x.ID)
			c.Called, c.waited = x, len(c.records)
			r.calls = append(r.calls, c)
		}
	}
}

// attempts are those that the call waited for; all of them with the copies that have lost.
func (c *callRecords) attempts() []agentchaos.Attempt { return attemptsIn(c.records[:c.waited]) }

func attemptsIn(records []any) (out []agentchaos.Attempt) {
	for _, x := range records {
		if a, ok := x.(agentchaos.Attempt); ok {
			out = append(out, a)
		}
	}
	return out
}

// deadline is when a task's time is up; Forever: it has no deadline.
func (r *played) deadline(task uint32) time.Duration {
	if r.Scenario.Agent.Deadline == 0 {
		return agentchaos.Forever
	}
	return r.arrived[task] + r.Scenario.Agent.Deadline
}

func (r *played) policy() *resilience.Policy { return &r.Arm.Settings }

// checkLaws plays every cell of a file and holds it to all laws.
func checkLaws(t require.TestingT, text file) {
	suite, err := scenarios.Load("random.yaml", []byte(text), scenarios.Options{})
	require.NoError(t, err)
	jobs := harness.Jobs(suite)
	var cells []report.Cell
	for _, j := range jobs {
		r := playRecorded(t, j)
		for _, l := range laws {
			require.NoError(t, l.holds(r), "%s, seed %d", l.name, j.Seed)
		}
		cells = append(cells, r.cell)
	}
	sameBytes(t, suite, cells)
}

// sameBytes: the same seed gives the same bytes, in a world that has played others and in a fresh one, alone and among
// others.
func sameBytes(t require.TestingT, suite *scenarios.Suite, fresh []report.Cell) {
	var texts []string
	for _, parallel := range []int{1, 3} {
		played, err := harness.Run(context.Background(), harness.Jobs(suite), harness.Options{Parallel: parallel})
		require.NoError(t, err)
		for i := range played {
			require.Equal(t, fresh[i], played[i].Cell, "the same seed, other numbers")
		}
		var b bytes.Buffer
		require.NoError(t, harness.Assemble(suite, played).JSON(&b, true))
		texts = append(texts, b.String())
	}
	require.True(t, texts[0] == texts[1], "another number of workers, other bytes")
}

// A long search: go test ./harness -run TestLawsHoldInAnyWorld -rapid.checks=5000. What it finds belongs in laws_found_test.go.
func TestLawsHoldInAnyWorld(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { checkLaws(rt, anyFile().Draw(rt, "file")) })
}
