package faults

import (
	"fmt"

	"github.com/agentchaos/agentchaos"
)

var _ = kind(Info{
	Kind: "stream_error", Doc: "an error event (default overloaded) after status 200, at a share of the text (default 50%)",
	Settings: []string{"at", "error"},
	Make:     func(g Given) Fault { return StreamError{At: g.At, Error: g.Error} },
})

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
	return ends(agentchaos.Ending{Form: agentchaos.Event, Kind: f.kind(), At: perMille(f.At)})
}

// kind is Error or what stands for None.
func (f StreamError) kind() agentchaos.Kind {
	if f.Error == agentchaos.None {
		return agentchaos.Overloaded
	}
	return f.Error
}

// Describe is what it does, for reports.
func (f StreamError) Describe(subject func(string) string) string {
	return fmt.Sprintf("%s break off as %v at %s", subject("streams"), f.kind(), cutText(f.At))
}
