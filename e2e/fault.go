package e2e

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// Fault is what is wrong with a provider, every time that it is asked. The zero value is a healthy one.
type Fault struct {
	agentchaos.Effect
	Finish agentchaos.Kind // the model says nothing, for this reason
	Once   bool            // only the first attempt is hit
	Stump  bool            // half an event follows what Effect makes
}

// Row is a fault, as the table has it.
type Row struct {
	Name string
	Fault
	Modes []Mode        // in which it is played
	Limit bool          // by a client that has set its SDK's own limit of an attempt
	Date  time.Duration // what a Retry-After that is a date stands for, rounded up to a second of the calendar; 0: it is none
	Slow  bool          // nobody can wait for it on a real clock
}

// Group is a table.
type Group struct {
	Title, Intro string
	Brief        bool // what is raised is the same in all rows
	Rows         []Row
}

// never is longer than anybody waits in a bubble.
const never = 365 * 24 * time.Hour

var (
	answers   = []Mode{Plain, Stream}
	streams   = []Mode{Stream, Helper}
	all       = []Mode{Plain, Stream, Helper}
	withTools = []Mode{Tools, StreamTools, HelperTools}
)

func ending(e agentchaos.Ending) Fault {
	e.By = 1
	return Fault{Effect: agentchaos.Effect{End: e}}
}

func refusal(k agentchaos.Kind) Fault {
	return ending(agentchaos.Ending{Form: agentchaos.Refuse, Kind: k})
}

// cut ends an answer in its middle.
func cut(f agentchaos.Form) Fault { return ending(agentchaos.Ending{Form: f, At: 500, Hang: never}) }

// event is an error in a stream, after so much of the answer in thousandths.
func event(k agentchaos.Kind, at int64) Fault {
	return ending(agentchaos.Ending{Form: agentchaos.Event, Kind: k, At: at})
}

func garbled(v agentchaos.Variant) Fault {
	return ending(agentchaos.Ending{Form: agentchaos.Garbled, Variant: v})
}

func hinted(h agentchaos.Hint, d time.Duration) Fault {
	return ending(agentchaos.Ending{Form: agentchaos.Refuse, Kind: agentchaos.RateLimit, RetryAfter: agentchaos.RetryAfter{Hint: h, Millis: d.Milliseconds()}})
}

func advised(k agentchaos.Kind, a agentchaos.Advice) Fault {
	return ending(agentchaos.Ending{Form: agentchaos.Refuse, Kind: k, Advice: a})
}
