package harness

import (
	"errors"
	"fmt"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/scenarios"
)

// ErrStandsStill is a closed loop in which tasks end as fast as they begin: time does not pass, and the run would not end.
var ErrStandsStill = errors.New("time stands still")

// workload starts the tasks of one cell. Task numbers count from 1 in the order of arrival.
type workload struct {
	world *sim.World
	seed  agentchaos.Seed
	scenarios.Arrivals
	end  ending
	task func(n uint32, ended func()) // ended: nil, or told when the task has
	err  error                        // why no further task was begun; nil: the end was reached
}

// ending says when no further task arrives: after Tasks of them, or from Duration on. With both, when both have been
// reached; 0: does not count.
type ending struct {
	tasks    int
	duration time.Duration
}

func (e ending) reached(begun uint32, now time.Duration) bool {
	return int64(begun) >= int64(e.tasks) && now >= e.duration
}

// start puts the arrivals into the world.
func (w *workload) start() {
	if w.Workers > 0 {
		w.closedLoop()
	} else {
		w.openLoop()
	}
}

// openLoop: tasks come whatever becomes of the earlier ones; the first comes one gap after 0. Gaps are drawn in operational
// time: constant for burstiness 0, exponential for 1, else gamma with that coefficient of variation. One coroutine makes
// them, so that only tasks in flight hold memory.
func (w *workload) openLoop() {
	gaps, rates := agentchaos.Gamma(scenarios.Unit, w.Burstiness), w.Rates()
	w.world.GoAt(0, 0, func() {
		for n := uint32(1); !w.end.reached(n-1, w.world.Now()); n++ {
			next := rates.After(w.world.Now(), uint64(gaps.Value(w.seed.Nth(uint64(n)))))
			if next == agentchaos.Forever { // nobody comes any more; check has seen to it that no task is waited for
				return
			}
			if w.world.Sleep(w.world.Background(), next-w.world.Now()) != nil || w.end.reached(n-1, w.world.Now()) {
				return
			}
			w.world.GoAt(w.world.Now(), n, func() { w.task(n, nil) })
		}
	})
}

// stillness is how many tasks a worker may begin at one instant before the loop is taken to be endless.
const stillness = 10_000

// closedLoop: each of the workers takes the next task when its last has ended. Every task is a simulated process of its
// own, as in the open loop.
func (w *workload) closedLoop() {
	begun, instant, at := uint32(0), 0, time.Duration(-1)
	var next func()
	next = func() {
		now := w.world.Now()
		if w.end.reached(begun, now) || w.err != nil {
			return
		}
		if now > at {
			instant, at = 0, now
		}
		if instant++; instant > stillness*w.Workers {
			w.err = fmt.Errorf("%w at %v: each of %d workers has begun %d tasks at that instant; give the fault a delay, or the policy a backoff", ErrStandsStill, now, w.Workers, stillness)
			return
		}
		begun++
		n := begun
		w.world.GoAt(w.world.Now(), n, func() { w.task(n, next) })
	}
	for range w.Workers {
		next()
	}
}
