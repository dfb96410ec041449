package wire_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// reads is what the server makes of a request.
func reads(t testing.TB, f wire.Format, body string) *wire.Prompt {
	var got *wire.Prompt
	s := &wire.Server{Clock: frozen{}, Open: func(_ time.Duration, r *ac.Request) ac.Script { return whole(1) }, Began: func(x *wire.Exchange) { got = x.Prompt }}
	r := post(t, s, "/v1"+paths[f], body)
	said, _ := bodyOf(r)
	require.Equal(t, 200, r.StatusCode, said)
	return got
}

// conversations are one conversation in each format: instructions, a question in parts, a call of two tools with a word before
// it, their results, and another question.
var conversations = map[wire.Format]string{
	wire.Chat: `{"model":"m","messages":[
		{"role":"system","content":"Be brief."},
		{"role":"user","content":[{"type":"text","text":"Is it "},{"type":"image_url","image_url":{"url":"data:x"}},{"type":"text","text":"here?"}]},
		{"role":"assistant","content":"Let me see.","tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"id\":7}"}},{"id":"c2","type":"function","function":{"name":"run","arguments":"{}"}}]},
		{"role":"tool","tool_call_id":"c1","content":"yes"},
		{"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"done"}]},
		{"role":"user","content":"And now?"}]}`,
	wire.Responses: `{"model":"m","instructions":"Be brief.","input":[
		{"role":"user","content":[{"type":"input_text","text":"Is it "},{"type":"input_image","image_url":"data:x"},{"type":"input_text","text":"here?"}]},
		{"type":"reasoning","id":"rs_1","summary":[]},
		{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Let me see."}]},
		{"type":"function_call","id":"fc_1","call_id":"c1","name":"look","arguments":"{\"id\":7}"},
		{"type":"function_call","call_id":"c2","name":"run","arguments":"{}"},
		{"type":"function_call_output","call_id":"c1","output":"yes"},
		{"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"done"}]},
		{"type":"message","role":"user","content":"And now?"}]}`,
	wire.Messages: `{"model":"m","max_tokens":9,"system":[{"type":"text","text":"Be "},{"type":"text","text":"brief.","cache_control":{"type":"ephemeral"}}],"messages":[
		{"role":"user","content":[{"type":"text","text":"Is it "},{"type":"image","source":{"type":"base64","data":"x"}},{"type":"text","text":"here?"}]},
		{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"Let me see."},{"type":"tool_use","id":"c1","name":"look","input":{"id":7}},{"type":"tool_use","id":"c2","name":"run","input":{}}]},
		{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"yes"},{"type":"tool_result","tool_use_id":"c2","content":[{"type":"text","text":"done"}],"is_error":false},{"type":"text","text":"And now?"}]}]}`,
}

func TestOneConversationInThreeFormats(t *testing.T) {
	for f, body := range conversations {
		p := reads(t, f, body)
		require.Equal(t, []wire.Turn{
			{Role: "system", Text: "Be brief."},
			{Role: "user", Text: "Is it here?"},
			{Role: "assistant", Text: "Let me see.", Calls: []wire.ToolCall{{ID: "c1", Name: "look", Arguments: `{"id":7}`}, {ID: "c2", Name: "run", Arguments: `{}`}}},
			{Role: "tool", Text: "yes", Answer: "c1"},
			{Role: "tool", Text: "done", Answer: "c2"},
			{Role: "user", Text: "And now?"},
		}, p.Turns, f)
		bytes := len("Be brief." + "Is it here?" + "Let me see." + "look" + `{"id":7}` + "run" + `{}` + "yes" + "done" + "And now?")
		require.Equal(t, (bytes+3)/4, p.Input, f)
	}
}

// requests are the other things that a request can say, and what is read of them.
var requests = []struct {
	name   string
	format wire.Format
	more   string // beside a model and a user's word
	want   wire.Prompt
}{
	{"chat, nothing", wire.Chat, ``, wire.Prompt{}},
	{"chat, streamed", wire.Chat, `"stream":true`, wire.Prompt{Stream: true}},
	{"chat, streamed, with usage", wire.Chat, `"stream":true,"stream_options":{"include_usage":true}`, wire.Prompt{Stream: true, Usage: true}},
	{"chat, stream options null", wire.Chat, `"stream":false,"stream_options":null`, wire.Prompt{}},
	{"chat, max_tokens", wire.Chat, `"max_tokens":7`, wire.Prompt{Max: 7}},
	{"chat, max_completion_tokens goes before", wire.Chat, `"max_tokens":7,"max_completion_tokens":8`, wire.Prompt{Max: 8}},
	{"chat, max null", wire.Chat, `"max_tokens":null`, wire.Prompt{}},
	{"chat, a tool", wire.Chat, `"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}]`, wire.Prompt{Tools: []wire.Tool{{Name: "f", Schema: json.RawMessage(`{"type":"object"}`)}}}},
	{"chat, a tool without a schema", wire.Chat, `"tools":[{"type":"function","function":{"name":"f","parameters":null}}]`, wire.Prompt{Tools: []wire.Tool{{Name: "f"}}}},
	{"chat, tool_choice none", wire.Chat, `"tool_choice":"none"`, wire.Prompt{Choice: "none"}},
	{"chat, tool_choice required", wire.Chat, `"tool_choice":"required"`, wire.Prompt{Choice: "required"}},
	{"chat, tool_choice a function", wire.Chat, `"tool_choice":{"type":"function","function":{"name":"f"}}`, wire.Prompt{Choice: "f"}},
	{"chat, any object", wire.Chat, `"response_format":{"type":"json_object"}`, wire.Prompt{Schema: json.RawMessage(`{}`)}},
	{"chat, a schema", wire.Chat, `"response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":{"type":"object"}}}`, wire.Prompt{Schema: json.RawMessage(`{"type":"object"}`)}},
	{"chat, text", wire.Chat, `"response_format":{"type":"text"}`, wire.Prompt{}},
	{"responses, max_output_tokens, streamed", wire.Responses, `"max_output_tokens":7,"stream":true`, wire.Prompt{Max: 7, Stream: true}},
	{"responses, tools: the vendor's own are not ours to call", wire.Responses, `"tools":[{"type":"web_search"},{"type":"function","name":"f","parameters":{"type":"object"},"strict":true}]`, wire.Prompt{Tools: []wire.Tool{{Name: "f", Schema: json.RawMessage(`{"type":"object"}`)}}}},
	{"responses, tool_choice a function", wire.Responses, `"tool_choice":{"type":"function","name":"f"}`, wire.Prompt{Choice: "f"}},
	{"responses, tool_choice auto", wire.Responses, `"tool_choice":"auto"`, wire.Prompt{Choice: "auto"}},
	{"responses, a schema", wire.Responses, `"text":{"format":{"type":"json_schema","name":"s","schema":{"type":"object"}},"verbosity":"low"}`, wire.Prompt{Schema: json.RawMessage(`{"type":"object"}`)}},
	{"responses, any object", wire.Responses, `"text":{"format":{"type":"json_object"}}`, wire.Prompt{Schema: json.RawMessage(`{}`)}},
	{"responses, text", wire.Responses, `"text":{"format":{"type":"text"}}`, wire.Prompt{}},
	{"messages, streamed", wire.Messages, `"stream":true`, wire.Prompt{Stream: true, Max: 9}},
	{"messages, tools: the vendor's own are not ours to call", wire.Messages, `"tools":[{"type":"web_search_20250305","name":"web_search"},{"name":"f","input_schema":{"type":"object"}}]`, wire.Prompt{Max: 9, Tools: []wire.Tool{{Name: "f", Schema: json.RawMessage(`{"type":"object"}`)}}}},
	{"messages, tool_choice auto", wire.Messages, `"tool_choice":{"type":"auto"}`, wire.Prompt{Max: 9}},
	{"messages, tool_choice any", wire.Messages, `"tool_choice":{"type":"any"}`, wire.Prompt{Max: 9, Choice: "required"}},
	{"messages, tool_choice a tool", wire.Messages, `"tool_choice":{"type":"tool","name":"f"}`, wire.Prompt{Max: 9, Choice: "f"}},
	{"messages, tool_choice none", wire.Messages, `"tool_choice":{"type":"none"}`, wire.Prompt{Max: 9, Choice: "none"}},
	{"messages, a schema, as of the beta", wire.Messages, `"output_format":{"type":"json_schema","schema":{"type":"object"}}`, wire.Prompt{Max: 9, Schema: json.RawMessage(`{"type":"object"}`)}},
	{"messages, a schema", wire.Messages, `"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}`, wire.Prompt{Max: 9, Schema: json.RawMessage(`{"type":"object"}`)}},
	{"fields that nobody knows", wire.Chat, `"x":{"y":[1]},"n":1,"user":"u"`, wire.Prompt{}},
}

func TestWhatARequestSays(t *testing.T) {
	for _, x := range requests {
		t.Run(x.name, func(t *testing.T) {
			body := map[wire.Format]string{wire.Chat: `{"model":"m","messages":[{"role":"user","content":"x"}]`, wire.Responses: `{"model":"m","input":"x"`, wire.Messages: `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}]`}[x.format]
			if x.more != "" {
				body += ","
			}
			got := reads(t, x.format, body+x.more+"}")
			want := x.want
			require.Equal(t, x.format, got.Format)
			require.Equal(t, "m", got.Model)
			require.Equal(t, []wire.Turn{{Role: "user", Text: "x"}}, got.Turns)
			require.Equal(t, []any{want.Max, want.Stream, want.Usage, want.Choice, want.Tools, string(want.Schema)},
				[]any{got.Max, got.Stream, got.Usage, got.Choice, got.Tools, string(got.Schema)})
		})
	}
}

func TestOtherFormsOfTurns(t *testing.T) {
	for _, x := range []struct {
		name   string
		format wire.Format
		body   string
		want   []wire.Turn
	}{
		{"a developer instructs", wire.Chat, `{"model":"m","messages":[{"role":"developer","content":"x"}]}`, []wire.Turn{{Role: "system", Text: "x"}}},
		{"a developer instructs, of Responses", wire.Responses, `{"model":"m","input":[{"role":"developer","content":"x"}]}`, []wire.Turn{{Role: "system", Text: "x"}}},
		{"content is null", wire.Chat, `{"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{"}}]}]}`, []wire.Turn{{Role: "assistant", Calls: []wire.ToolCall{{ID: "c", Name: "f", Arguments: "{"}}}}},
		{"a refusal of before", wire.Chat, `{"model":"m","messages":[{"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}]}`, []wire.Turn{{Role: "assistant", Text: "no"}}},
		{"a string", wire.Responses, `{"model":"m","input":"x"}`, []wire.Turn{{Role: "user", Text: "x"}}},
		{"calls without a word", wire.Responses, `{"model":"m","input":[{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call","call_id":"b","name":"f","arguments":"{}"}]}`, []wire.Turn{{Role: "assistant", Calls: []wire.ToolCall{{ID: "a", Name: "f", Arguments: "{}"}, {ID: "b", Name: "f", Arguments: "{}"}}}}},
		{"nothing but results", wire.Messages, `{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"x"}]}]}`, []wire.Turn{{Role: "tool", Text: "x", Answer: "a"}}},
		{"a result without content", wire.Messages, `{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"}]}]}`, []wire.Turn{{Role: "tool", Answer: "a"}}},
		{"a result with a search result in it", wire.Messages, `{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"search_result","content":[{"type":"text","text":"x"}]}]}]}]}`, []wire.Turn{{Role: "tool", Text: "x", Answer: "a"}}},
		{"an empty message", wire.Messages, `{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[]}]}`, []wire.Turn{{Role: "user"}}},
	} {
		t.Run(x.name, func(t *testing.T) { require.Equal(t, x.want, reads(t, x.format, x.body).Turns) })
	}
}

// Parts within parts within parts are read as deep as any vendor has them, two, and no deeper: else a small body could make
// the server read it thousands of times over.
func TestNestedParts(t *testing.T) {
	nest := func(depth int) string {
		return `{"model":"m","messages":[{"role":"user","content":` + strings.Repeat(`[{"text":"x","content":`, depth) + `"y"` + strings.Repeat(`}]`, depth) + `}]}`
	}
	require.Equal(t, "xy", reads(t, wire.Chat, nest(1)).Turns[0].Text)
	require.Equal(t, "xx", reads(t, wire.Chat, nest(2)).Turns[0].Text)
	require.Equal(t, "xx", reads(t, wire.Chat, nest(40)).Turns[0].Text)
}

// Whatever a request is made of, to read it takes memory by its length, and no more: a text in many parts is not copied for each.
func TestReadingIsLinear(t *testing.T) {
	const n, word = 5000, "a word or two of what is said in a part"
	parts := "[" + strings.Repeat(`{"type":"text","text":"`+word+`"},`, n-1) + `{"type":"text","text":"` + word + `"}]`
	for f, body := range map[wire.Format]string{
		wire.Chat:      `{"model":"m","messages":[{"role":"user","content":` + parts + `}]}`,
		wire.Messages:  `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":` + parts + `}]}`,
		wire.Responses: `{"model":"m","input":[` + strings.Repeat(`{"role":"assistant","content":"`+word+`"},`, n-1) + `{"role":"assistant","content":"` + word + `"}]}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p := reads(t, f, body)
		runtime.ReadMemStats(&after)
		require.Equal(t, []wire.Turn{{Role: p.Turns[0].Role, Text: strings.Repeat(word, n)}}, p.Turns)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100*len(body)), f)
	}
}

// An answer is as long as the request allows, and says so when it is cut.
func TestTheAnswerIsAsLongAsTheRequestAllows(t *testing.T) {
	for _, x := range []struct {
		max, output int
		status      string
	}{{0, 20, "completed"}, {7, 7, "incomplete"}, {100, 20, "completed"}} {
		var got ac.Request
		s := &wire.Server{Clock: frozen{}, Author: author{Text: "x", Tokens: 20, Sized: true}, Open: func(_ time.Duration, r *ac.Request) ac.Script { got = *r; return whole(r.Output) }}
		body, err := bodyOf(post(t, s, "/v1/responses", fmt.Sprintf(`{"model":"m","input":"x","max_output_tokens":%d}`, x.max)))
		require.NoError(t, err)
		require.Equal(t, x.output, got.Output)
		require.Contains(t, body, `"status":"`+x.status+`"`)
		require.Contains(t, body, fmt.Sprintf(`"output_tokens":%d`, x.output))
	}
}
