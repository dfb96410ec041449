package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

var _ = kind(Info{
	Kind: "timeout", Doc: "no answer at all; the connection is closed after hang (default 10m)",
	Settings: []string{"hang"},
	Make:     func(g Given) Fault { return Timeout{Hang: g.Hang} },
})

// Timeout is no answer at all, nor any work. A client that waits long enough sees the connection closed, as a reset.
type Timeout struct {
	Hang time.Duration // until the connection is closed; 0: 10m
}

// Kind is "timeout".
func (f Timeout) Kind() string { return "timeout" }

// Check reports settings that make no sense.
func (f Timeout) Check() error { return checkPositive("hang", f.Hang) }

// Start makes every attempt hang.
func (f Timeout) Start(agentchaos.Seed, string) Injector {
	return ends(agentchaos.Ending{Form: agentchaos.Silence, Hang: hang(f.Hang)})
}

// Describe is what it does, for reports.
func (f Timeout) Describe(subject func(string) string) string {
	return subject("requests") + " never answered"
}
