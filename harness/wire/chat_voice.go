package wire

import "github.com/agentchaos/agentchaos"

// chatVoice speaks Chat Completions. Bodies and chunks after the openai-openapi spec 2.3.0 and what the API sends, November
// 2026.
type chatVoice struct{}

func (v chatVoice) whole(b []byte, a *answer) []byte {
	b = v.envelope(b, a, "chat.completion")
	b = append(b, `{"index":0,"message":{"role":"assistant","content":`...)
	calls := a.blocks[:a.begun()]
	if calls[0].call {
		b = append(b, "null"...)
	} else {
		b = appendString(b, a.said(0))
		calls = calls[1:]
	}
	b = append(b, `,"refusal":null,"annotations":[]`...)
	if len(calls) > 0 {
		b = append(b, `,"tool_calls":[`...)
		for i := range calls {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.call(b, &calls[i], a.said(a.begun()-len(calls)+i))
		}
		b = append(b, ']')
	}
	b = append(b, `},"logprobs":null,"finish_reason":`...)
	b = appendString(b, v.finish(a))
	b = append(b, `}],"usage":`...)
	return append(v.usage(b, a), '}')
}

// envelope is everything of an object up to its choices.
func (chatVoice) envelope(b []byte, a *answer, object string) []byte {
	b = append(append(b, `{"id":"chatcmpl-`...), a.id...)
	b = append(append(b, `","object":"`...), object...)
	b = appendInt(append(b, `","created":`...), int(a.created))
	b = appendString(append(b, `,"model":`...), a.model)
	return append(b, `,"service_tier":"default","system_fingerprint":"fp_a9e7bb1d4c","choices":[`...)
}

func (chatVoice) call(b []byte, k *block, arguments string) []byte {
	b = append(append(b, `{"id":"call_`...), k.id...)
	b = appendString(append(b, `","type":"function","function":{"name":`...), k.name)
	b = appendString(append(b, `,"arguments":`...), arguments)
	return append(b, "}}"...)
}

func (chatVoice) usage(b []byte, a *answer) []byte {
	b = appendInt(append(b, `{"prompt_tokens":`...), a.input)
	b = appendInt(append(b, `,"completion_tokens":`...), a.sent)
	b = appendInt(append(b, `,"total_tokens":`...), a.input+a.sent)
	return append(b, `,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}`...)
}

func (chatVoice) finish(a *answer) string {
	switch {
	case a.finish == agentchaos.Length:
		return "length"
	case a.finish == agentchaos.ContentFilter:
		return "content_filter"
	case a.calls():
		return "tool_calls"
	}
	return "stop"
}

// chunk is an event up to its delta.
func (v chatVoice) chunk(b []byte, a *answer) []byte {
	return append(v.envelope(append(b, "data: "...), a, "chat.completion.chunk"), `{"index":0,"delta":`...)
}

// chunkEnd closes what chunk began.
func (chatVoice) chunkEnd(b []byte, a *answer, finish string) []byte {
	b = append(b, `,"logprobs":null,"finish_reason":`...)
	if finish == "" {
		b = append(b, "null"...)
	} else {
		b = appendString(b, finish)
	}
	b = append(b, "}]"...)
	if a.usage {
		b = append(b, `,"usage":null`...)
	}
	return append(b, `,"obfuscation":"r4N7vQ2m"}`+"\n\n"...)
}

func (v chatVoice) begin(b []byte, a *answer) []byte {
	b = v.chunk(b, a)
	if a.blocks[0].call {
		b = append(b, `{"role":"assistant","content":null,"refusal":null}`...)
	} else {
		b = append(b, `{"role":"assistant","content":"","refusal":null}`...)
	}
	return v.chunkEnd(b, a, "")
}

func (v chatVoice) token(b []byte, a *answer) []byte {
	k, text, first := a.token(a.sent)
	if first {
		b = v.open(b, a, k, "")
	}
	b = v.chunk(b, a)
	if !a.blocks[k].call {
		b = append(appendString(append(b, `{"content":`...), text), '}')
		return v.chunkEnd(b, a, "")
	}
	b = appendInt(append(b, `{"tool_calls":[{"index":`...), a.callIndex(k))
	b = append(appendString(append(b, `,"function":{"arguments":`...), text), "}}]}"...)
	return v.chunkEnd(b, a, "")
}

// open begins a block. A text has no beginning of its own, unless it comes all at once.
func (v chatVoice) open(b []byte, a *answer, k int, text string) []byte {
	bl := &a.blocks[k]
	if !bl.call && text == "" {
		return b
	}
	b = v.chunk(b, a)
	if !bl.call {
		b = append(appendString(append(b, `{"role":"assistant","content":`...), text), '}')
		return v.chunkEnd(b, a, "")
	}
	b = appendInt(append(b, `{"tool_calls":[{"index":`...), a.callIndex(k))
	b = append(append(b, `,"id":"call_`...), bl.id...)
	b = appendString(append(b, `","type":"function","function":{"name":`...), bl.name)
	b = append(appendString(append(b, `,"arguments":`...), text), "}}]}"...)
	return v.chunkEnd(b, a, "")
}

func (v chatVoice) end(b []byte, a *answer) []byte {
	for k, to := a.rest(); k < to; k++ {
		b = v.open(b, a, k, a.said(k))
	}
	b = v.chunkEnd(append(v.chunk(b, a), "{}"...), a, v.finish(a))
	if a.usage {
		b = v.envelope(append(b, "data: "...), a, "chat.completion.chunk")
		b = append(v.usage(append(b, `],"usage":`...), a), "}\n\n"...)
	}
	return append(b, "data: [DONE]\n\n"...)
}

func (chatVoice) failure(b []byte, _ *answer, body errorBody) []byte {
	return append(appendError(append(b, "data: "...), agentchaos.OpenAI, body), "\n\n"...)
}

// callIndex is which of the calls a block is.
func (a *answer) callIndex(k int) int {
	if a.blocks[0].call {
		return k
	}
	return k - 1
}
