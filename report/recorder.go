package report

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// CellSpec is what a [Recorder] is told of a cell before it runs.
type CellSpec struct {
	Seed   uint64
	Prices map[string]Price // by model or glob of models; nil: free. Read by Start and at the first attempt on a target
	Faults []string         // how reports name them; Truth.EndBy and SlowBy count from 1 in this list

	From, Until time.Duration // the first `from` of a fault and the last `until`; Until 0: no end
	Faultless   bool          // there is no fault: nothing is During or After, whatever From and Until say
	Phases      bool          // keep the numbers for During and After as well
	Recovery    bool          // measure the recovery from Until on; nothing if that is 0

	// Settle asks the effect ledger about a task that has ended: effects done more than once, and effects of its steps
	// done that are not there. Nil: there is no ledger.
	Settle func(task uint32, outcome agentchaos.Outcome, steps uint16) (duplicates, lost int)
}

// Recorder turns the records of one cell into numbers, as they come, in bounded memory: what it keeps grows with the
// tasks in flight and with the seconds of the cell, not with its records. Its hooks fit [agentchaos.Trace] and allocate
// nothing once warm. One per worker; Start begins a cell, Cell ends it. Not safe for concurrent use.
type Recorder struct {
	spec     CellSpec
	meters   [phases]*meter // During and After stay nil until wanted
	targets  targets
	flight   flight
	recovery recovery
	gap      gap
	worst    [worsts]WorstTask
	away     time.Duration // the longest that others answered for the first model of a chain
	now      time.Duration // the latest record
}

// NewRecorder makes a Recorder. It must be started before use.
func NewRecorder() *Recorder {
	r := &Recorder{}
	r.meters[Whole] = newMeter()
	return r
}

// Start begins a cell and forgets the one before, finished or not.
func (r *Recorder) Start(spec CellSpec) {
	r.spec = spec
	for p, m := range r.meters {
		if spec.Phases && m == nil {
			m = newMeter()
			r.meters[p] = m
		}
		if m != nil {
			m.reset(len(spec.Faults))
		}
	}
	r.targets.reset(spec.Prices)
	r.flight.reset()
	r.recovery.reset(spec.Recovery && spec.Until > 0, spec.Until)
	r.gap, r.worst, r.away, r.now = gap{}, [worsts]WorstTask{}, 0, 0
}

// Trace is the hooks.
func (r *Recorder) Trace() agentchaos.Trace {
	return agentchaos.Trace{Attempt: r.Attempt, Call: r.Call, Task: r.Task, Change: r.Change}
}

// phase is the part of the run that a thing begun at t belongs to; Whole if that is nobody's question.
func (r *Recorder) phase(t time.Duration) Phase {
	switch {
	case !r.spec.Phases || r.spec.Faultless || t < r.spec.From:
		return Whole
	case r.spec.Until > 0 && t >= r.spec.Until:
		return After
	}
	return During
}

// add counts n in the whole run and in a phase of it.
func (r *Recorder) add(p Phase, c Count, n int64) {
	r.meters[Whole].counts[c] += n
	if p != Whole {
		r.meters[p].counts[c] += n
	}
}

func (r *Recorder) took(p Phase, l Latency, d time.Duration) {
	r.meters[Whole].latency[l].record(d)
	if p != Whole {
		r.meters[p].latency[l].record(d)
	}
}

// waste counts money on attempts whose answer was not used. p is the phase in which they began.
func (r *Recorder) waste(p Phase, nano int64) {
	if nano != 0 {
		r.add(p, WastedNano, nano)
	}
}

// tick takes down that a record came; the clock never goes back, except by what ended late.
func (r *Recorder) tick(now time.Duration) {
	r.meters[Whole].counts[Events]++
	if now > r.now {
		r.now = now
		r.flight.expire(now)
	}
}

// Arrived takes down that a task has arrived.
func (r *Recorder) Arrived(task uint32, now time.Duration) {
	r.tick(now)
	r.flight.task(task)
	r.add(r.phase(now), TasksArrived, 1)
	r.recovery.arrived(now)
	r.gap.arrived(now)
}

// Attempt takes down an attempt that has ended.
func (r *Recorder) Attempt(a agentchaos.Attempt) {
	r.tick(a.End)
	target, p := r.targets.index(a.Target), r.phase(a.Begin)
	at := &r.targets.list[target]
	t := r.flight.task(a.ID.Task)
	r.add(p, Attempts, 1)
	r.meters[Whole].attempts[a.Kind]++
	if p != Whole {
		r.meters[p].attempts[a.Kind]++
	}
	r.took(p, AttemptLatency, a.End-a.Begin)
	if a.First > 0 {
		r.took(p, FirstToken, a.First)
	}
	cost := int64(a.Truth.Input)*at.price.Input + int64(a.Truth.Output)*at.price.Output
	t.attempts++
	t.scores[WorstCost] += cost
	if cost != 0 {
		r.add(p, CostNano, cost)
	}
	if at.breaker.probe(a.Begin) {
		r.add(p, Probes, 1)
	}
	if a.Kind == agentchaos.None && a.Truth.Cut { // a failure has been noticed
		r.add(p, TruncatedAnswers, 1)
		t.scores[WorstTruncated]++
	}
	if t.late(a.ID.Step, a.ID.Copy, a.Begin, a.End) {
		r.waste(p, cost)
		r.attribute(t, nil, &a, target, p)
		return
	}
	c := t.call(a.ID.Step)
	r.again(t, c.attempt(&a, target), p)
	c.cost[p] += cost
	if a.Kind == agentchaos.None {
		c.won, c.winner.attempt, c.winner.phase, c.winner.cost = true, a.ID.Attempt, p, cost
	}
	r.attribute(t, c, &a, target, p)
}

// again counts what a further attempt on the same target was.
func (r *Recorder) again(t *taskState, was again, p Phase) {
	if was.retry {
		r.add(p, Retries, 1)
	}
	if was.early {
		r.add(p, Early, 1)
		t.scores[WorstEarly]++
	}
	if was.hopeless {
		r.add(p, Hopeless, 1)
		t.scores[WorstHopeless]++
	}
}

// Call takes down a call that has ended.
func (r *Recorder) Call(c agentchaos.Called) {
	r.tick(c.End)
	p, answered := r.phase(c.Begin), c.Kind == agentchaos.None
	target := r.targets.index(c.Target)
	t := r.flight.task(c.ID.Task)
	r.add(p, Calls, 1)
	r.took(p, CallLatency, c.End-c.Begin)
	if answered {
		r.add(p, CallsAnswered, 1)
	}
	if c.Use == agentchaos.UseModel {
		r.model(&c, target, p)
	}
	state := t.call(c.ID.Step)
	if state.retried {
		r.add(p, RetriedCalls, 1)
	}
	for q, n := range state.cost {
		if answered && state.won && Phase(q) == state.winner.phase {
			n -= state.winner.cost
		}
		r.waste(Phase(q), n)
	}
	r.settleCall(t, state, &c, target)
	t.close(state, c.End)
}

// model counts what only model calls have.
func (r *Recorder) model(c *agentchaos.Called, target int, p Phase) {
	r.add(p, ModelCalls, 1)
	if c.Kind != agentchaos.None {
		return
	}
	r.add(p, ModelCallsAnswered, 1)
	r.targets.list[target].away.gone = false
	if c.Target != c.Preferred {
		r.add(p, Fallbacks, 1)
		r.miss(c)
	}
	t := r.flight.task(c.ID.Task)
	t.answers++
	t.lack += r.targets.list[target].price.Lack
	r.meters[Whole].serve(target)
	if p != Whole {
		r.meters[p].serve(target)
	}
}

// miss takes down that another model has answered for the first of a chain.
func (r *Recorder) miss(c *agentchaos.Called) {
	a := &r.targets.list[r.targets.index(c.Preferred)].away
	if !a.gone {
		*a = absence{true, c.End}
	}
	r.away = max(r.away, c.End-a.from)
}

// outcomeCounts are the counts of the outcomes.
var outcomeCounts = [...]Count{
	agentchaos.Completed: TasksCompleted, agentchaos.Degraded: TasksDegraded,
	agentchaos.Partial: TasksPartial, agentchaos.Failed: TasksFailed,
}

// Task takes down a task that has ended.
func (r *Recorder) Task(k agentchaos.Task) {
	r.tick(k.End)
	p := r.phase(k.Begin)
	t := r.flight.task(k.Task)
	r.add(p, Tasks, 1)
	r.add(p, outcomeCounts[k.Outcome], 1)
	r.took(p, TaskLatency, k.End-k.Begin)
	switch k.Outcome {
	case agentchaos.Completed:
		r.add(p, CompletedTime, int64(k.End-k.Begin))
		r.add(p, QualityMicro, t.quality())
		r.recovery.completed(k.End)
		r.gap.completed(k.End)
	case agentchaos.Failed:
		r.meters[Whole].failures[k.Kind]++
		if p != Whole {
			r.meters[p].failures[k.Kind]++
		}
	}
	if r.spec.Settle != nil {
		d, l := r.spec.Settle(k.Task, k.Outcome, k.Steps)
		r.add(p, Settled, 1)
		r.add(p, Duplicates, int64(d))
		r.add(p, LostEffects, int64(l))
		t.scores[WorstDuplicate], t.scores[WorstLost] = int64(d), int64(l)
	}
	r.settleTask(t, k.Outcome)
	r.judgeWorst(t, &k)
	r.flight.end(t, k.End)
}

// Change takes down a decision of a policy.
func (r *Recorder) Change(c agentchaos.Change) {
	r.tick(c.At)
	p := r.phase(c.At)
	switch c.What {
	case agentchaos.Refused:
		r.meters[Whole].refused[c.Kind]++
		if p != Whole {
			r.meters[p].refused[c.Kind]++
		}
	case agentchaos.Hedged:
		r.add(p, Hedges, 1)
	case agentchaos.Reasked:
		r.add(p, Reasks, 1)
		r.reask(&c, true)
	case agentchaos.RetryWait:
		if c.Kind == agentchaos.BulkheadFull {
			r.reask(&c, false)
		}
	case agentchaos.Crashed:
		r.add(p, Crashes, 1)
		r.add(p, DownTime, int64(c.For))
		r.crashed(&c, p)
	case agentchaos.Resumed:
		r.add(p, Resumes, 1)
	case agentchaos.Redone:
		r.add(p, Redone, 1)
	case agentchaos.Caveated:
		r.add(p, Caveats, 1)
	case agentchaos.StoreFailed:
		r.add(p, StoreFailures, 1)
		r.meters[Whole].store[c.Kind]++
		if p != Whole {
			r.meters[p].store[c.Kind]++
		}
		if c.By != 0 { // the task goes on without
			r.flight.task(c.ID.Task).hit(c.By - 1)
			r.fate(blame{fault: c.By - 1, phase: p}, Absorbed)
		}
	case agentchaos.BreakerOpened:
		r.breaker(c.Target).move(c.At, true, false)
	case agentchaos.BreakerHalfOpened:
		r.breaker(c.Target).move(c.At, false, true)
	case agentchaos.BreakerClosed:
		r.breaker(c.Target).move(c.At, false, false)
	}
}

func (r *Recorder) reask(c *agentchaos.Change, asked bool) {
	r.flight.task(c.ID.Task).call(c.ID.Step).reask(r.targets.index(c.Target), asked)
}

func (r *Recorder) breaker(name string) *breaker {
	return &r.targets.list[r.targets.index(name)].breaker
}
