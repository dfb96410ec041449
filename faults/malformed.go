package faults

import "github.com/agentchaos/agentchaos"

var _ = kind(Info{
	Kind: "malformed", Doc: "an answer that does not parse or does not fit (default invalid_json)",
	Settings: []string{"variant"},
	Make:     func(g Given) Fault { return Malformed{Variant: g.Variant} },
})

// Malformed is an answer that does not parse or does not fit. It takes its time and costs its tokens like a good one.
type Malformed struct {
	Variant agentchaos.Variant // NoVariant (0): invalid_json
}

// Kind is "malformed".
func (f Malformed) Kind() string { return "malformed" }

// Start garbles every answer.
func (f Malformed) Start(agentchaos.Seed, string) Injector {
	return ends(agentchaos.Ending{Form: agentchaos.Garbled, Variant: f.variant()})
}

// variant is Variant or what stands for NoVariant.
func (f Malformed) variant() agentchaos.Variant {
	if f.Variant == agentchaos.NoVariant {
		return agentchaos.InvalidJSON
	}
	return f.Variant
}

// Describe is what it does, for reports.
func (f Malformed) Describe(subject func(string) string) string {
	return subject("answers") + " malformed (" + f.variant().String() + ")"
}
