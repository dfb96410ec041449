package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

var _ = kind(Info{
	Kind: "tool_error", Doc: "the tool fails before doing anything; tools and retrieval only",
	Settings: []string{"delay"},
	Make:     func(g Given) Fault { return ToolError{Delay: g.Delay} },
})

// ToolError is a tool, or a retrieval index, that fails before doing anything. Models know no such thing.
type ToolError struct {
	Delay time.Duration // until it says so
}

// Kind is "tool_error".
func (f ToolError) Kind() string { return "tool_error" }

// Check reports settings that make no sense.
func (f ToolError) Check() error { return checkPositive("delay", f.Delay) }

// Start makes every call of a tool fail.
func (f ToolError) Start(_ agentchaos.Seed, target string) Injector {
	if !isTool(target) {
		return nil
	}
	return ends(agentchaos.Ending{Form: agentchaos.Refuse, Kind: agentchaos.ToolError, Delay: f.Delay})
}

// Describe is what it does, for reports.
func (f ToolError) Describe(subject func(string) string) string {
	return subject("calls") + " fail"
}
