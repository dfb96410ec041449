package faults

import "github.com/agentchaos/agentchaos"

var _ = kind(Info{
	Kind: "length", Doc: "cut by max_tokens at a share of the text (default 50%), and says so; models only",
	Settings: []string{"at"},
	Make:     func(g Given) Fault { return Length{At: g.At} },
})

// Length is an answer cut by max_tokens, with the finish reason that says so. Tools know no such thing.
type Length struct {
	At *float64 // share of the output that still comes, 0 to 1; nil: half
}

// Kind is "length".
func (f Length) Kind() string { return "length" }

// Check reports settings that make no sense.
func (f Length) Check() error { return checkAt(f.At) }

// Start cuts every answer of a model.
func (f Length) Start(_ agentchaos.Seed, target string) Injector {
	if isTool(target) {
		return nil
	}
	return ends(agentchaos.Ending{Form: agentchaos.Short, At: perMille(f.At)})
}

// Describe is what it does, for reports.
func (f Length) Describe(subject func(string) string) string {
	return subject("answers") + " cut by max_tokens at " + cutText(f.At)
}
