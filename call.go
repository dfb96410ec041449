package agentchaos

import (
	"context"
	"time"
)

// A Call is one interaction with a dependency. It returns when the answer is complete, or with an error of which
// [KindOf] names the kind. It must not keep req after it has returned.
type Call func(ctx context.Context, req *Request) (*Response, error)

// A Middleware puts behaviour around a Call. It may set fields of the Request for the call and must restore them; one
// that runs next concurrently copies the Request first.
type Middleware func(next Call) Call

// Chain composes middlewares, the first outermost: Chain(a, b, c)(call) is a(b(c(call))).
func Chain(ms ...Middleware) Middleware {
	return func(next Call) Call {
		for i := len(ms) - 1; i >= 0; i-- {
			next = ms[i](next)
		}
		return next
	}
}

// Use says what a request asks of its target.
type Use uint8

// The uses of a target.
const (
	UseModel     Use = iota // a language model
	UseRead                 // a tool that only looks
	UseWrite                // a tool with a side effect: never hedged
	UseRetrieval            // a retrieval index
)

var useNames = [...]string{"model", "read", "write", "retrieval"}

// String is the use as written in scenario files.
func (u Use) String() string { return useNames[u] }

// A Request is one attempt on one target. The caller fills in the first group; policies and the leaf the others.
type Request struct {
	ID     ID            // who asks; its Attempt and Copy are numbered by the policies
	Target string        // "anthropic/claude-sonnet-4", "tool/refund", "retrieval/kb"; set by the fallback chain for models
	Use    Use           // zero: a model
	Input  int           // tokens sent
	Output int           // tokens wanted
	Stream bool          // the answer comes token by token
	By     time.Duration // the task's deadline on the run's clock; 0: none. No attempt begins at or after it, no wait reaches it
	Models []string      // a model step's own chain, best first; nil: the policy's
	Tried  uint8         // attempts at the step that earlier processes have made; this one's numbers go on from there

	// Of tools. Key is set by the idempotency policy, for writes; a server that keeps keys does the work of each once.
	Key       Key
	Arguments string // a JSON object; "": none

	// Limits of the transport, set by the timeout policy and kept by the leaf; 0: none. An answer at exactly the limit is
	// in time. They hold for streamed answers; a plain one has the attempt's context alone.
	FirstToken time.Duration // from the start of the attempt to its first token
	Idle       time.Duration // between two tokens

	OnFirst func() // called by the leaf at the first token; nil: not wanted

	// Slow and OnSlow are the hedge's: the leaf calls OnSlow, on its own coroutine, when Slow has passed and no first
	// token has come (no answer, if the request is not streamed). Nil: not wanted.
	Slow   time.Duration
	OnSlow func()

	// Written by the policies for who called, and reset by it.
	Late   bool // a retry was given up because the deadline would have come first
	Unsure bool // of a write: an attempt ended so that nobody knows whether it was done

	// Truth is written by a simulated provider for the report. No policy reads it.
	Truth Truth
}

// Truth is what a simulated provider knows of an attempt and its client cannot: for attribution and for cost.
type Truth struct {
	EndBy, SlowBy uint8 // the fault that decided how the attempt ended, and the one that slowed it: place in the scenario's list from 1; 0: none
	Replayed      bool  // the tool had done it before, under the same key: its first result came again
	Wrong         bool  // the answer is not what it should be, whatever the client made of it
	Cut           bool  // the answer is incomplete: it was cut. What is cut is wrong too
	Input, Output int   // tokens that are paid for
}

// A Response is a complete answer.
type Response struct {
	Target  string        // who served it
	Input   int           // tokens read
	Output  int           // tokens written
	First   time.Duration // from the start of the attempt to the first token; 0 if not streamed
	Content Content
	Caveat  Caveat // what is missing in it; zero: nothing, it is in full

	// Raw is what the leaf keeps of the answer for who called, such as the HTTP answer that it came in. Policies pass it on
	// untouched; nil in answers that they make themselves or take from a store.
	Raw any
}

// A Caveat says what an answer does without. An agent that gives one ends its task degraded.
type Caveat uint8

// The caveats.
const (
	NoCaveat         Caveat = iota
	WithoutTool             // a tool failed: the answer says that it is not in it
	WithoutRetrieval        // a retrieval failed: a general answer, with a disclaimer
)

var caveatNames = [...]string{"", "without_tool", "without_retrieval"}

// String is the caveat as written in event logs; "" for none.
func (c Caveat) String() string { return caveatNames[c] }

// Content is what the model said: a text, or a call of a tool with arguments.
type Content struct {
	Text      string // a JSON document where the agent asked for one
	Tool      string // name of the tool the model wants called; "": none
	Arguments string // a JSON object, as the model wrote it
}
