package harness

import (
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/resilience"
)

// die ends the process that runs, at this very place in its code: nothing of it runs on. It does not return.
func (l *life) die() {
	now, at := l.world.Now(), ""
	if n := len(l.aloft); n > 0 {
		at = l.aloft[n-1].req.Target // it was waiting for an answer
	}
	l.drop(now)
	l.worker.Bury(l.task)
	crashed := agentchaos.Change{
		At: now, What: agentchaos.Crashed, ID: agentchaos.ID{Task: l.task, Step: l.step}, Target: at, Kind: agentchaos.Crash, By: l.death.By,
	}
	if l.number > l.restarts() {
		l.show.Change(crashed)
		l.giveUp(now)
		l.world.KillCurrent()
	}
	crashed.For = l.death.Delay
	l.show.Change(crashed)
	l.number, l.points, l.fuse = l.number+1, 0, 0
	l.world.GoAt(now+l.death.Delay, l.task, l.live)
	l.world.KillCurrent()
}

// live is what a process does from its beginning to its end.
func (l *life) live() {
	ctx, end := l.world.Background(), func() {}
	if l.mortal { // what it holds is known by its context, which ends with it; the world's own does not
		ctx, end = l.world.WithTimeout(ctx, agentchaos.Forever)
	}
	defer end()
	l.worker.Run(ctx, resilience.Life{
		Task: l.task, Number: l.number, Begin: l.begin, Tried: l.asksTried, Done: l.tellsDone,
	})
	l.lives.over(l)
}

// restarts is how often the task's process may be restarted.
func (l *life) restarts() int {
	if by := int(l.death.By); by > 0 {
		if c, ok := l.rules[by-1].Fault.(faults.Crash); ok {
			return c.Restarts()
		}
	}
	return l.limit
}

// drop reports what was under way: nobody hears the answers, and who serves them sees the client gone.
func (l *life) drop(now time.Duration) {
	for i := range l.aloft {
		f := &l.aloft[i]
		if f.script.Leave != nil {
			f.script.Leave(now)
		}
		l.show.Attempt(agentchaos.Attempt{
			ID: f.req.ID, Target: f.req.Target, Use: f.req.Use, Begin: f.begin, End: now, Kind: agentchaos.Crash,
			Truth: faults.TruthOf(&f.script, now-f.begin, f.req.Input),
		})
	}
	l.aloft = l.aloft[:0]
}

// giveUp is the end of a task whose process has died too often.
func (l *life) giveUp(now time.Duration) {
	l.show.Task(agentchaos.Task{
		Task: l.task, Begin: l.begin, End: now, Outcome: agentchaos.Failed, Kind: agentchaos.Crash, Step: l.step, Steps: uint16(l.done.Len()),
	})
	l.lives.over(l)
}
