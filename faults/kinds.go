package faults

import (
	"slices"
	"strings"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Given are the settings of a fault as a scenario file gives them. Every kind takes those that its Info names; what is
// not given is zero.
type Given struct {
	Kind              string
	RequestsPerMinute int64
	TokensPerMinute   int64
	Burst             int64
	RetryAfter        RetryAfter
	Advice            agentchaos.Advice // should_retry
	Status            int
	Delay, Hang       time.Duration
	Factor            float64
	At                *float64
	How               How
	Error             agentchaos.Kind
	Variant           agentchaos.Variant
	RestartAfter      time.Duration
	MaxRestarts       int
	Step              int // at, of a crash
}

// Info is a kind of fault, as scenario files and documentation know it.
type Info struct {
	Kind     string
	Doc      string            // a line
	Settings []string          // the keys that mean something to it
	Make     func(Given) Fault // from settings that are in range; what they mean together Check finds
}

// kinds are in the order of the files of this package; [Kinds] sorts them.
var kinds []Info

// kind makes a kind of fault known. The file of a fault calls it once: that is all it takes to add one.
func kind(i Info) Info {
	kinds = append(kinds, i)
	return i
}

// Kinds are all kinds of faults, by name.
func Kinds() []Info {
	out := slices.Clone(kinds)
	slices.SortFunc(out, func(a, b Info) int { return strings.Compare(a.Kind, b.Kind) })
	return out
}

// A Describer is a Fault that says what it does. The subject is "40% of the requests" for the noun "requests".
type Describer interface {
	Describe(subject func(noun string) string) string
}

// Describe is what the fault does to its target, in a few words.
func Describe(f Fault, subject func(noun string) string) string {
	if d, ok := f.(Describer); ok {
		return d.Describe(subject)
	}
	return f.Kind()
}
