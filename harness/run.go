package harness

import (
	"cmp"
	"context"
	"runtime"
	"sync"

	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
)

// Job is one cell to play.
type Job struct {
	Scenario *scenarios.Scenario
	Arm      *scenarios.Arm
	Seed     uint64
}

// String names the cell.
func (j Job) String() string { return cellName(j.Scenario, j.Arm, j.Seed) }

// Jobs are the cells of a suite in the order of the report: by scenario, policy and seed.
func Jobs(s *scenarios.Suite) []Job {
	var jobs []Job
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		for k := range sc.Arms {
			for n := range s.Seeds {
				jobs = append(jobs, Job{sc, &sc.Arms[k], s.Seed + uint64(n)})
			}
		}
	}
	return jobs
}

// Played is a cell that has been played.
type Played struct {
	Cell report.Cell
	Done bool // false: the run was interrupted before
}

// Options of Run; the zero value is a good one.
type Options struct {
	Parallel int            // workers; 0: one per processor
	Progress func(done int) // told after every cell, one call at a time; nil: nobody asks
	Wire     bool           // the models are spoken to over HTTP, in this process: the same results, a hundred times slower
}

// Run plays the jobs and gives their results in the same order, whatever the number of workers. When ctx ends it stops at
// once and gives what there is, with ctx's error.
func Run(ctx context.Context, jobs []Job, o Options) ([]Played, error) {
	if o.Parallel <= 0 {
		o.Parallel = runtime.GOMAXPROCS(0)
	}
	r := &runner{jobs: jobs, played: make([]Played, len(jobs)), progress: o.Progress, wire: o.Wire, worlds: map[*sim.World]bool{}}
	stop := context.AfterFunc(ctx, r.interrupt)
	defer stop()
	var wg sync.WaitGroup
	for range min(o.Parallel, len(jobs)) {
		wg.Go(r.work)
	}
	wg.Wait()
	if r.err != nil {
		return nil, r.err
	}
	return r.played, ctx.Err()
}

// runner is what the workers of one Run share.
type runner struct {
	jobs     []Job
	played   []Played
	progress func(done int)
	wire     bool

	mu     sync.Mutex
	next   int
	done   int
	halt   bool
	err    error // of the earliest cell that failed, so that it does not depend on the workers
	errAt  int
	worlds map[*sim.World]bool
}

func (r *runner) interrupt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.halt = true
	for w := range r.worlds {
		w.Stop()
	}
}

// take gives the next cell, and -1 when there is none.
func (r *runner) take(w *sim.World) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.halt || r.next == len(r.jobs) {
		return -1
	}
	r.worlds[w] = true
	r.next++
	return r.next - 1
}

func (r *runner) ended(w *sim.World, i int, played Played, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.worlds, w)
	switch {
	case r.halt && err != nil:
		return // cut short
	case err != nil:
		if r.err == nil || i < r.errAt {
			r.err, r.errAt = err, i
		}
		r.next = len(r.jobs) // the others finish what they have begun
		return
	}
	r.played[i] = played
	r.done++
	if r.progress != nil {
		r.progress(r.done)
	}
}

func (r *runner) work() {
	p := newPlayer()
	p.wire = r.wire
	for {
		w := p.world
		i := r.take(w)
		if i < 0 {
			break
		}
		j := r.jobs[i]
		cell, err := p.play(j.Scenario, j.Arm, j.Seed, nil)
		r.ended(w, i, Played{cell, true}, err)
		if err != nil {
			break
		}
	}
	p.close()
}

// Replay plays one job and shows every record to the sink, in order. When ctx ends it stops and gives ctx's error.
func Replay(ctx context.Context, j Job, sink func(report.Event)) (report.Cell, error) {
	p := newPlayer()
	defer p.close()
	defer context.AfterFunc(ctx, p.world.Stop)()
	cell, err := p.play(j.Scenario, j.Arm, j.Seed, sink)
	return cell, cmp.Or(ctx.Err(), err)
}
