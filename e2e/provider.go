package e2e

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
)

// Provider is a simulated provider with one fault, which hits every attempt. It is used for one case at a time.
type Provider struct {
	wire.Server
	fault Fault

	mu   sync.Mutex
	seen []*wire.Exchange
}

// modelNames are what the provider lists.
var modelNames = []string{"openai/" + openaiModel, "openai/" + embeddingModel, "anthropic/" + anthropicModel}

func newProvider(f Fault) *Provider {
	p := &Provider{fault: f}
	p.Server = wire.Server{
		Open: p.open, Identify: p.identify, Clock: agentchaos.NewWall(), Author: author{f}, Models: modelNames,
		Began: func(x *wire.Exchange) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.seen = append(p.seen, x)
		},
	}
	return p
}

// Timings of the simulated models: short, for some of them pass on a real clock.
const (
	firstToken = 4 * time.Millisecond
	generation = 8 * time.Millisecond
)

func (p *Provider) open(_ time.Duration, req *agentchaos.Request) agentchaos.Script {
	s := agentchaos.Script{First: firstToken, Gen: generation, N: req.Output, Sent: req.Output, Effect: p.fault.Effect}
	if p.fault.Once && req.ID.Attempt > 0 {
		s.Effect = agentchaos.Effect{}
	}
	switch s.End.Form {
	case agentchaos.Refuse, agentchaos.Silence:
		return agentchaos.Script{Effect: s.Effect}
	case agentchaos.Whole, agentchaos.Garbled:
		return s
	}
	s.Sent = int(int64(s.N) * s.End.At / 1000)
	return s
}

// identify counts attempts.
func (p *Provider) identify(*http.Request, *wire.Prompt, []byte) agentchaos.ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	return agentchaos.ID{Task: 1, Step: 1, Attempt: uint8(len(p.seen))}
}

// stump is half an event, as the format has it.
func (p *Provider) stump() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.fault.Stump || len(p.seen) == 0 {
		return ""
	}
	switch p.seen[len(p.seen)-1].Prompt.Format {
	case wire.Messages:
		return "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_de"
	case wire.Responses:
		return "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_num"
	}
	return "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.comp"
}

// RoundTrip answers in process.
func (p *Provider) RoundTrip(hr *http.Request) (*http.Response, error) {
	r, err := p.Server.RoundTrip(hr)
	if stump := p.stump(); err == nil && stump != "" {
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(r.Body, strings.NewReader(stump)), r.Body}
	}
	return r, err
}

// ServeHTTP answers over a connection.
func (p *Provider) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	p.Server.ServeHTTP(w, hr)
	_, _ = io.WriteString(w, p.stump())
}

// attempts is how often an answer was asked for.
func (p *Provider) attempts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.seen)
}

// waits are the times between the end of an attempt and the beginning of the next: exact in a bubble only.
func (p *Provider) waits() (all []time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := 1; i < len(p.seen); i++ {
		before := p.seen[i-1]
		all = append(all, p.seen[i].Begin-before.Begin-before.After)
	}
	return all
}

// author writes what the models say.
type author struct{ fault Fault }

// Answer calls the tool if there is one, until its result has come.
func (a author) Answer(_ string, p *wire.Prompt) wire.Reply {
	switch {
	case a.fault.Finish != agentchaos.None:
		return wire.Reply{Finish: a.fault.Finish}
	case p.Schema != nil:
		return wire.Reply{Text: saidReport}
	case len(p.Tools) > 0 && p.Turns[len(p.Turns)-1].Role == "tool":
		return wire.Reply{Text: saidAtLast}
	case len(p.Tools) > 0:
		return wire.Reply{Calls: []wire.ToolCall{{Name: toolName, Arguments: saidArgs}}}
	}
	return wire.Reply{Text: saidText}
}

// Garble is what a model says that is wrong in one way.
func (a author) Garble(_ string, _ *wire.Prompt, v agentchaos.Variant) wire.Reply {
	call := func(name, args string) wire.Reply {
		return wire.Reply{Calls: []wire.ToolCall{{Name: name, Arguments: args}}}
	}
	switch v {
	case agentchaos.UnknownTool:
		return call("get_whether", saidArgs)
	case agentchaos.BadArguments:
		return call(toolName, `{"city":"Paris","unit":`)
	case agentchaos.WrongType:
		return wire.Reply{Text: `{"city":"Paris","degrees":"warm","sky":"clear"}`}
	case agentchaos.MissingField:
		return wire.Reply{Text: `{"city":"Paris","sky":"clear"}`}
	case agentchaos.FencedJSON:
		return wire.Reply{Text: "Here it is:\n```json\n" + saidReport + "\n```"}
	}
	return wire.Reply{Text: `{"town":"Paris"}`}
}
