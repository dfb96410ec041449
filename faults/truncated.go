package faults

import "github.com/agentchaos/agentchaos"

var _ = kind(Info{
	Kind: "truncated", Doc: "the connection closes at a share of the text (default 50%)",
	Settings: []string{"at", "how"},
	Make:     func(g Given) Fault { return Truncated{At: g.At, Reset: g.Reset} },
})

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

// Describe is what it does, for reports.
func (f Truncated) Describe(subject func(string) string) string {
	if f.Reset {
		return subject("streams") + " reset at " + cutText(f.At)
	}
	return subject("streams") + " end at " + cutText(f.At)
}
