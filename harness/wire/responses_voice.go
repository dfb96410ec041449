package wire

import "github.com/agentchaos/agentchaos"

// responsesVoice speaks OpenAI Responses. Events after the examples of the openai-openapi spec 2.3.0, read November 2026;
// error events in the nested form that the live API sends, followed by response.failed (vercel/ai issue 6534).
type responsesVoice struct{}

func (v responsesVoice) whole(b []byte, a *answer) []byte { return v.response(b, a, v.status(a), "") }

func (responsesVoice) status(a *answer) string {
	if a.finish != agentchaos.None {
		return "incomplete"
	}
	return "completed"
}

// response is the whole object: empty while it is in progress, and with the error that ended it, if one did.
func (v responsesVoice) response(b []byte, a *answer, status, failure string) []byte {
	b = append(append(b, `{"id":"resp_`...), a.id...)
	b = appendInt(append(b, `","object":"response","created_at":`...), int(a.created))
	b = append(append(b, `,"status":"`...), status...)
	b = append(b, `","error":`...)
	if failure == "" {
		failure = "null"
	}
	b = append(append(b, failure...), `,"incomplete_details":`...)
	switch {
	case status != "incomplete":
		b = append(b, "null"...)
	case a.finish == agentchaos.ContentFilter:
		b = append(b, `{"reason":"content_filter"}`...)
	default:
		b = append(b, `{"reason":"max_output_tokens"}`...)
	}
	b = appendString(append(b, `,"instructions":null,"max_output_tokens":null,"model":`...), a.model)
	b = append(b, `,"output":[`...)
	if status == "completed" || status == "incomplete" {
		for k := range a.begun() {
			if k > 0 {
				b = append(b, ',')
			}
			b = v.item(b, a, k, status, true)
		}
	}
	b = append(b, `],"parallel_tool_calls":true,"previous_response_id":null,"reasoning":{"effort":null,"summary":null},"service_tier":"default","store":true,"temperature":1.0,"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_p":1.0,"truncation":"disabled","usage":`...)
	if status == "completed" || status == "incomplete" {
		b = v.usage(b, a)
	} else {
		b = append(b, "null"...)
	}
	return append(b, `,"user":null,"metadata":{}}`...)
}

func (responsesVoice) usage(b []byte, a *answer) []byte {
	b = appendInt(append(b, `{"input_tokens":`...), a.input)
	b = appendInt(append(b, `,"input_tokens_details":{"cached_tokens":0},"output_tokens":`...), a.sent)
	b = appendInt(append(b, `,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":`...), a.input+a.sent)
	return append(b, '}')
}

// item is an output item: with what was said in it, or empty as it is added.
func (v responsesVoice) item(b []byte, a *answer, k int, status string, said bool) []byte {
	bl := &a.blocks[k]
	if bl.call {
		b = append(append(b, `{"id":"fc_`...), bl.id...)
		b = append(append(b, `","type":"function_call","status":"`...), status...)
		text := ""
		if said {
			text = a.said(k)
		}
		b = appendString(append(b, `","arguments":`...), text)
		b = append(append(b, `,"call_id":"call_`...), bl.id...)
		return append(appendString(append(b, `","name":`...), bl.name), '}')
	}
	b = append(append(b, `{"id":"msg_`...), a.id...)
	b = append(append(b, `","type":"message","status":"`...), status...)
	b = append(b, `","content":[`...)
	if said {
		b = v.part(b, a.said(k))
	}
	return append(b, `],"role":"assistant"}`...)
}

func (responsesVoice) part(b []byte, text string) []byte {
	b = appendString(append(b, `{"type":"output_text","annotations":[],"logprobs":[],"text":`...), text)
	return append(b, '}')
}

// event begins an event: its name, type and number.
func (responsesVoice) event(b []byte, a *answer, name string) []byte {
	b = append(append(b, "event: "...), name...)
	b = append(append(b, "\ndata: {\"type\":\""...), name...)
	b = appendInt(append(b, `","sequence_number":`...), a.seq)
	a.seq++
	return b
}

// about adds which item an event is of.
func (responsesVoice) about(b []byte, a *answer, k int) []byte {
	bl := &a.blocks[k]
	if bl.call {
		b = append(append(b, `,"item_id":"fc_`...), bl.id...)
		return appendInt(append(b, `","output_index":`...), k)
	}
	b = append(append(b, `,"item_id":"msg_`...), a.id...)
	return append(appendInt(append(b, `","output_index":`...), k), `,"content_index":0`...)
}

func (v responsesVoice) begin(b []byte, a *answer) []byte {
	for _, name := range [...]string{"response.created", "response.in_progress"} {
		b = append(v.event(b, a, name), `,"response":`...)
		b = append(v.response(b, a, "in_progress", ""), "}\n\n"...)
	}
	return b
}

func (v responsesVoice) token(b []byte, a *answer) []byte {
	k, text, first := a.token(a.sent)
	if first {
		if k > 0 {
			b = v.close(b, a, k-1, "completed")
		}
		b = v.open(b, a, k)
	}
	if a.blocks[k].call {
		b = v.about(v.event(b, a, "response.function_call_arguments.delta"), a, k)
		return append(appendString(append(b, `,"delta":`...), text), "}\n\n"...)
	}
	b = v.about(v.event(b, a, "response.output_text.delta"), a, k)
	return append(appendString(append(b, `,"delta":`...), text), ",\"logprobs\":[]}\n\n"...)
}

func (v responsesVoice) open(b []byte, a *answer, k int) []byte {
	b = appendInt(append(v.event(b, a, "response.output_item.added"), `,"output_index":`...), k)
	b = append(v.item(append(b, `,"item":`...), a, k, "in_progress", false), "}\n\n"...)
	if a.blocks[k].call {
		return b
	}
	b = v.about(v.event(b, a, "response.content_part.added"), a, k)
	return append(v.part(append(b, `,"part":`...), ""), "}\n\n"...)
}

func (v responsesVoice) close(b []byte, a *answer, k int, status string) []byte {
	if a.blocks[k].call {
		b = v.about(v.event(b, a, "response.function_call_arguments.done"), a, k)
		b = appendString(append(b, `,"name":`...), a.blocks[k].name)
		b = append(appendString(append(b, `,"arguments":`...), a.said(k)), "}\n\n"...)
	} else {
		b = v.about(v.event(b, a, "response.output_text.done"), a, k)
		b = append(appendString(append(b, `,"text":`...), a.said(k)), ",\"logprobs\":[]}\n\n"...)
		b = v.about(v.event(b, a, "response.content_part.done"), a, k)
		b = append(v.part(append(b, `,"part":`...), a.said(k)), "}\n\n"...)
	}
	b = appendInt(append(v.event(b, a, "response.output_item.done"), `,"output_index":`...), k)
	return append(v.item(append(b, `,"item":`...), a, k, status, true), "}\n\n"...)
}

func (v responsesVoice) end(b []byte, a *answer) []byte {
	status := v.status(a)
	if a.sent > 0 {
		b = v.close(b, a, a.begun()-1, status)
	}
	for k, to := a.rest(); k < to; k++ {
		b = v.close(v.open(b, a, k), a, k, status)
	}
	b = append(v.event(b, a, "response."+status), `,"response":`...)
	return append(v.response(b, a, status, ""), "}\n\n"...)
}

func (v responsesVoice) failure(b []byte, a *answer, body errorBody) []byte {
	b = appendString(append(v.event(b, a, "error"), `,"error":{"type":`...), body.Type)
	b = append(b, `,"code":`...)
	code := body.Code
	if code == "" {
		b = append(b, "null"...)
	} else {
		b = appendString(b, code)
	}
	b = append(appendString(append(b, `,"message":`...), body.message), ",\"param\":null}}\n\n"...)
	if code == "" {
		code = "server_error"
	}
	failure := appendString([]byte(`{"code":`), code)
	failure = append(appendString(append(failure, `,"message":`...), body.message), '}')
	b = append(v.event(b, a, "response.failed"), `,"response":`...)
	return append(v.response(b, a, "failed", string(failure)), "}\n\n"...)
}
