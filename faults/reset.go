package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

var _ = kind(Info{
	Kind: "reset", Doc: "connection refused or reset before any byte",
	Settings: []string{"delay"},
	Make:     func(g Given) Fault { return Reset{Delay: g.Delay} },
})

// Reset is a connection that is refused, or reset before any byte. Nothing has been done.
type Reset struct {
	Delay time.Duration // until it shows
}

// Kind is "reset".
func (f Reset) Kind() string { return "reset" }

// Check reports settings that make no sense.
func (f Reset) Check() error { return checkPositive("delay", f.Delay) }

// Start refuses every connection.
func (f Reset) Start(agentchaos.Seed, string) Injector {
	return ends(agentchaos.Ending{Form: agentchaos.Refuse, Kind: agentchaos.Reset, Delay: f.Delay})
}

// Describe is what it does, for reports.
func (f Reset) Describe(subject func(string) string) string {
	return subject("connections") + " reset"
}
