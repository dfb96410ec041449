package harness

import (
	"context"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
)

// lives are the tasks of one cell that are in flight.
type lives struct {
	world     *sim.World
	providers *faults.Providers
	rules     []faults.Rule
	show      agentchaos.Trace
	worker    *resilience.Worker
	store     resilience.Store // what the agents' processes keep; nil: they keep nothing

	mortal  bool  // processes can die
	crashes bool  // of a fault
	script  []int // of a sweep: process i of every task dies at its script[i]-th interaction; 0: it does not
	lived   []int // the interactions of each process of task 1, so far
	limit   int   // restarts of a task, where no fault says

	flying map[uint32]*life
	free   []*life
}

// leaf is put around what plays the providers: whoever counts there counts without the stack and its records. nil: nothing is.
type leaf func(clock agentchaos.Clock, next agentchaos.Call) agentchaos.Call

// newLives makes the agents of a cell: the stack over the providers, and what the world must know of its processes.
func newLives(w *sim.World, p *faults.Providers, s *scenarios.Scenario, a *scenarios.Arm, luck agentchaos.Seed, show agentchaos.Trace, script []int, play mind, around leaf) *lives {
	l := &lives{
		world: w, providers: p, rules: s.Faults, show: show, crashes: p.Struck(faults.AgentTarget), script: script,
		limit: faults.Crash{}.Restarts(), flying: map[uint32]*life{},
	}
	l.mortal = l.crashes || len(script) > 0
	if p.Struck(faults.StoreTarget) {
		show.Change = l.blaming(show.Change)
	}
	policy := a.Settings
	if policy.Idempotency != nil || policy.Checkpoint != nil {
		if policy.Store == nil {
			policy.Store = &resilience.Memory{}
		}
		l.store = policy.Store
		if l.mortal || p.Struck(faults.StoreTarget) {
			policy.Store = shelf{l, l.store}
		}
	}
	env := agentchaos.Env{Clock: w, Seed: luck, Trace: show}
	open := p.Open
	if l.mortal {
		env.Clock, open = mortalClock{w, l}, l.open
	}
	call := play(env.Clock, open)
	if around != nil {
		call = around(w, call)
	}
	if l.mortal {
		call = l.landing(call)
	}
	l.worker = policy.Worker(s.Agent.Agent, env, call)
	return l
}

// start begins a task, in the process that runs now. ended is told when the task has, in whichever process; nil: nobody asks.
func (l *lives) start(task uint32, ended func()) {
	x := l.take(task)
	x.ended = ended
	x.live()
}

// blaming names the fault behind a failure of the store.
func (l *lives) blaming(next func(agentchaos.Change)) func(agentchaos.Change) {
	return func(c agentchaos.Change) {
		if x := l.flying[c.ID.Task]; x != nil && c.What == agentchaos.StoreFailed {
			if c.By = x.struck; c.Kind == agentchaos.StoreCorrupt {
				c.By = x.tore
			}
		}
		next(c)
	}
}

// settled asks the outside world what has become of a task's effects. Of a task that is complete all are due, of another
// those of the steps that it took for done.
func (l *lives) settled(task uint32, o agentchaos.Outcome, _ uint16) (duplicates, lost int) {
	var due []uint16
	if o == agentchaos.Completed {
		due = l.worker.Writes(task)
	} else if x := l.flying[task]; x != nil {
		due = x.writes
	}
	return l.providers.Ledger().Settle(task, due)
}

// take is a new task's life.
func (l *lives) take(task uint32) *life {
	var x *life
	if n := len(l.free); n > 0 {
		x, l.free = l.free[n-1], l.free[:n-1]
	} else {
		x = &life{lives: l}
		x.asksTried, x.tellsDone = x.begins, x.ends
	}
	x.reset(task, l.world.Now())
	l.flying[task] = x
	return x
}

// over lets go of a task that has ended.
func (l *lives) over(x *life) {
	delete(l.flying, x.task)
	l.free = append(l.free, x)
	if f, ok := l.store.(resilience.Forgetter); ok {
		_ = f.Forget(context.Background(), x.task)
	}
	if x.ended != nil {
		x.ended()
	}
}

// landing takes down which attempts are under way.
func (l *lives) landing(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		resp, err := next(ctx, req)
		if x := l.flying[req.ID.Task]; x != nil {
			x.land(req)
		}
		return resp, err
	}
}

// open is the providers' Open, seen by the world.
func (l *lives) open(now time.Duration, req *agentchaos.Request) agentchaos.Script {
	s := l.providers.Open(now, req)
	if x := l.flying[req.ID.Task]; x != nil {
		x.takeOff(now, req, s)
	}
	return s
}

// here is the life of the process that runs; nil: none does.
func (l *lives) here() *life { return l.flying[l.world.Task()] }

// mortalClock is the world's for processes that can die: every wait is an interaction when it begins and when it ends.
type mortalClock struct {
	*sim.World
	lives *lives
}

// Sleep is the world's. The task may be over when it returns, in the losing copy of a hedge, and its life somebody else's.
func (c mortalClock) Sleep(ctx context.Context, d time.Duration) error {
	c.point()
	err := c.World.Sleep(ctx, d)
	c.point()
	return err
}

func (c mortalClock) point() {
	if x := c.lives.here(); x != nil {
		x.point()
	}
}
