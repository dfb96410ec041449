package sim

import (
	"context"
	"fmt"

	"github.com/agentchaos/agentchaos"
)

// ErrKilled is how the contexts of a killed process have ended. It is of the kind agentchaos.Crash.
var ErrKilled = fmt.Errorf("sim: the process was killed: %w", agentchaos.Crash)

// Group is one simulated process: the coroutine of a GoAt and all that it has started. It is the unit of a crash, and its
// contexts live as long as it does.
type Group struct {
	task       uint32
	coroutines uint32 // started so far
	dead       bool
	first      *coroutine // those alive
	contexts   *virtual   // made by it
	made       int        // contexts in the list
	sweepAt    int        // contexts at which to look for ended ones; 0: firstSweep
}

// firstSweep is small enough that a process of an endless loop holds little, and larger than what a task makes.
const firstSweep = 512

func (g *Group) add(co *coroutine) {
	co.group = g
	co.parked = false
	co.groupPrev, co.groupNext = nil, g.first
	if g.first != nil {
		g.first.groupPrev = co
	}
	g.first = co
}

func (g *Group) remove(co *coroutine) {
	if co.groupPrev != nil {
		co.groupPrev.groupNext = co.groupNext
	} else {
		g.first = co.groupNext
	}
	if co.groupNext != nil {
		co.groupNext.groupPrev = co.groupPrev
	}
	co.groupNext, co.groupPrev = nil, nil
}

// own makes c one of the group's contexts.
func (g *Group) own(c *virtual) {
	if g.made >= max(g.sweepAt, firstSweep) {
		g.sweep()
	}
	c.groupNext = g.contexts
	g.contexts = c
	g.made++
}

// sweep lets go of ended contexts, so that a process which never ends does not grow. They are left to the garbage
// collector: somebody of the process may still look at one.
func (g *Group) sweep() {
	g.made = 0
	kept := &g.contexts
	for c := g.contexts; c != nil; {
		next := c.groupNext
		if c.Err() == nil {
			*kept = c
			kept = &c.groupNext
			g.made++
		} else {
			c.groupNext = nil
		}
		c = next
	}
	*kept = nil
	g.sweepAt = 2 * g.made // so that many live ones are not looked at again and again
}

// release ends and gives back the contexts of a process that has ended.
func (g *Group) release() {
	for c := g.contexts; c != nil; {
		next := c.groupNext
		c.groupNext = nil
		c.end(context.Canceled) // a cancel that was forgotten
		c.w.recycle(c)
		c = next
	}
	g.contexts = nil
}

// Kill ends a process at once, as a power cut does: none of its code runs again in this world, deferred code included (that
// runs when the world is closed or reset, when nothing can come of it). Its contexts report ErrKilled, which wakes only
// others who sleep on them. Kill of the caller's own process does not return; of one that has ended it does nothing.
func (w *World) Kill(g *Group) {
	if g.dead {
		return
	}
	g.dead = true
	for co := g.first; co != nil; co = co.groupNext {
		co.gen++ // its event is stale
	}
	for c := g.contexts; c != nil; c = c.groupNext {
		c.end(ErrKilled)
	}
	if w.cur != nil && w.cur.group == g {
		w.cur.park()
	}
}

// Task is the number of the process that runs, as it was given to GoAt; 0 outside of any, and for the world's own.
func (w *World) Task() uint32 {
	if w.cur == nil {
		return 0
	}
	return w.cur.group.task
}

// KillCurrent is Kill of the caller's own process. It does not return.
func (w *World) KillCurrent() { w.Kill(w.cur.group) }
