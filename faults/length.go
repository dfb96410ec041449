package faults

import "github.com/agentchaos/agentchaos"

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
