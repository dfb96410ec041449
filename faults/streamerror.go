package faults

import (
	"fmt"

	"github.com/agentchaos/agentchaos"
)

// StreamError is an error event in a stream, after status 200. An answer that is not streamed is an ordinary error at the
// moment at which the event would have come.
type StreamError struct {
	At    *float64        // share of the output that still comes, 0 to 1; nil: half
	Error agentchaos.Kind // None (0): overloaded
}

// Kind is "stream_error".
func (f StreamError) Kind() string { return "stream_error" }

// Check reports settings that make no sense.
func (f StreamError) Check() error {
	if _, ok := agentchaos.OpenAI.Wire(f.Error); !ok && f.Error != agentchaos.None {
		return fmt.Errorf("no provider sends an error of kind %v", f.Error)
	}
	return checkAt(f.At)
}

// Start puts the event into every answer.
func (f StreamError) Start(agentchaos.Seed, string) Injector {
	kind := f.Error
	if kind == agentchaos.None {
		kind = agentchaos.Overloaded
	}
	return ends(agentchaos.Ending{Form: agentchaos.Event, Kind: kind, At: perMille(f.At)})
}
