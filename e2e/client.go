package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/agentchaos/agentchaos/harness/wire"
)

// Mode is what a client is made to do. The names are those of e2e/node.
type Mode string

// The modes. The helper is what an SDK puts a stream together with; where it has none, the mode is not there.
const (
	Plain       Mode = "plain"
	Stream      Mode = "stream"
	Helper      Mode = "stream-helper"
	Tools       Mode = "tools"
	StreamTools Mode = "stream-tools"
	HelperTools Mode = "stream-helper-tools"
	Structured  Mode = "structured"
	Loop        Mode = "tool-loop"
	Models      Mode = "models"
	Embeddings  Mode = "embeddings"
	CountTokens Mode = "count-tokens"
)

// Case is one thing to do, once.
type Case struct {
	ID        string            `json:"id"`
	Client    string            `json:"client"`
	Mode      Mode              `json:"mode"`
	Base      string            `json:"base"`                // the server's URL, without /v1
	Key       string            `json:"key"`                 // the API key
	TimeoutMs int64             `json:"timeoutMs,omitempty"` // the SDK's own limit of an attempt; 0: as the SDK has it
	GuardMs   int64             `json:"guardMs,omitempty"`   // after which it counts as hung
	Transport http.RoundTripper `json:"-"`                   // of Go clients
}

// Result is what a program that uses the SDK has got.
type Result struct {
	ID        string     `json:"id"`
	OK        bool       `json:"ok"` // nothing was raised
	Hung      bool       `json:"hung"`
	Text      string     `json:"text"`
	ToolCalls []ToolCall `json:"toolCalls"`
	Finish    string     `json:"finish"` // "": none was seen
	Usage     *Usage     `json:"usage"`
	Error     *Problem   `json:"error"`
	Events    int        `json:"events"` // of a stream
	Turns     int        `json:"turns"`  // of a tool loop: how often the model was asked
	Waits     []float64  `json:"waits"`  // ms that an SDK has asked to sleep: of Node, where nobody waits
	Note      string     `json:"note"`
	Answer    string     `json:"-"` // the answer's ID, of Go clients
	CallIDs   []string   `json:"-"` // of Go clients
}

// ToolCall is a call as the SDK hands it over.
type ToolCall struct {
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"` // a JSON string where they are not JSON
}

// Usage is the number of tokens.
type Usage struct {
	Input  int64 `json:"input"`
	Output int64 `json:"output"`
}

// Problem is an error as somebody sees it who has to catch it.
type Problem struct {
	Class    string   `json:"class"`   // what one matches
	Extends  []string `json:"extends"` // what matches it too
	Via      string   `json:"via"`     // of Node; "use": the SDK raised nothing, its caller fell over what it handed on
	Status   int      `json:"status"`  // of HTTP; 0: the error has none
	Code     string   `json:"code"`
	Type     string   `json:"type"`
	Message  string   `json:"message"`
	Reason   string   `json:"reason"`
	Attempts int      `json:"attempts"`
	Last     *Problem `json:"last"`
	Cause    *Problem `json:"cause"`
	Request  string   `json:"-"` // the request ID it names, of Go clients
}

// Client is an SDK that speaks a format.
type Client struct {
	Name   string // one name for a client that is the same in all languages but for its SDK
	Column string // of the table: the SDK
	Label  string // which of its column's clients it is; "": the only one
	Format wire.Format
	Modes  []Mode
	// Play does one case, on the caller's goroutine. Nil: a client that is played in a process of its own.
	Play func(context.Context, Case) Result
}

// Has reports whether the client has the mode.
func (c *Client) Has(m Mode) bool {
	for _, x := range c.Modes {
		if x == m {
			return true
		}
	}
	return false
}

// act is a mode of a Go client: it fills in the result as it goes, so that an error leaves what came before.
type act func(ctx context.Context, c Case, r *Result) error

// player makes the acts of a client what Client.Play is.
func player(acts map[Mode]act) func(context.Context, Case) Result {
	return func(ctx context.Context, c Case) Result {
		r := Result{ID: c.ID}
		do, ok := acts[c.Mode]
		if !ok {
			r.Error = &Problem{Class: "UnknownCase", Message: "no such mode: " + string(c.Mode)}
			return r
		}
		if err := do(ctx, c, &r); err != nil {
			r.Error = describe(err)
		}
		r.OK = r.Error == nil
		return r
	}
}

func modesOf(acts map[Mode]act) (all []Mode) {
	for _, m := range []Mode{Plain, Stream, Helper, Tools, StreamTools, HelperTools, Structured, Loop, Models, Embeddings, CountTokens} {
		if acts[m] != nil {
			all = append(all, m)
		}
	}
	return all
}

func (c *Case) limit() time.Duration { return time.Duration(c.TimeoutMs) * time.Millisecond }

func (c *Case) http() *http.Client { return &http.Client{Transport: c.Transport} }

// call adds a tool call. What is not JSON stays a string.
func (r *Result) call(id, name, args string) {
	raw := json.RawMessage(args)
	if !json.Valid(raw) {
		raw, _ = json.Marshal(args)
	}
	r.ToolCalls = append(r.ToolCalls, ToolCall{name, raw})
	r.CallIDs = append(r.CallIDs, id)
}
