package wire

import (
	"strings"

	"github.com/agentchaos/agentchaos"
)

// Format is a wire format.
type Format uint8

// The formats.
const (
	Chat      Format = iota // OpenAI Chat Completions: POST /v1/chat/completions
	Responses               // OpenAI Responses: POST /v1/responses
	Messages                // Anthropic Messages: POST /v1/messages
)

var formats = [...]struct {
	name, path, provider string
	dialect              agentchaos.Dialect
}{
	Chat:      {"chat", "/chat/completions", "openai", agentchaos.OpenAI},
	Responses: {"responses", "/responses", "openai", agentchaos.OpenAI},
	Messages:  {"messages", "/messages", "anthropic", agentchaos.Anthropic},
}

// String is "chat", "responses" or "messages".
func (f Format) String() string { return formats[f].name }

// Dialect is the vendor's whose errors and headers belong to the format.
func (f Format) Dialect() agentchaos.Dialect { return formats[f].dialect }

// FormatOf is the format that a client speaks to a target unless it is told otherwise: Messages where the target's dialect is
// Anthropic's, else Chat.
func FormatOf(target string) Format {
	if agentchaos.DialectOf(target) == agentchaos.Anthropic {
		return Messages
	}
	return Chat
}

// endpoint is what a path asks for.
type endpoint uint8

const (
	nowhere endpoint = iota
	talk             // an answer in the route's format
	listModels
	oneModel
	embeddings
	countTokens
)

// route is a path, read: /v1/… and …, with /p/PROVIDER in front of either.
type route struct {
	endpoint endpoint
	format   Format
	provider string // of /p/PROVIDER; "": not said
	model    string // of oneModel
}

func routeOf(path string) (r route) {
	if rest, ok := strings.CutPrefix(path, "/p/"); ok {
		name, rest, _ := strings.Cut(rest, "/")
		r.provider, path = name, "/"+rest
	}
	if rest, ok := strings.CutPrefix(path, "/v1/"); ok {
		path = "/" + rest
	}
	path = strings.TrimSuffix(path, "/")
	for f := range formats {
		if path == formats[f].path {
			r.endpoint, r.format = talk, Format(f)
			return r
		}
	}
	switch id, one := strings.CutPrefix(path, "/models/"); {
	case path == "/models":
		r.endpoint = listModels
	case one && id != "":
		r.endpoint, r.model = oneModel, id
	case path == "/embeddings":
		r.endpoint = embeddings
	case path == "/messages/count_tokens":
		r.endpoint, r.format = countTokens, Messages
	}
	return r
}
