package faults

import (
	"fmt"
	"time"

	"github.com/agentchaos/agentchaos"
)

var _ = kind(Info{
	Kind: "crash", Doc: "the agent's process dies in a step, wherever it is in it, and is restarted; target agent",
	Settings: []string{"restart_after", "max_restarts", "at"},
	Make: func(g Given) Fault {
		return Crash{RestartAfter: g.RestartAfter, MaxRestarts: g.MaxRestarts, Step: g.Step}
	},
})

// Crash kills the process that runs a task, and with it all that it has in memory. It is asked once for every step that a
// process begins, as an attempt of which the number is the process's; one that it strikes dies at an interaction with the
// world drawn among the first [Places] from there: a wait, a call's beginning or end, something kept in the store. If the
// step has fewer it dies at the step's end.
type Crash struct {
	RestartAfter time.Duration // until a new process goes on; 0: at once
	MaxRestarts  int           // of a task, over all crashes; then it fails as crash; 0: 5
	Step         int           // the number of the step that it strikes; 0: any
}

// Places is how many interactions from the beginning of a step a crash is drawn among: room for those of one call of a tool
// with a key, a log and a checkpoint, of which there are 10 to 12. What a step has fewer burns at its end.
const Places = 16

// Kind is "crash".
func (f Crash) Kind() string { return "crash" }

// Check reports settings that make no sense.
func (f Crash) Check() error {
	if f.MaxRestarts < 0 || f.Step < 0 {
		return fmt.Errorf("max_restarts and at are not negative")
	}
	return checkPositive("restart_after", f.RestartAfter)
}

// Restarts is MaxRestarts or what stands for 0.
func (f Crash) Restarts() int {
	if f.MaxRestarts == 0 {
		return 5
	}
	return f.MaxRestarts
}

// Start kills processes: only the target agent is one.
func (f Crash) Start(luck agentchaos.Seed, target string) Injector {
	if target != AgentTarget {
		return nil
	}
	return func(_ time.Duration, req *agentchaos.Request) agentchaos.Effect {
		place := 1 + agentchaos.Fraction(Places, luck.At(req.ID))
		return agentchaos.Effect{End: agentchaos.Ending{Form: agentchaos.Die, Kind: agentchaos.Crash, At: place, Delay: f.RestartAfter}}
	}
}

func (f Crash) strikesAt(req *agentchaos.Request) bool {
	return f.Step == 0 || int(req.ID.Step) == f.Step
}

// Describe is what it does, for reports.
func (f Crash) Describe(subject func(string) string) string {
	s := subject("steps") + " end in a crash"
	if f.Step != 0 {
		s = fmt.Sprintf("%s of number %d end in a crash", subject("steps"), f.Step)
	}
	if f.RestartAfter > 0 {
		s += fmt.Sprintf(", back after %v", f.RestartAfter)
	}
	return s
}
