package faults

import (
	"fmt"

	"github.com/agentchaos/agentchaos"
)

var _ = kind(Info{
	Kind: "truncated", Doc: "the connection closes at a share of the text (default 50%)",
	Settings: []string{"at", "how"},
	Make:     func(g Given) Fault { return Truncated{At: g.At, How: g.How} },
})

// How is how a connection closes half-way.
type How uint8

const (
	// ByEOF ends the stream cleanly at the level of HTTP too: only the terminal event is missing, which most SDKs do not miss.
	ByEOF How = iota
	// ByClose closes the connection in the middle of a chunk: an unexpected EOF, which every SDK raises.
	ByClose
	// ByReset resets the connection.
	ByReset
)

// HowNames are the settings as written in scenario files, by value.
var HowNames = [...]string{"eof", "close", "reset"}

// String is the setting as written in scenario files.
func (h How) String() string { return HowNames[h] }

// Truncated is a connection that closes half-way. An answer that is not streamed is lost with it.
type Truncated struct {
	At  *float64 // share of the output that still comes, 0 to 1; nil: half
	How How
}

// Kind is "truncated".
func (f Truncated) Kind() string { return "truncated" }

// Check reports settings that make no sense.
func (f Truncated) Check() error {
	if int(f.How) >= len(HowNames) {
		return fmt.Errorf("how %d is none of %v", f.How, HowNames)
	}
	return checkAt(f.At)
}

// Start cuts every answer.
func (f Truncated) Start(agentchaos.Seed, string) Injector {
	forms := [...]agentchaos.Form{ByEOF: agentchaos.CutEOF, ByClose: agentchaos.CutFIN, ByReset: agentchaos.CutRST}
	return ends(agentchaos.Ending{Form: forms[f.How], At: perMille(f.At)})
}

// Describe is what it does, for reports.
func (f Truncated) Describe(subject func(string) string) string {
	ends := [...]string{ByEOF: " end at ", ByClose: " torn off at ", ByReset: " reset at "}
	return subject("streams") + ends[f.How] + cutText(f.At)
}
