package e2e

import (
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

func TestEveryJavaScriptSDKUnderstandsEveryHealthyAnswer(t *testing.T) {
	var jobs []*job
	var clients []*Client
	for _, c := range withModes(t) {
		for _, m := range c.Modes {
			jobs = append(jobs, &job{Case: Case{Client: c.Name, Mode: m}, provider: newProvider(Fault{})})
			clients = append(clients, c)
		}
	}
	for i, r := range playNode(t, jobs, nodeAtOnce) {
		t.Run(clients[i].Name+"/"+string(jobs[i].Mode), func(t *testing.T) {
			healthy(t, clients[i], jobs[i].Mode, r, jobs[i].provider)
		})
	}
}

// documented are the classes of an error response: README of openai 7.57.0, "Handling errors"; core/error.d.ts of
// @anthropic-ai/sdk 1.12.0. Those that are not here are InternalServerError.
var documented = map[string]map[agentchaos.Kind]string{
	"openai (JS)": {
		agentchaos.RateLimit: "RateLimitError", agentchaos.Quota: "RateLimitError", agentchaos.Auth: "AuthenticationError",
		agentchaos.NotFound: "NotFoundError", agentchaos.Conflict: "ConflictError", agentchaos.InvalidRequest: "BadRequestError",
		agentchaos.ContextLength: "BadRequestError", agentchaos.ContentFilter: "BadRequestError",
	},
	"@anthropic-ai/sdk": {
		agentchaos.RateLimit: "RateLimitError", agentchaos.Quota: "RateLimitError", agentchaos.Auth: "AuthenticationError",
		agentchaos.NotFound: "NotFoundError", agentchaos.Conflict: "ConflictError", agentchaos.InvalidRequest: "BadRequestError",
		agentchaos.ContextLength: "BadRequestError", agentchaos.ContentFilter: "BadRequestError",
		agentchaos.Overloaded: "OverloadedError", agentchaos.Timeout: "GatewayTimeoutError",
	},
}

func TestEveryJavaScriptSDKRaisesItsErrorForEveryKind(t *testing.T) {
	type asked struct {
		client *Client
		kind   agentchaos.Kind
		event  bool
	}
	var jobs []*job
	var all []asked
	for _, c := range withModes(t) {
		for _, k := range wired(c.Format.Dialect()) {
			for _, m := range []Mode{Plain, Stream, Helper} {
				if !c.Has(m) {
					continue
				}
				jobs = append(jobs, &job{Case: Case{Client: c.Name, Mode: m}, provider: newProvider(refusal(k))})
				all = append(all, asked{c, k, false})
				if m != Plain {
					jobs = append(jobs, &job{Case: Case{Client: c.Name, Mode: m}, provider: newProvider(event(k, 500))})
					all = append(all, asked{c, k, true})
				}
			}
		}
	}
	for i, r := range playNode(t, jobs, nodeAtOnce) {
		a := all[i]
		name := a.client.Name + "/" + a.kind.String() + "/" + string(jobs[i].Mode)
		if a.event {
			t.Run(name+"/event", func(t *testing.T) { raisedInStream(t, a.client, r, a.kind, jobs[i].provider) })
			continue
		}
		t.Run(name, func(t *testing.T) { raisedByJavaScript(t, a.client, r, a.kind) })
	}
}

func raisedByJavaScript(t *testing.T, c *Client, r Result, k agentchaos.Kind) {
	t.Helper()
	w, _ := c.Format.Dialect().Wire(k)
	require.NotNil(t, r.Error)
	e := r.Error
	if c.Column == "ai" {
		if e.Last != nil {
			require.Equal(t, "AI_RetryError", e.Class)
			e = e.Last
		}
		require.Equal(t, "AI_APICallError", e.Class)
	} else {
		class := documented[c.Column][k]
		if class == "" {
			class = "InternalServerError"
		}
		require.Contains(t, append(e.Extends, e.Class), class)
	}
	require.Equal(t, w.Status, e.Status)
	require.NotEmpty(t, e.Message)
	told(t, c, e, w)
}

func raisedInStream(t *testing.T, c *Client, r Result, k agentchaos.Kind, p *Provider) {
	t.Helper()
	w, _ := c.Format.Dialect().Wire(k)
	require.NotNil(t, r.Error)
	require.Equal(t, 1, p.attempts(), "nothing is tried again once a stream has begun")
	if c.Column == "ai" {
		require.Equal(t, "AI_StreamProviderError", r.Error.Class)
	} else {
		require.Contains(t, append(r.Error.Extends, r.Error.Class), "APIError")
	}
	told(t, c, r.Error, w)
}

// told asks for the vendor's words for the error. The code of an Anthropic error is deeper than the probe looks.
func told(t *testing.T, c *Client, e *Problem, w agentchaos.WireError) {
	t.Helper()
	require.Equal(t, w.Type, e.Type)
	if c.Format != wire.Messages {
		require.Equal(t, w.Code, e.Code)
	}
}
