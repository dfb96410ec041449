package faults

import "github.com/agentchaos/agentchaos"

// Info is a line about a kind of fault.
type Info struct {
	Kind  string
	Doc   string
	Zero  Fault  // the fault without settings
	Wants string // its settings, as written in scenario files
}

// Kinds are all kinds of faults, as documentation lists them.
func Kinds() []Info {
	kinds := []Info{
		{"rate_limit", "429, by token buckets of its own or outright", RateLimit{}, "requests_per_minute, tokens_per_minute, burst, retry_after"},
		{"quota", "429 that will never succeed: the money is spent", nil, ""},
		{"overloaded", "no capacity for anybody: 529 at Anthropic, 503 elsewhere", nil, ""},
		{"unavailable", "500: the provider is broken", nil, ""},
		{"auth", "401: the key is wrong", nil, ""},
		{"not_found", "404: the model or tool is gone", nil, ""},
		{"invalid_request", "400: the request is wrong", nil, ""},
		{"conflict", "409: somebody else is at it", nil, ""},
		{"context_length", "400: the prompt is too long for the model", nil, ""},
		{"content_filter", "400: refused for its content", nil, ""},
		{"timeout", "no answer at all; the connection is closed after hang (default 10m)", Timeout{}, "hang"},
		{"slow", "first token and generation take factor (default 5) times as long", Slow{}, "factor"},
		{"stall", "the stream stops at a share of its text (default 50%) and stays open, until hang (default 10m)", Stall{}, "at, hang"},
		{"truncated", "the connection closes at a share of the text (default 50%)", Truncated{}, "at, how"},
		{"stream_error", "an error event (default overloaded) after status 200, at a share of the text (default 50%)", StreamError{}, "at, error"},
		{"reset", "connection refused or reset before any byte", Reset{}, "delay"},
		{"malformed", "an answer that does not parse or does not fit (default invalid_json)", Malformed{}, "variant"},
		{"length", "cut by max_tokens at a share of the text (default 50%), and says so; models only", Length{}, "at"},
		{"tool_error", "the tool fails before doing anything; tools and retrieval only", ToolError{}, "delay"},
	}
	for i := range kinds {
		if k := &kinds[i]; k.Zero == nil {
			of, _ := agentchaos.ParseKind(k.Kind)
			k.Zero, k.Wants = Refusal{Of: of}, "status, delay, retry_after"
		}
	}
	return kinds
}
