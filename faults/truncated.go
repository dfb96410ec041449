package faults

import "github.com/agentchaos/agentchaos"

// Truncated is a connection that closes half-way. An answer that is not streamed is lost with it.
type Truncated struct {
	At    *float64 // share of the output that still comes, 0 to 1; nil: half
	Reset bool     // the connection is reset (how: reset); false: it ends cleanly (how: eof)
}

// Kind is "truncated".
func (f Truncated) Kind() string { return "truncated" }

// Check reports settings that make no sense.
func (f Truncated) Check() error { return checkAt(f.At) }

// Start cuts every answer.
func (f Truncated) Start(agentchaos.Seed, string) Injector {
	form := agentchaos.CutEOF
	if f.Reset {
		form = agentchaos.CutRST
	}
	return ends(agentchaos.Ending{Form: form, At: perMille(f.At)})
}
