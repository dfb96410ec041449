package harness

import (
	"context"
	"fmt"

	"github.com/agentchaos/agentchaos/report"
)

// Sweep is what a crash sweep has found.
type Sweep struct {
	Points int      // places at which a process that never crashed could have
	Pairs  int      // the same for the process that went on, summed over the places of the first crash
	Tried  int      // of the points: runs in which the process died there
	Paired int      // of the pairs
	Broken []Breach // runs that broke the law, in the order of the sweep
}

// Breach is a run in which crashes did harm.
type Breach struct {
	At                       []int // the interaction at which process i died, from 1
	Outcome                  string
	Duplicates, Lost, Redone int64
}

// String says where, and what.
func (b Breach) String() string {
	return fmt.Sprintf("crash at %v: task %s, %d effects doubled, %d lost, %d steps redone", b.At, b.Outcome, b.Duplicates, b.Lost, b.Redone)
}

// String is the sweep in a line: it says whether it was exhaustive.
func (s Sweep) String() string {
	return fmt.Sprintf("crash points %d/%d, pairs %d/%d, %d broken", s.Tried, s.Points, s.Paired, s.Pairs, len(s.Broken))
}

// CrashSweep plays a job with its process killed at every interaction with the world, once; and, with pairs, with the process
// that goes on killed at every of its own too. After every run each task must be complete, each of its effects done exactly
// once, and no step redone that was kept as done. It is meant for a scenario of one task.
//
// An interaction is a wait's beginning and end, an operation of the store's beginning and end, and a step's. Between two of
// them a process does nothing that anybody else could see: the places are all there are.
func CrashSweep(ctx context.Context, j Job, pairs bool) (Sweep, error) {
	w := sweeper{p: newPlayer(), job: j}
	defer w.p.close()
	defer context.AfterFunc(ctx, w.p.world.Stop)()
	err := w.sweep(pairs)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return w.found, err
}

type sweeper struct {
	p     *player
	job   Job
	found Sweep
}

func (w *sweeper) sweep(pairs bool) error {
	lived, err := w.run(0)
	if err != nil {
		return err
	}
	w.found.Points = lived[0]
	for i := 1; i <= w.found.Points; i++ {
		lived, err := w.run(i)
		if err != nil {
			return err
		}
		w.found.Tried++
		if !pairs {
			continue
		}
		w.found.Pairs += lived[1]
		for k := 1; k <= lived[1]; k++ {
			if _, err := w.run(i, k); err != nil {
				return err
			}
			w.found.Paired++
		}
	}
	return nil
}

// run plays the job with deaths at those places, and gives the interactions of each process of task 1.
func (w *sweeper) run(at ...int) (lived []int, err error) {
	w.p.script = at
	cell, err := w.p.play(w.job.Scenario, w.job.Arm, w.job.Seed, nil)
	if err != nil {
		return nil, err
	}
	deaths := int64(len(at))
	if at[0] == 0 {
		deaths = 0
	}
	c := &cell.Counts
	if tasks := c[report.TasksArrived]; c[report.Crashes] != deaths*tasks {
		return nil, fmt.Errorf("%v: %d crashes where %d were meant, at %v", w.job, c[report.Crashes], deaths*tasks, at)
	}
	b := Breach{At: at, Outcome: "completed", Duplicates: c[report.Duplicates], Lost: c[report.LostEffects], Redone: c[report.Redone]}
	if c[report.TasksCompleted] != c[report.TasksArrived] {
		b.Outcome = "not completed"
	}
	if b.Duplicates+b.Lost+b.Redone > 0 || b.Outcome != "completed" {
		w.found.Broken = append(w.found.Broken, b)
	}
	return w.p.lived, nil
}
