package wire

import "github.com/agentchaos/agentchaos"

// messagesVoice speaks Anthropic Messages. Events after the recorded streams of anthropic-sdk-typescript 1.12
// (tests/lib/streaming/fixtures), read November 2026.
type messagesVoice struct{}

func (v messagesVoice) whole(b []byte, a *answer) []byte {
	b = v.head(b, a)
	b = append(b, `"content":[`...)
	for k := range a.begun() {
		if k > 0 {
			b = append(b, ',')
		}
		b = v.block(b, a, k, a.said(k))
	}
	b = append(b, `],"stop_reason":`...)
	b = appendString(b, v.finish(a))
	if a.finish == agentchaos.ContentFilter {
		b = append(b, stopDetails...)
	}
	b = append(b, `,"stop_sequence":null,"usage":`...)
	return append(v.usage(b, a, a.sent), '}')
}

func (messagesVoice) head(b []byte, a *answer) []byte {
	b = append(append(b, `{"id":"msg_`...), a.id...)
	b = appendString(append(b, `","type":"message","role":"assistant","model":`...), a.model)
	return append(b, ',')
}

func (messagesVoice) usage(b []byte, a *answer, output int) []byte {
	b = appendInt(append(b, `{"input_tokens":`...), a.input)
	b = appendInt(append(b, `,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":`...), output)
	return append(b, `,"service_tier":"standard"}`...)
}

func (messagesVoice) block(b []byte, a *answer, k int, text string) []byte {
	bl := &a.blocks[k]
	if !bl.call {
		return append(appendString(append(b, `{"type":"text","text":`...), text), '}')
	}
	b = append(append(b, `{"type":"tool_use","id":"toolu_`...), bl.id...)
	b = appendString(append(b, `","name":`...), bl.name)
	return append(appendObject(append(b, `,"caller":{"type":"direct"},"input":`...), text), '}')
}

func (messagesVoice) finish(a *answer) string {
	switch {
	case a.finish == agentchaos.Length:
		return "max_tokens"
	case a.finish == agentchaos.ContentFilter:
		return "refusal"
	case a.calls():
		return "tool_use"
	}
	return "end_turn"
}

// stopDetails come with a refusal.
const stopDetails = `,"stop_details":{"type":"refusal","category":null,"explanation":null}`

// event begins an event: its name and its type, without what follows that.
func (messagesVoice) event(b []byte, name string) []byte {
	b = append(append(b, "event: "...), name...)
	b = append(append(b, "\ndata: {\"type\":\""...), name...)
	return append(b, '"')
}

func (v messagesVoice) begin(b []byte, a *answer) []byte {
	b = append(v.event(b, "message_start"), `,"message":`...)
	b = append(v.head(b, a), `"content":[],"stop_reason":null,"stop_sequence":null,"usage":`...)
	return append(v.usage(b, a, min(1, a.total)), "}}\n\n"...)
}

func (v messagesVoice) token(b []byte, a *answer) []byte {
	k, text, first := a.token(a.sent)
	if first {
		if k > 0 {
			b = v.close(b, k-1)
		}
		b = v.open(b, a, k, "")
		if a.blocks[k].call {
			b = v.delta(b, a, k, "") // the first is empty, always
		} else if k == 0 {
			b = append(b, "event: ping\ndata: {\"type\": \"ping\"}\n\n"...)
		}
	}
	return v.delta(b, a, k, text)
}

func (v messagesVoice) open(b []byte, a *answer, k int, text string) []byte {
	b = appendInt(append(v.event(b, "content_block_start"), `,"index":`...), k)
	return append(v.block(append(b, `,"content_block":`...), a, k, text), "}\n\n"...)
}

func (v messagesVoice) delta(b []byte, a *answer, k int, text string) []byte {
	b = appendInt(append(v.event(b, "content_block_delta"), `,"index":`...), k)
	if a.blocks[k].call {
		b = append(b, `,"delta":{"type":"input_json_delta","partial_json":`...)
	} else {
		b = append(b, `,"delta":{"type":"text_delta","text":`...)
	}
	return append(appendString(b, text), "}}\n\n"...)
}

func (v messagesVoice) close(b []byte, k int) []byte {
	b = appendInt(append(v.event(b, "content_block_stop"), `,"index":`...), k)
	return append(b, "}\n\n"...)
}

func (v messagesVoice) end(b []byte, a *answer) []byte {
	if a.sent > 0 {
		b = v.close(b, a.begun()-1)
	}
	for k, to := a.rest(); k < to; k++ {
		b = v.close(v.open(b, a, k, a.said(k)), k)
	}
	b = append(v.event(b, "message_delta"), `,"delta":{"stop_reason":`...)
	b = appendString(b, v.finish(a))
	if a.finish == agentchaos.ContentFilter {
		b = append(b, stopDetails...)
	}
	b = appendInt(append(b, `,"stop_sequence":null},"usage":{"output_tokens":`...), a.sent)
	b = append(b, "}}\n\n"...)
	return append(v.event(b, "message_stop"), "}\n\n"...)
}

func (v messagesVoice) failure(b []byte, _ *answer, body errorBody) []byte {
	b = append(b, "event: error\ndata: "...)
	return append(appendError(b, agentchaos.Anthropic, body), "\n\n"...)
}
