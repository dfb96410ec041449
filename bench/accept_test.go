package bench

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/stretchr/testify/require"
)

// cost is what a call costs.
type cost struct {
	time   time.Duration
	allocs float64
}

func (c cost) String() string { return fmt.Sprintf("%v and %.0f allocations", c.time, c.allocs) }

// runner makes n calls, however they are made.
type runner func(n int)

// measure lets the runners take turns, so that a busy machine slows all of them, and gives the best turn of each.
func measure(runners []runner) []cost {
	turns, calls := 1, 50
	if *acceptance.Full {
		turns, calls = 200, 5_000
	}
	best := make([]cost, len(runners))
	for turn := range turns {
		for i, run := range runners {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			run(calls)
			took := time.Since(start) / time.Duration(calls)
			runtime.ReadMemStats(&after)
			if turn == 0 || took < best[i].time {
				best[i].time = took
			}
			best[i].allocs = float64((after.Mallocs - before.Mallocs) / uint64(calls)) // without the odd one of somebody else
		}
	}
	return best
}

// onTheWall calls as a server does: below a context that can end.
func onTheWall(t *testing.T, peer Peer, fails int) runner {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	leaf, again := failing(fails)
	call := peer(leaf)
	return func(n int) {
		var req agentchaos.Request
		for range n {
			again()
			if _, err := call(ctx, &req); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAcceptPeers(t *testing.T) {
	for fails, name := range []string{"first try", "second try"} {
		var runners []runner
		for _, p := range Peers {
			runners = append(runners, onTheWall(t, p.Make, fails))
		}
		costs := measure(runners)
		ours := costs[0]
		for i, theirs := range costs[1:] {
			peer := Peers[i+1].Name
			times, allocs := ours.time.Seconds()/theirs.time.Seconds(), ours.allocs/theirs.allocs
			measured := fmt.Sprintf("%.2f of the time, %.2f of the allocations: %v to %v", times, allocs, ours, theirs)
			what := "wall clock, " + name + ", beside " + peer
			if peer != "failsafe-go" || fails > 0 {
				acceptance.Show(t, what, measured)
				continue
			}
			acceptance.Row(t, what, "at most half the time and a quarter of the allocations", measured, times <= 0.5 && allocs <= 0.25)
		}
	}
}

// inTasks calls in virtual time, from tasks of sixteen calls: contexts are reused when a task ends.
func inTasks(t *testing.T, w *sim.World, call agentchaos.Call, again func()) runner {
	const each = 16
	task := func() {
		var req agentchaos.Request
		for range each {
			again()
			if _, err := call(w.Background(), &req); err != nil {
				t.Error(err)
			}
		}
	}
	return func(n int) {
		for range n / each {
			w.Go(task)
			require.NoError(t, w.Run())
		}
	}
}

func TestAcceptVirtual(t *testing.T) {
	w := sim.New()
	defer w.Close()
	leaf, again := failing(0)
	costs := measure([]runner{inTasks(t, w, On(w)(leaf), again), inTasks(t, w, byHandOn(w)(leaf), again)})
	ours, hand := costs[0], costs[1]
	acceptance.Row(t, "virtual clock, first try, beside the loop by hand", "at most 100 ns and no allocation", fmt.Sprintf("%v; by hand %v", ours, hand),
		ours.time <= 100*time.Nanosecond && ours.allocs == 0)
	if *acceptance.Full {
		require.Zero(t, hand.allocs)
	}
}
