package harness_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
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
	{"Little's law at the providers' doors", littlesLawAtTheDoor},
	{"steps fill a task", stepsFillATask},
	{"outcomes are what was done", outcomesAreWhatWasDone},
	{"the dead do nothing", theDeadDoNothing},
	{"what is done is kept", whatIsDoneIsKept},
	{"attempts are numbered on", attemptsAreNumberedOn},
	{"caveats stand for failures", caveatsStandForFailures},
	{"the store fails as it is struck", theStoreFailsAsItIsStruck},
	{"tokens are as planned", tokensAreAsPlanned},
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
	dead     []*callRecords // calls that have no end: the process died in them
	lives    map[uint32][]*process
	plans    map[uint32]*plan
	door     *door
}

// process is one life of a task, with all that was recorded of it.
type process struct {
	task        uint32
	number      int           // from 1
	from, until time.Duration // until: its crash, or the task's end
	crash       *agentchaos.Change
	end         *agentchaos.Task // of the task, in this life
	records     []any            // in order
	calls       map[uint16]*callRecords
}

// callRecords is all that is known of one call.
type callRecords struct {
	agentchaos.Called // of a dead one, what can be known: its beginning, and where it was to go
	leaf              *leaf
	base              uint8 // attempts at the step in earlier lives
	most              uint8 // the same with those of which nobody knows whether they were sent, until the first number says
	records           []any // changes and attempts, in order
	over              bool  // it has an end
	waited            int   // how many of them came before its end; the others are of a hedge's copy that has lost
}

// first is the number of its first attempt on a target.
func (c *callRecords) first() uint8 { return numberAfter(c.base) }

// numberAfter is the number of the attempt after: there are 255.
func numberAfter(n uint8) uint8 { return uint8(min(int(n)+1, 255)) }

// saturated reports whether attempts have run out of numbers: then they cannot be told apart.
func (c *callRecords) saturated() bool {
	for _, a := range attemptsIn(c.records) {
		if a.ID.Attempt == 255 {
			return true
		}
	}
	return false
}

// callID is a call's place: one step of a task.
type callID struct {
	task uint32
	step uint16
}

func of(id agentchaos.ID) callID { return callID{id.Task, id.Step} }

func playRecorded(t require.TestingT, j harness.Job) *played {
	r := &played{Job: j, door: newDoor()}
	var err error
	r.cell, err = harness.ReplayAround(context.Background(), j, r.door.around, func(e report.Event) {
		r.records = append(r.records, e.Record)
		r.door.hears(e.Record)
	})
	require.NoError(t, err)
	r.sort()
	return r
}

// sort puts the records where the laws look for them.
func (r *played) sort() {
	r.arrived, r.attempts, r.tasks, r.calls, r.dead = map[uint32]time.Duration{}, nil, nil, nil, nil
	r.lives, r.plans = map[uint32][]*process{}, map[uint32]*plan{}
	tried := tries{}
	for _, record := range r.records {
		e := report.Event{Record: record}
		p := r.process(e)
		p.records = append(p.records, record)
		switch x := record.(type) {
		case report.Arrival:
			r.arrived[x.Task] = x.At
		case agentchaos.Task:
			r.tasks = append(r.tasks, x)
			p.end = &x
			p.until = max(p.until, x.End)
		case agentchaos.Attempt:
			r.attempts = append(r.attempts, x)
			p.call(r, x.ID, tried).add(x)
		case agentchaos.Called:
			c := p.call(r, x.ID, tried)
			c.Called, c.waited, c.over = x, len(c.records), true
			r.calls = append(r.calls, c)
		case agentchaos.Change:
			if ofACall(x.What) {
				p.call(r, x.ID, tried).add(x)
			}
			if x.What == agentchaos.Crashed {
				p.crash, p.until = &x, x.At
				r.bury(p, tried)
			}
		}
	}
}

// process is the life that a record is of. The first record after a crash begins another, but for the end of a task that is
// given up.
func (r *played) process(e report.Event) *process {
	task := e.Task()
	lives := r.lives[task]
	if n := len(lives); n > 0 {
		last := lives[n-1]
		_, end := e.Record.(agentchaos.Task)
		if last.crash == nil || end || last.end != nil {
			return last
		}
	}
	p := &process{task: task, number: len(lives) + 1, from: e.At(), calls: map[uint16]*callRecords{}}
	if n := len(lives); n > 0 {
		p.from = lives[n-1].crash.At + lives[n-1].crash.For
	}
	r.lives[task] = append(lives, p)
	return p
}

// call is the call of a step in this life.
func (p *process) call(r *played, id agentchaos.ID, tried tries) *callRecords {
	c := p.calls[id.Step]
	if c == nil {
		c = &callRecords{base: tried[of(id)].sure, most: tried[of(id)].most, leaf: r.plan(id.Task).leaf(id.Step)}
		p.calls[id.Step] = c
	}
	return c
}

// tries are how many attempts at each step there have been, surely and at most: one that was called off at the instant of its
// beginning has perhaps never been sent, and then its number is given out again.
type tries map[callID]struct{ sure, most uint8 }

func (t tries) add(a agentchaos.Attempt) {
	n := t[of(a.ID)]
	if n.most = max(n.most, a.ID.Attempt); !neverSent(a) {
		n.sure = max(n.sure, a.ID.Attempt)
	}
	t[of(a.ID)] = n
}

// neverSent reports whether an attempt was perhaps never sent.
func neverSent(a agentchaos.Attempt) bool {
	return a.Begin == a.End && (a.Kind == agentchaos.Cancelled || a.Kind == agentchaos.Timeout)
}

func (c *callRecords) add(record any) {
	n := uint8(0)
	switch x := record.(type) {
	case agentchaos.Attempt:
		n = x.ID.Attempt
	case agentchaos.Change:
		n = x.ID.Attempt
	}
	if n > 0 {
		if c.base < n-1 && n-1 <= c.most {
			c.base = n - 1
		}
		c.most = c.base
	}
	if !c.over {
		c.waited++
	}
	c.records = append(c.records, record)
}

// bury takes down which calls have died with a process, and how often each step has been tried.
func (r *played) bury(p *process, tried tries) {
	for _, n := range slices.Sorted(maps.Keys(p.calls)) {
		c := p.calls[n]
		for _, a := range attemptsIn(c.records) {
			tried.add(a)
		}
		if c.over || c.leaf == nil {
			continue
		}
		c.Called = agentchaos.Called{ID: agentchaos.ID{Task: p.task, Step: n}, Begin: agentchaos.Forever, End: p.until, Use: c.leaf.Use, Kind: agentchaos.Crash}
		c.Called.Target, c.Preferred = r.chain(c.leaf)[0], r.chain(c.leaf)[0]
		for _, record := range c.records {
			c.Begin = min(c.Begin, begun(record))
		}
		r.dead = append(r.dead, c)
	}
}

// ofACall reports whether a change is a call's: the others are the task's, or the process's.
func ofACall(w agentchaos.What) bool { return w <= agentchaos.BreakerClosed }

// every are the calls that have ended, and those that have died.
func (r *played) every() []*callRecords { return append(slices.Clone(r.calls), r.dead...) }

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

// deadline is when a task's time is up, what the policy keeps of it taken off, whichever of its lives it is in; Forever: it
// has no deadline.
func (r *played) deadline(task uint32) time.Duration {
	d := r.Scenario.Agent.Deadline
	if d == 0 {
		return agentchaos.Forever
	}
	if r.policy().Degrade.Deadline {
		d = max(1, d-r.policy().Degrade.Reserve)
	}
	return r.arrived[task] + d
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
	rounds := 4 // of a hundred worlds
	if testing.Short() {
		rounds = 1
	}
	for n := range rounds {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { checkLaws(rt, anyFile().Draw(rt, "file")) })
		})
	}
}
