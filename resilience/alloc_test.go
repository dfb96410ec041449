package resilience_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
)

// Nobody is slow, nothing is allocated: contexts and the hedge's state are reused from task to task, with every policy on,
// every hook in place, and a retry in every call. What the world itself takes to run a task is measured beside it.
func TestCallsDoNotAllocate(t *testing.T) {
	measure := func(build func(w *sim.World) agentchaos.Call) float64 {
		w := sim.New()
		defer w.Close()
		call := build(w)
		req := request()
		run := func() {
			w.Go(func() {
				for range callsPerTask {
					if _, err := call(w.Background(), req); err != nil {
						t.Error(err)
					}
				}
			})
			_ = w.Run()
		}
		return testing.AllocsPerRun(100, run)
	}
	world := measure(func(*sim.World) agentchaos.Call { return noop })
	stack := measure(func(w *sim.World) agentchaos.Call {
		p := everything()
		p.RetryBudget.Ratio = 1
		return p.Start(agentchaos.Env{Clock: w, Trace: agentchaos.Trace{
			Attempt: func(agentchaos.Attempt) {}, Call: func(agentchaos.Called) {}, Change: func(agentchaos.Change) {},
		}})(secondTime)
	})
	require.Equal(t, world, stack)
}
