package wire_test

import (
	"strings"
	"testing"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// toolUse is the stream that anthropic-sdk-typescript keeps in its fixtures (tool_use_response.txt), shortened, with the
// padding that live data has.
const toolUse = `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":377,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}      }

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}    }

event: ping
data: {"type": "ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"I"}           }

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"'ll look."}}

event: content_block_stop
data: {"type":"content_block_stop","index":0     }

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"get_weather","caller":{"type":"direct"},"input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"locati"}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"on\": \"P"}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"aris\"}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":65}     }

event: message_stop
data: {"type":"message_stop"        }

`

// The parts that the rows below are made of.
const (
	mOpen  = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"type\":\"message\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\nevent: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
	mHi    = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n"
	mStop  = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
	cOpen  = "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":null}]}\n\n"
	cHi    = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n"
	cEnd   = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
	cUsage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":7,\"total_tokens\":10}}\n\n"
	cDone  = "data: [DONE]\n\n"
	rOpen  = "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"object\":\"response\",\"status\":\"in_progress\",\"error\":null,\"output\":[]}}\n\nevent: response.in_progress\ndata: {\"type\":\"response.in_progress\",\"sequence_number\":1,\"response\":{\"object\":\"response\",\"status\":\"in_progress\"}}\n\nevent: response.queued\ndata: {\"type\":\"response.queued\",\"sequence_number\":2,\"response\":{\"status\":\"queued\"}}\n\nevent: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",\"sequence_number\":3,\"output_index\":0,\"item\":{\"type\":\"message\",\"content\":[]}}\n\n"
	rHi    = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":4,\"delta\":\"Hi\"}\n\n"
)

// mDelta is the event in which Messages says why it stopped; rEnd a terminal event of Responses.
func mDelta(reason string) string {
	return `data: {"type":"message_delta","delta":{"stop_reason":"` + reason + `","stop_sequence":null},"usage":{"output_tokens":7}}` + "\n\n"
}

func cFinish(reason string) string { return strings.Replace(cEnd, "stop", reason, 1) }

func rEnd(status, more string) string {
	return `data: {"type":"response.` + status + `","sequence_number":9,"response":{"object":"response","status":"` + status + `"` + more + `}}` + "\n\n"
}

const mRefusal = `data: {"type":"message_delta","delta":{"stop_reason":"refusal","stop_sequence":null,"stop_details":{"type":"refusal","category":"cyber","explanation":"x"}},"usage":{"output_tokens":7}}` + "\n\n"

type stream struct {
	name, body string
	want       verdict
}

var streams = map[wire.Format][]stream{
	wire.Messages: {
		{"the recorded call of a tool; opening events and the call's empty first delta are no tokens", toolUse, verdict{Status: 200, Got: 65, Content: ac.Content{Text: "I'll look.", Tool: "get_weather", Arguments: `{"location": "Paris"}`}}},
		{"no names of events: the data says it all", strings.ReplaceAll(toolUse, "event: ", "x: "), verdict{Status: 200, Got: 65, Content: ac.Content{Text: "I'll look.", Tool: "get_weather", Arguments: `{"location": "Paris"}`}}},
		{"thinking is tokens, and no text; signatures and citations are neither", mOpen + "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}}\n\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"s\"}}\n\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"citations_delta\",\"citation\":{\"text\":\"x\"}}}\n\n" + mHi + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"x\"}}\n\n", ended(ac.Unavailable, 2)},
		{"events that nobody knows are passed over, whatever is in them", mOpen + "event: new\ndata: {\"type\":\"new\",\"message\":\"x\",\"delta\":[1],\"error\":7}\n\n" + mHi + mDelta("end_turn") + mStop, text("Hi", 7)},
		{"blocks that nobody knows are passed over", mOpen + "data: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"server_tool_use\",\"id\":\"s\",\"name\":\"web_search\",\"input\":{}}}\n\n" + mHi + mDelta("end_turn") + mStop, text("Hi", 7)},
		{"a call without arguments", mOpen + "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"run\",\"input\":{}}}\n\n" + mDelta("tool_use") + mStop, verdict{Status: 200, Got: 7, Content: ac.Content{Tool: "run"}}},
		{"no count at the end: ours, not the one that message_start announces", mOpen + mHi + mHi + "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n" + mStop, text("HiHi", 2)},
		{"cut by max_tokens", mOpen + mHi + mDelta("max_tokens") + mStop, ended(ac.Length, 7)},
		{"no room left in the context", mOpen + mHi + mDelta("model_context_window_exceeded") + mStop, ended(ac.ContextLength, 7)},
		{"refused", mOpen + mRefusal + mStop, ended(ac.ContentFilter, 7)},
		{"a stop sequence is an end", mOpen + mHi + mDelta("stop_sequence") + mStop, text("Hi", 7)},
		{"a pause is an end", mOpen + mHi + mDelta("pause_turn") + mStop, text("Hi", 7)},
		{"no count at the end: that of the beginning is none", mOpen + mHi + mHi + `data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}` + "\n\n" + mStop, text("HiHi", 2)},
		{"a reason to stop, and no terminal event", mOpen + mHi + mDelta("end_turn"), ended(ac.Truncated, 1)},
		{"a terminal event, and no reason to stop", mOpen + mHi + mStop, ended(ac.Truncated, 1)},
		{"the terminal event without its blank line", mOpen + mHi + mDelta("end_turn") + strings.TrimSuffix(mStop, "\n"), ended(ac.Truncated, 1)},
		{"nothing comes after the terminal event, even if it does", mOpen + mHi + mDelta("end_turn") + mStop + "data: }{\n\n", text("Hi", 7)},
		{"an error event, as of old", mOpen + mHi + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n", ended(ac.Overloaded, 1)},
		{"an error event with details and an id", mOpen + mHi + "event: error\ndata: {\"type\":\"error\",\"error\":{\"details\":null,\"type\":\"overloaded_error\",\"message\":\"Overloaded\"},\"request_id\":\"req_1\"}\n\n", ended(ac.Overloaded, 1)},
		{"an error event before anything else", "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"x\"}}\n\n", ended(ac.RateLimit, 0)},
		{"an error event with a code: the money is spent", "event: error\ndata: {\"type\":\"error\",\"error\":{\"details\":{\"error_code\":\"enforced_spend_limit_reached\"},\"type\":\"rate_limit_error\",\"message\":\"x\"}}\n\n", ended(ac.Quota, 0)},
		{"an error event for a timeout", mOpen + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"timeout_error\",\"message\":\"x\"}}\n\n", ended(ac.Timeout, 0)},
		{"an error event with details of a shape that nobody knows", mOpen + "event: error\ndata: {\"type\":\"error\",\"error\":{\"details\":[\"x\"],\"type\":\"overloaded_error\",\"message\":\"x\"}}\n\n", ended(ac.Overloaded, 0)},
		{"an error event that says nothing", mOpen + "event: error\ndata: {\"type\":\"error\"}\n\n", odd(ac.WrongSchema)},
		{"another format's stream is none", cOpen + cHi + cEnd, ended(ac.Truncated, 0)},
	},
	wire.Chat: {
		{"a text", cOpen + cHi + cHi + cEnd + cDone, text("HiHi", 2)},
		{"the vendor's count goes before ours", cOpen + cHi + cHi + cEnd + cUsage + cDone, text("HiHi", 7)},
		{"a role in every chunk, as some vendors have it", strings.Repeat(strings.Replace(cOpen, `"content":""`, `"content":"Hi"`, 1), 4) + "data: {\"error\":{\"message\":\"x\"}}\n\n", ended(ac.Unavailable, 3)},
		{"calls: the first is the content", cOpen + chatDelta(`{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"look","arguments":""}}]}`) + chatDelta(`{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}`) + chatDelta(`{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}`) + chatDelta(`{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"run","arguments":""}}]}`) + chatDelta(`{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}`) + cFinish("tool_calls") + cDone, verdict{Status: 200, Got: 3, Content: ac.Content{Tool: "look", Arguments: `{"a":1}`}}},
		{"reasoning, as compatible vendors send it, is tokens, and no text", cOpen + chatDelta(`{"reasoning_content":"hm"}`) + chatDelta(`{"reasoning":"hm"}`) + chatDelta(`{"reasoning":null,"reasoning_content":""}`) + chatDelta(`{"reasoning":{"x":1}}`) + cHi + cEnd + cDone, text("Hi", 3)},
		{"a refusal is what the model says", cOpen + chatDelta(`{"refusal":"I "}`) + chatDelta(`{"refusal":"can't."}`) + cEnd + cDone, text("I can't.", 2)},
		{"the first choice of several", cOpen + strings.Replace(cHi, `"index":0`, `"index":1`, 1) + cHi + strings.Replace(cFinish("length"), `"index":0`, `"index":1`, 1) + cEnd + cDone, text("Hi", 1)},
		{"an error that is null is none", cOpen + strings.Replace(cHi, "{\"choices\"", "{\"error\":null,\"choices\"", 1) + cEnd + cDone, text("Hi", 1)},
		{"fields and chunks that nobody knows", "data: {\"type\":\"new\",\"x\":1}\n\n" + cOpen + cHi + cEnd + cDone, text("Hi", 1)},
		{"events with names", cOpen + "event: chunk\n" + cHi + "event: \n" + cEnd + cDone, text("Hi", 1)},
		{"cut by max_tokens", cOpen + cHi + cFinish("length") + cDone, ended(ac.Length, 1)},
		{"filtered", cOpen + cHi + cFinish("content_filter") + cDone, ended(ac.ContentFilter, 1)},
		{"a gateway's finish reason for an error, alone", cOpen + cHi + cFinish("error") + cDone, ended(ac.Unavailable, 1)},
		{"[DONE], and no finish reason", cOpen + cHi + cDone, ended(ac.Truncated, 1)},
		{"a finish reason, and no [DONE]", cOpen + cHi + cEnd, ended(ac.Truncated, 1)},
		{"[DONE] without its blank line", cOpen + cHi + cEnd + "data: [DONE]\n", ended(ac.Truncated, 1)},
		{"nothing at all", "", ended(ac.Truncated, 0)},
		{"a comment, and nothing else", ": OPENROUTER PROCESSING\n\n", ended(ac.Truncated, 0)},
		{"an error event", cOpen + cHi + "data: {\"error\":{\"message\":\"The server had an error\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n", ended(ac.Unavailable, 1)},
		{"an error event for a rate limit", cOpen + "data: {\"error\":{\"message\":\"x\",\"type\":\"requests\",\"param\":null,\"code\":\"rate_limit_exceeded\"}}\n\n", ended(ac.RateLimit, 0)},
		{"OpenRouter's: an error beside a choice, whose code is a number", cOpen + cHi + "data: {\"id\":\"gen-1\",\"provider\":\"x\",\"error\":{\"code\":502,\"message\":\"Provider disconnected\"},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n", ended(ac.Unavailable, 1)},
		{"OpenRouter's, of a rate limit: the code is the status", cOpen + cHi + "data: {\"error\":{\"code\":429,\"message\":\"Rate limited\"},\"choices\":[]}\n\n", ended(ac.RateLimit, 1)},
		{"thoughts, as DeepSeek and OpenRouter have them, and then nothing", cOpen + "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"Hm\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"Hm\"}}]}\n\n", ended(ac.Truncated, 2)},
		{"an error that is a string", cOpen + "data: {\"error\":\"overloaded\"}\n\n", ended(ac.Unavailable, 0)},
		{"half an event of JSON", cOpen + cHi + "data: {\"choices\":[{\n\n", verdict{Kind: ac.Malformed, Variant: ac.TruncatedJSON, Status: 200, Got: 1}},
		{"no JSON", cOpen + cHi + "data: <html>\n\n" + cEnd + cDone, verdict{Kind: ac.Malformed, Variant: ac.InvalidJSON, Status: 200, Got: 1}},
		{"choices of another type", cOpen + "data: {\"choices\":7}\n\n", odd(ac.WrongSchema)},
	},
	wire.Responses: {
		{"a text", rOpen + rHi + rHi + rEnd("completed", `,"usage":{"input_tokens":3,"output_tokens":7}`), text("HiHi", 7)},
		{"a text whose usage is null", rOpen + rHi + rHi + rEnd("completed", `,"usage":null`), text("HiHi", 2)},
		{"no names of events", strings.ReplaceAll(rOpen+rHi, "event: ", "x: ") + rEnd("completed", ""), text("Hi", 1)},
		{"calls: the first is the content", rOpen + responsesCall("look", `"{\"a\""`, `":1}"`) + responsesCall("run", `"{}"`) + rEnd("completed", ""), verdict{Status: 200, Got: 3, Content: ac.Content{Tool: "look", Arguments: `{"a":1}`}}},
		{"a refusal is what the model says", rOpen + strings.ReplaceAll(rHi, "output_text", "refusal") + rEnd("completed", ""), text("Hi", 1)},
		{"reasoning is tokens, and no text", rOpen + strings.ReplaceAll(rHi, "output_text", "reasoning_text") + strings.ReplaceAll(rHi, "output_text", "reasoning_summary_text") + rHi + rEnd("completed", ""), text("Hi", 3)},
		{"all at once: the terminal event has it", rOpen + rEnd("completed", `,"output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"input_tokens":3,"output_tokens":7}`), text("Hi", 7)},
		{"events that nobody knows are passed over, whatever is in them", rOpen + "event: response.new\ndata: {\"type\":\"response.new\",\"item\":\"x\",\"response\":7,\"message\":{},\"error\":\"x\",\"code\":7}\n\n" + rHi + rEnd("completed", ""), text("Hi", 1)},
		{"items that nobody knows are passed over", rOpen + "data: {\"type\":\"response.output_item.added\",\"output_index\":1,\"item\":{\"type\":\"tool_search_call\",\"arguments\":{\"q\":1}}}\n\n" + rHi + rEnd("completed", ""), text("Hi", 1)},
		{"cut by max_output_tokens", rOpen + rHi + rEnd("incomplete", `,"incomplete_details":{"reason":"max_output_tokens"},"usage":{"input_tokens":3,"output_tokens":7}`), ended(ac.Length, 7)},
		{"filtered", rOpen + rHi + rEnd("incomplete", `,"incomplete_details":{"reason":"content_filter"}`), ended(ac.ContentFilter, 1)},
		{"incomplete for another reason", rOpen + rHi + rEnd("incomplete", `,"incomplete_details":{"reason":"max_messages"}`), ended(ac.Length, 1)},
		{"an error event, flat as it is documented", rOpen + rHi + "event: error\ndata: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"x\",\"param\":null,\"sequence_number\":5}\n\n", ended(ac.RateLimit, 1)},
		{"flat, without a code", rOpen + "event: error\ndata: {\"type\":\"error\",\"code\":null,\"message\":\"x\",\"param\":null,\"sequence_number\":5}\n\n", ended(ac.Unavailable, 0)},
		{"nested as it is live, and response.failed after it", rOpen + rHi + "event: error\ndata: {\"type\":\"error\",\"sequence_number\":5,\"error\":{\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\",\"message\":\"x\",\"param\":null}}\n\n" + rEnd("failed", `,"error":{"code":"rate_limit_exceeded","message":"x"}`), ended(ac.RateLimit, 1)},
		{"nested, the money is spent", rOpen + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\",\"message\":\"x\",\"param\":null}}\n\n", ended(ac.Quota, 0)},
		{"an error event with details of a shape that nobody knows", rOpen + "event: error\ndata: {\"type\":\"error\",\"error\":{\"details\":7,\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\",\"message\":\"x\"}}\n\n", ended(ac.RateLimit, 0)},
		{"response.failed alone", rOpen + rHi + rEnd("failed", `,"error":{"code":"server_error","message":"x"}`), ended(ac.Unavailable, 1)},
		{"response.failed alone, of a prompt that is refused", rOpen + rEnd("failed", `,"error":{"code":"invalid_prompt","message":"x"}`), ended(ac.InvalidRequest, 0)},
		{"response.failed that does not say why", rOpen + rHi + rEnd("failed", `,"error":null`), ended(ac.Unavailable, 1)},
		{"all the text is there, and no terminal event", rOpen + rHi + "event: response.output_text.done\ndata: {\"type\":\"response.output_text.done\",\"text\":\"Hi\"}\n\n", ended(ac.Truncated, 1)},
		{"[DONE] is no terminal event here, nor JSON", rOpen + rHi + cDone, verdict{Kind: ac.Malformed, Variant: ac.InvalidJSON, Status: 200, Got: 1}},
		{"the terminal event without its blank line", rOpen + rHi + strings.TrimSuffix(rEnd("completed", ""), "\n"), ended(ac.Truncated, 1)},
		{"a terminal event that does not say how it ended", rOpen + rHi + "data: {\"type\":\"response.completed\",\"response\":{}}\n\n", ended(ac.Truncated, 1)},
	},
}

func chatDelta(delta string) string {
	return `data: {"choices":[{"index":0,"delta":` + delta + `,"finish_reason":null}]}` + "\n\n"
}

// responsesCall is the call of a tool whose arguments come in these deltas.
func responsesCall(name string, deltas ...string) string {
	out := `data: {"type":"response.output_item.added","item":{"type":"function_call","id":"fc_1","call_id":"call_1","name":"` + name + `","arguments":""}}` + "\n\n"
	for _, d := range deltas {
		out += `data: {"type":"response.function_call_arguments.delta","delta":` + d + "}\n\n"
	}
	return out + `data: {"type":"response.function_call_arguments.done","arguments":"{}"}` + "\n\n"
}

// benign are forms that server-sent events may have without meaning anything else.
var benign = map[string]func(string) string{
	"as it is":            func(s string) string { return s },
	"lines that end CRLF": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"lines that end CR":   func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
	"no space after data": func(s string) string { return strings.ReplaceAll(s, "data: ", "data:") },
	"comments, as OpenRouter keeps alive with": func(s string) string {
		return strings.ReplaceAll(s, "data: ", ": OPENROUTER PROCESSING\n:\ndata: ")
	},
	"fields that nobody knows, ids and retries": func(s string) string { return strings.ReplaceAll(s, "data: ", "id: 7\nretry: 100\nx\ndata: ") },
	"blank lines between events":                func(s string) string { return strings.ReplaceAll(s, "\n\n", "\n\n\n\n") },
	"a byte order mark":                         func(s string) string { return "\xef\xbb\xbf" + s },
}

func TestStreams(t *testing.T) {
	for f, rows := range streams {
		for _, x := range rows {
			t.Run(f.String()+", "+x.name, func(t *testing.T) {
				for how, twist := range benign {
					got := verdictOf(hear(t, f, true, says("text/event-stream; charset=utf-8", twist(x.body))))
					if strings.Contains(x.name, "without its blank line") && how == "blank lines between events" {
						continue
					}
					require.Equal(t, x.want, got, how)
				}
			})
		}
	}
}

// What is asked for plainly is not read as a stream.
func TestAStreamThatNobodyAskedFor(t *testing.T) {
	for f, body := range map[wire.Format]string{wire.Messages: toolUse, wire.Chat: cOpen + cHi + cEnd + cDone, wire.Responses: rOpen + rHi + rEnd("completed", "")} {
		require.Equal(t, odd(ac.InvalidJSON), verdictOf(hear(t, f, false, says("text/event-stream", body))))
	}
}

func TestAnEventWithoutEnd(t *testing.T) {
	for i, body := range []string{"data: " + strings.Repeat("x", 17<<20), strings.Repeat("data: "+strings.Repeat("x", 1<<20)+"\n", 17)} {
		if testing.Short() && i > 0 {
			break
		}
		resp, err := hear(t, wire.Chat, true, says("text/event-stream", body))
		require.Equal(t, odd(ac.InvalidJSON), verdictOf(resp, err))
		require.ErrorContains(t, err, "too long")
	}
}
