package e2e

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// groups are the tables, in the page's order. Every fault hits every attempt.
func groups() []Group {
	return []Group{
		{
			Title: "Errors instead of an answer",
			Intro: "The provider answers every attempt with this error, and says nothing about when to come back.",
			Rows:  errorRows(),
		},
		{
			Title: "When to come back", Brief: true,
			Intro: "A 429 that is a rate limit, with these headers on every attempt. What is raised in the end is the error of the table above, always.",
			Rows:  hintRows(),
		},
		{
			Title: "Connections and silence",
			Intro: "The limit is the SDK's own: `option.WithRequestTimeout` in Go, `timeout` in JavaScript. Without one it is theirs, ten minutes or none, which nobody has waited for on a real clock.",
			Rows:  connectionRows(),
		},
		{
			Title: "Streams that break",
			Intro: "Status 200, half of the answer, and then this. The stream is the SDK's iterator; the helper is what the SDK puts a stream together with: `ChatCompletionAccumulator`, `ResponseAccumulator` (made for WebSockets) and `Message.Accumulate` in Go, `.stream()` and its final answer in JavaScript.",
			Rows:  streamRows(),
		},
		{
			Title: "Status 200, and no answer",
			Intro: "JSON that stops and what is not JSON stand in the body of a plain answer, and in the first event of a stream. The others are the whole body, a stream's too.",
			Rows:  nonsenseRows(),
		},
		{
			Title: "Answers that are not what was asked for",
			Intro: "The provider is well; the model is not. Structured answers are asked for with a JSON schema, and read with `.parse()` in JavaScript and `Output.object` in `ai`; Go has no such thing. No validator is given besides, as zod would be.",
			Rows:  modelRows(),
		},
	}
}

func errorRows() []Row {
	rows := []Row{}
	add := func(name string, f Fault) { rows = append(rows, Row{Name: name, Fault: f, Modes: answers}) }
	add("rate limit, 429", refusal(agentchaos.RateLimit))
	add("quota: the money is spent, 429", refusal(agentchaos.Quota))
	add("overloaded, 529 or 503", refusal(agentchaos.Overloaded))
	add("unavailable, 500", refusal(agentchaos.Unavailable))
	add("502, a proxy's HTML", ending(agentchaos.Ending{Form: agentchaos.Refuse, Kind: agentchaos.Unavailable, Status: 502}))
	add("timeout at the provider, 504", refusal(agentchaos.Timeout))
	add("conflict, 409", refusal(agentchaos.Conflict))
	add("authentication, 401", refusal(agentchaos.Auth))
	add("model not found, 404", refusal(agentchaos.NotFound))
	add("invalid request, 400", refusal(agentchaos.InvalidRequest))
	add("context too long, 400", refusal(agentchaos.ContextLength))
	add("content filter, 400", refusal(agentchaos.ContentFilter))
	return rows
}

func hintRows() []Row {
	rows := []Row{}
	add := func(name string, f Fault) { rows = append(rows, Row{Name: name, Fault: f, Modes: answers}) }
	add("none", refusal(agentchaos.RateLimit))
	add("`Retry-After: 3`", hinted(agentchaos.HintSeconds, 3*time.Second))
	add("`Retry-After: 90`", hinted(agentchaos.HintSeconds, 90*time.Second))
	add("`Retry-After: 86400`, a day", hinted(agentchaos.HintSeconds, agentchaos.HugeRetryAfter))
	add("`Retry-After: 0`", hinted(agentchaos.HintZero, 0))
	add("`Retry-After: -1`", hinted(agentchaos.HintNegative, 0))
	add("`Retry-After: 2.5`", hinted(agentchaos.HintFraction, 2500*time.Millisecond))
	add("`Retry-After:` a date, 30 s away", hinted(agentchaos.HintDate, 30*time.Second))
	rows[len(rows)-1].Date = 30 * time.Second
	add("`Retry-After-Ms: 2500`", hinted(agentchaos.HintMillis, 2500*time.Millisecond))
	add("`Retry-After: 30` and `Retry-After-Ms: 3000`", hinted(agentchaos.HintConflict, 30*time.Second))
	add("`X-Should-Retry: false`", advised(agentchaos.RateLimit, agentchaos.DontRetry))
	add("`X-Should-Retry: true`, on a 400", advised(agentchaos.InvalidRequest, agentchaos.DoRetry))
	return rows
}

func connectionRows() []Row {
	silence := agentchaos.Ending{Form: agentchaos.Silence, Hang: never}
	stall := cut(agentchaos.Stall)
	return []Row{
		{Name: "reset before the headers", Fault: refusal(agentchaos.Reset), Modes: answers},
		{Name: "closed before the headers", Fault: ending(agentchaos.Ending{Form: agentchaos.Silence}), Modes: answers},
		{Name: "closed in the middle of a plain answer", Fault: cut(agentchaos.CutFIN), Modes: []Mode{Plain}},
		{Name: "no answer, and a limit set", Fault: ending(silence), Modes: answers, Limit: true},
		{Name: "no answer, and no limit set", Fault: ending(silence), Modes: answers, Slow: true},
		{Name: "the stream stalls, and a limit set", Fault: stall, Modes: streams, Limit: true},
		{Name: "the stream stalls, and no limit set", Fault: stall, Modes: streams, Slow: true},
	}
}

func streamRows() []Row {
	return []Row{
		{Name: "ends cleanly between two events", Fault: cut(agentchaos.CutEOF), Modes: streams},
		{Name: "ends cleanly in the middle of an event", Fault: Fault{Effect: cut(agentchaos.CutEOF).Effect, Stump: true}, Modes: streams},
		{Name: "ends cleanly in the middle of a tool's arguments", Fault: cut(agentchaos.CutEOF), Modes: []Mode{StreamTools, HelperTools}},
		{Name: "closed in the middle of a chunk", Fault: cut(agentchaos.CutFIN), Modes: streams},
		{Name: "reset in the middle", Fault: cut(agentchaos.CutRST), Modes: streams},
		{Name: "error event first: overloaded", Fault: event(agentchaos.Overloaded, 0), Modes: streams},
		{Name: "error event first: the money is spent", Fault: event(agentchaos.Quota, 0), Modes: streams},
		{Name: "error event in the middle: overloaded", Fault: event(agentchaos.Overloaded, 500), Modes: streams},
		{Name: "error event in the middle: rate limit", Fault: event(agentchaos.RateLimit, 500), Modes: streams},
		{Name: "error event in the middle: unavailable", Fault: event(agentchaos.Unavailable, 500), Modes: streams},
	}
}

func nonsenseRows() []Row {
	return []Row{
		{Name: "a proxy's HTML", Fault: garbled(agentchaos.HTML), Modes: all},
		{Name: "nothing at all", Fault: garbled(agentchaos.Empty), Modes: all},
		{Name: "JSON that stops", Fault: garbled(agentchaos.TruncatedJSON), Modes: all},
		{Name: "not JSON", Fault: garbled(agentchaos.InvalidJSON), Modes: all},
		{Name: "an error object", Fault: garbled(agentchaos.ErrorBody), Modes: all},
	}
}

func modelRows() []Row {
	return []Row{
		{Name: "structured: other fields", Fault: garbled(agentchaos.WrongSchema), Modes: []Mode{Structured}},
		{Name: "structured: a field of another type", Fault: garbled(agentchaos.WrongType), Modes: []Mode{Structured}},
		{Name: "structured: a field is missing", Fault: garbled(agentchaos.MissingField), Modes: []Mode{Structured}},
		{Name: "structured: JSON in a fence", Fault: garbled(agentchaos.FencedJSON), Modes: []Mode{Structured}},
		{Name: "a tool that there is not", Fault: garbled(agentchaos.UnknownTool), Modes: withTools},
		{Name: "a tool's arguments are no JSON", Fault: garbled(agentchaos.BadArguments), Modes: withTools},
		{Name: "cut by the token limit, and says so", Fault: ending(agentchaos.Ending{Form: agentchaos.Short, At: 500}), Modes: all},
		{Name: "the model refuses, and says so", Fault: Fault{Finish: agentchaos.ContentFilter}, Modes: all},
	}
}
