package harness

import (
	"cmp"
	"fmt"
	"runtime/debug"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
)

// PanicError is a panic inside a cell, with where it happened. It is a defect of agentchaos or of the code under test.
type PanicError struct {
	Cell  string
	Value any
	Stack []byte
}

// Error names the cell; the stack is in Stack.
func (e *PanicError) Error() string {
	return fmt.Sprintf("%s: panic: %v", e.Cell, e.Value)
}

// player plays cells, one after the other, in a world that it keeps.
type player struct {
	world    *sim.World
	recorder *report.Recorder
	script   []int // of a sweep: see lives
	lived    []int // by a sweep: the interactions of each process of task 1
	leaf     leaf  // of a test
	wire     bool  // models are spoken to over HTTP
}

func newPlayer() *player { return &player{world: sim.New(), recorder: report.NewRecorder()} }

// play runs one cell to its end and gives its numbers. A non-nil sink sees every record as it comes.
func (p *player) play(s *scenarios.Scenario, a *scenarios.Arm, seed uint64, sink func(report.Event)) (cell report.Cell, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{cellName(s, a, seed), v, debug.Stack()}
			p.renew()
		}
	}()
	luck := agentchaos.Seed(seed).Derive(s.Name)
	providers, err := faults.New(faults.Settings{Seed: luck, Primary: primary(a), Models: s.Models, Tools: s.Tools, Rules: s.Faults})
	if err != nil {
		return cell, fmt.Errorf("%s: %w", cellName(s, a, seed), err)
	}
	var show func(record any)
	if sink != nil {
		names := FaultNames(s)
		show = func(record any) {
			sink(report.Event{Scenario: s.Name, Policy: a.Policy, Seed: seed, Record: record}.Named(names))
		}
	}
	play := mind(faults.Play)
	if p.wire {
		play = wired(s.Models)
	}
	l := newLives(p.world, providers, s, a, luck, trace(p.recorder, show), p.script, play, p.leaf)
	p.recorder.Start(cellSpec(s, a, seed, l))
	load := workload{
		world: p.world, seed: luck.Derive("arrivals"), Arrivals: s.Agent.Arrivals,
		end: ending{s.Tasks, s.Duration},
		task: func(n uint32, ended func()) {
			p.recorder.Arrived(n, p.world.Now())
			if show != nil {
				show(report.Arrival{Task: n, At: p.world.Now()})
			}
			l.start(n, ended)
		},
	}
	load.start()
	if err := cmp.Or(p.world.Run(), load.err); err != nil {
		return cell, fmt.Errorf("%s: %w", cellName(s, a, seed), err)
	}
	p.lived = l.lived
	p.world.Reset() // now, not before the next cell: an interruption in between must stay
	return p.recorder.Cell(), nil
}

// renew replaces a world that a panic has left in any state.
func (p *player) renew() {
	defer func() { _ = recover() }() // deferred code of the same program may panic again; the first panic is the one to report
	old := p.world
	p.world = sim.New()
	old.Close()
}

func (p *player) close() { p.world.Close() }

func primary(a *scenarios.Arm) string {
	if len(a.Settings.Models) == 0 {
		return ""
	}
	return a.Settings.Models[0]
}

func cellName(s *scenarios.Scenario, a *scenarios.Arm, seed uint64) string {
	return fmt.Sprintf("scenario %s, policy %s, seed %d", s.Name, a.Policy, seed)
}
