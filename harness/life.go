package harness

import (
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/resilience"
)

// life is what the simulated world knows of a task in flight, over all the processes that have run it. No policy sees it.
type life struct {
	*lives
	task   uint32
	begin  time.Duration
	number int    // of the process, from 1
	step   uint16 // that it has begun last
	fuse   int    // interactions until the process dies; 0: it does not burn
	lit    uint16 // the step that it was lit for: it does not burn beyond its end
	death  agentchaos.Ending
	points int    // interactions of this process so far
	stored int    // operations on the store so far, over all lives
	struck uint8  // the fault that has made the store fail last, by its place from 1
	tore   uint8  // the one that has torn something last: it shows when that is read
	ended  func() // told when the task has ended

	tried  []uint8          // by step from 0: attempts that have reached a provider
	done   resilience.Steps // steps that are done and, if there is a store, kept
	writes []uint16         // those of them that have an effect
	keys   []keyStep
	aloft  []flight // attempts that have not come back

	asksTried func(step uint16) uint8 // the methods, bound once
	tellsDone func(step uint16, use agentchaos.Use, c agentchaos.Caveat)
}

// keyStep is the step that a key was used for.
type keyStep struct {
	key  agentchaos.Key
	step uint16
}

// flight is an attempt under way.
type flight struct {
	req    agentchaos.Request
	begin  time.Duration
	script agentchaos.Script
}

func (l *life) reset(task uint32, begin time.Duration) {
	l.task, l.begin, l.number, l.step, l.fuse, l.points, l.stored, l.struck, l.tore = task, begin, 1, 0, 0, 0, 0, 0, 0
	l.tried, l.done, l.writes, l.keys, l.aloft = l.tried[:0], l.done[:0], l.writes[:0], l.keys[:0], l.aloft[:0]
}

// begins is asked when the process begins a step: how many attempts at it there have been. Here it is decided whether it
// dies in this step.
func (l *life) begins(step uint16) uint8 {
	l.step = step
	if l.mortal {
		l.light(step)
		l.point()
	}
	if int(step) < len(l.tried) {
		return l.tried[step]
	}
	return 0
}

// light asks the faults whether the process dies in a step.
func (l *life) light(step uint16) {
	if !l.crashes {
		return
	}
	now := l.world.Now()
	e := l.providers.Strike(faults.AgentTarget, now, agentchaos.ID{Task: l.task, Step: step, Attempt: uint8(min(l.number, 255))}, agentchaos.UseRead).End
	if e.Form == agentchaos.Die && (l.fuse == 0 || int(e.At) < l.fuse) {
		l.fuse, l.lit, l.death = int(e.At), step, e
	}
}

// ends is told when a step is over, and kept. A crash that has not come in the step comes now.
func (l *life) ends(step uint16, use agentchaos.Use, c agentchaos.Caveat) {
	if c == agentchaos.NoCaveat {
		l.keep(step)
		if use == agentchaos.UseWrite && !slices.Contains(l.writes, step) {
			l.writes = append(l.writes, step)
		}
	}
	if !l.mortal {
		return
	}
	l.point()
	if l.fuse > 0 && l.lit == step {
		l.die()
	}
}

// keep takes down that a step is done for good.
func (l *life) keep(step uint16) {
	if l.mortal {
		l.done.Add(step)
	}
}

// point is an interaction of the process with the world, at which it may die: between two of them nothing is done that
// anybody else could see.
func (l *life) point() {
	l.points++
	if l.task == 1 {
		for len(l.lived) < l.number {
			l.lived = append(l.lived, 0)
		}
		l.lived[l.number-1] = l.points
	}
	if l.number <= len(l.script) && l.points == l.script[l.number-1] {
		l.death = agentchaos.Ending{Form: agentchaos.Die, Kind: agentchaos.Crash}
		l.die()
	}
	if l.fuse > 0 {
		if l.fuse--; l.fuse == 0 {
			l.die()
		}
	}
}

// takeOff takes down an attempt that a provider has admitted, or answers at once.
func (l *life) takeOff(now time.Duration, req *agentchaos.Request, s agentchaos.Script) {
	for len(l.tried) <= int(req.ID.Step) {
		l.tried = append(l.tried, 0)
	}
	l.tried[req.ID.Step] = max(l.tried[req.ID.Step], req.ID.Attempt)
	if req.Key != (agentchaos.Key{}) {
		l.keys = append(l.keys, keyStep{req.Key, req.ID.Step})
	}
	l.aloft = append(l.aloft, flight{*req, now, s})
	if l.done.Has(req.ID.Step) {
		l.done.Remove(req.ID.Step) // counted once a life
		l.show.Change(agentchaos.Change{At: now, What: agentchaos.Redone, ID: agentchaos.ID{Task: l.task, Step: req.ID.Step}, Target: req.Target})
	}
}

// land takes down that an attempt has come back.
func (l *life) land(req *agentchaos.Request) {
	l.aloft = slices.DeleteFunc(l.aloft, func(f flight) bool { return f.req.ID == req.ID && f.req.Target == req.Target })
}
