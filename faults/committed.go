package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

var _ = kind(Info{
	Kind: "commit_then_timeout", Doc: "the tool does its work, and the answer is lost; the client waits at most hang (default 10m)",
	Settings: []string{"hang"},
	Make:     func(g Given) Fault { return CommitThenTimeout{Hang: g.Hang} },
})

// CommitThenTimeout is a tool that does its work and whose answer is lost: the client cannot tell it from one that never
// began. Models know no such thing: asking one again does no harm.
type CommitThenTimeout struct {
	Hang time.Duration // from the end of the work until the client's wait ends of itself; 0: 10m
}

// Kind is "commit_then_timeout".
func (f CommitThenTimeout) Kind() string { return "commit_then_timeout" }

// Check reports settings that make no sense.
func (f CommitThenTimeout) Check() error { return checkPositive("hang", f.Hang) }

// Start loses every answer of a tool.
func (f CommitThenTimeout) Start(_ agentchaos.Seed, target string) Injector {
	if !isTool(target) {
		return nil
	}
	return ends(agentchaos.Ending{Form: agentchaos.Lost, Hang: hang(f.Hang)})
}

// Describe is what it does, for reports.
func (f CommitThenTimeout) Describe(subject func(string) string) string {
	return subject("calls") + " work, their answers are lost"
}
