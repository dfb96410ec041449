package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

var _ = kind(Info{
	Kind: "stall", Doc: "the stream stops at a share of its text (default 50%) and stays open, until hang (default 10m)",
	Settings: []string{"at", "hang"},
	Make:     func(g Given) Fault { return Stall{At: g.At, Hang: g.Hang} },
})

// Stall is a stream that stops half-way and stays open. An answer that is not streamed is silence then.
type Stall struct {
	At   *float64      // share of the output that still comes, 0 to 1; nil: half
	Hang time.Duration // from there until the connection is closed; 0: 10m
}

// Kind is "stall".
func (f Stall) Kind() string { return "stall" }

// Check reports settings that make no sense.
func (f Stall) Check() error {
	if err := checkAt(f.At); err != nil {
		return err
	}
	return checkPositive("hang", f.Hang)
}

// Start makes every answer stall.
func (f Stall) Start(agentchaos.Seed, string) Injector {
	return ends(agentchaos.Ending{Form: agentchaos.Stall, At: perMille(f.At), Hang: hang(f.Hang)})
}

// Describe is what it does, for reports.
func (f Stall) Describe(subject func(string) string) string {
	return subject("streams") + " stop at " + cutText(f.At)
}
