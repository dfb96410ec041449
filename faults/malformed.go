package faults

import "github.com/agentchaos/agentchaos"

// Malformed is an answer that does not parse or does not fit. It takes its time and costs its tokens like a good one.
type Malformed struct {
	Variant agentchaos.Variant // NoVariant (0): invalid_json
}

// Kind is "malformed".
func (f Malformed) Kind() string { return "malformed" }

// Start garbles every answer.
func (f Malformed) Start(agentchaos.Seed, string) Injector {
	v := f.Variant
	if v == agentchaos.NoVariant {
		v = agentchaos.InvalidJSON
	}
	return ends(agentchaos.Ending{Form: agentchaos.Garbled, Variant: v})
}
