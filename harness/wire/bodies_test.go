package wire_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

const (
	chatText = `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}`
	chatTool = `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"look","arguments":"{\"a\":"}},{"id":"call_2","type":"function","function":{"name":"run","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`
	// The live API writes its bodies with spaces.
	responsesText   = `{"id": "resp_1", "object": "response", "status": "completed", "error": null, "incomplete_details": null, "output": [{"id": "rs_1", "type": "reasoning", "summary": []}, {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [{"type": "output_text", "text": "Hi", "annotations": []}]}], "usage": {"input_tokens": 9, "output_tokens": 2, "total_tokens": 11}}`
	responsesTool   = `{"id":"resp_1","object":"response","status":"completed","error":null,"output":[{"id":"fc_1","type":"function_call","call_id":"call_1","name":"look","arguments":"{\"a\":1}","status":"completed"},{"type":"function_call","call_id":"call_2","name":"run","arguments":"{}"}],"usage":null}`
	responsesFailed = `{"id": "resp_1", "object": "response", "status": "failed", "error": {"code": "server_error", "message": "x"}, "output": []}`
	messagesText    = `{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":2}}`
	messagesTool    = `{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"Well. "},{"type":"tool_use","id":"toolu_1","name":"look","input":{"a": 1}},{"type":"tool_use","id":"toolu_2","name":"run","input":{}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":2}}`
)

func text(s string, got int) verdict {
	return verdict{Status: 200, Got: got, Content: ac.Content{Text: s}}
}

func odd(v ac.Variant) verdict { return verdict{Kind: ac.Malformed, Variant: v, Status: 200} }

func ended(k ac.Kind, got int) verdict { return verdict{Kind: k, Status: 200, Got: got} }

// bodies are answers of status 200 that are no streams, and what the client makes of them when it has asked for none.
var bodies = []struct {
	name, contentType, body string
	format                  wire.Format
	want                    verdict
}{
	{"chat, a text", "application/json", chatText, wire.Chat, text("Hi", 2)},
	{"chat, calls: the first is the content, as the model wrote it", "application/json", chatTool, wire.Chat, verdict{Status: 200, Content: ac.Content{Tool: "look", Arguments: `{"a":`}}},
	{"chat, cut by max_tokens", "application/json", `{"choices":[{"message":{"role":"assistant","content":"H"},"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":20}}`, wire.Chat, ended(ac.Length, 20)},
	{"chat, filtered", "application/json", `{"choices":[{"message":{"role":"assistant","content":""},"finish_reason":"content_filter"}]}`, wire.Chat, ended(ac.ContentFilter, 0)},
	{"chat, a refusal is what the model says", "application/json", `{"choices":[{"message":{"role":"assistant","content":null,"refusal":"I can't."},"finish_reason":"stop"}]}`, wire.Chat, text("I can't.", 0)},
	{"chat, no choices", "application/json", `{"object":"chat.completion","choices":[]}`, wire.Chat, odd(ac.WrongSchema)},
	{"chat, choices are null", "application/json", `{"object":"chat.completion","choices":null}`, wire.Chat, odd(ac.WrongSchema)},
	{"chat, a field of another type", "application/json", `{"choices":"none"}`, wire.Chat, odd(ac.WrongSchema)},
	{"responses, a text after reasoning", "application/json", responsesText, wire.Responses, text("Hi", 2)},
	{"responses, calls", "application/json", responsesTool, wire.Responses, verdict{Status: 200, Content: ac.Content{Tool: "look", Arguments: `{"a":1}`}}},
	{"responses, a refusal is what the model says", "application/json", `{"object":"response","status":"completed","output":[{"type":"message","content":[{"type":"refusal","refusal":"I can't."}]}]}`, wire.Responses, text("I can't.", 0)},
	{"responses, failed: the kind is its error's", "application/json", responsesFailed, wire.Responses, ended(ac.Unavailable, 0)},
	{"responses, failed for a rate limit", "application/json", `{"object":"response","status":"failed","error":{"code":"rate_limit_exceeded","message":"x"},"output":[]}`, wire.Responses, ended(ac.RateLimit, 0)},
	{"responses, failed and does not say why", "application/json", `{"object":"response","status":"failed","error":null}`, wire.Responses, ended(ac.Unavailable, 0)},
	{"responses, cut by max_output_tokens", "application/json", `{"object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[],"usage":{"input_tokens":1,"output_tokens":16}}`, wire.Responses, ended(ac.Length, 16)},
	{"responses, filtered", "application/json", `{"object":"response","status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]}`, wire.Responses, ended(ac.ContentFilter, 0)},
	{"responses, incomplete for another reason is not whole either", "application/json", `{"object":"response","status":"incomplete","incomplete_details":{"reason":"steered"},"output":[]}`, wire.Responses, ended(ac.Length, 0)},
	{"responses, incomplete for no reason", "application/json", `{"object":"response","status":"incomplete","incomplete_details":null,"output":[]}`, wire.Responses, ended(ac.Length, 0)},
	{"responses, in progress is no answer", "application/json", `{"object":"response","status":"in_progress","output":[]}`, wire.Responses, odd(ac.WrongSchema)},
	{"responses, cancelled is no answer", "application/json", `{"object":"response","status":"cancelled","output":[]}`, wire.Responses, odd(ac.WrongSchema)},
	{"messages, a text", "application/json", messagesText, wire.Messages, text("Hi", 2)},
	{"messages, thinking, text, calls", "application/json", messagesTool, wire.Messages, verdict{Status: 200, Got: 2, Content: ac.Content{Text: "Well. ", Tool: "look", Arguments: `{"a": 1}`}}},
	{"messages, cut by max_tokens", "application/json", `{"type":"message","content":[{"type":"text","text":"H"}],"stop_reason":"max_tokens","usage":{"input_tokens":1,"output_tokens":20}}`, wire.Messages, ended(ac.Length, 20)},
	{"messages, no room left in the context", "application/json", `{"type":"message","content":[],"stop_reason":"model_context_window_exceeded","usage":{"output_tokens":3}}`, wire.Messages, ended(ac.ContextLength, 3)},
	{"messages, refused", "application/json", `{"type":"message","content":[{"type":"text","text":""}],"stop_reason":"refusal","stop_details":{"type":"refusal","category":null,"explanation":null},"usage":{"output_tokens":1}}`, wire.Messages, ended(ac.ContentFilter, 1)},
	{"messages, a stop sequence is an end", "application/json", `{"type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"stop_sequence","stop_sequence":"END","usage":{"output_tokens":1}}`, wire.Messages, text("Hi", 1)},
	{"messages, a pause is an end", "application/json", `{"type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"pause_turn","usage":{"output_tokens":1}}`, wire.Messages, text("Hi", 1)},
	{"another format's answer", "application/json", chatText, wire.Messages, odd(ac.WrongSchema)},
	{"another format's answer", "application/json", messagesText, wire.Responses, odd(ac.WrongSchema)},
}

// nonsense are answers of status 200 that are none in any format, streamed or not.
var nonsense = []struct {
	name, contentType, body string
	variant                 ac.Variant
}{
	{"a page", "text/html; charset=utf-8", page502, ac.HTML},
	{"a page that says that it is JSON", "application/json", "\n  " + page502, ac.HTML},
	{"a text that says that it is a page", "text/html", "Bad gateway", ac.HTML},
	{"nothing", "application/json", "", ac.Empty},
	{"nothing but blanks", "application/json", " \r\n", ac.Empty},
	{"half an object", "application/json", `{"id":"chatcmpl-1","choices":[{"ind`, ac.TruncatedJSON},
	{"no JSON", "application/json", `{"id": chatcmpl}`, ac.InvalidJSON},
	{"a word", "text/plain", "upstream connect error", ac.InvalidJSON},
	{"null", "application/json", "null", ac.WrongSchema},
	{"a list", "application/json", "[]", ac.WrongSchema},
	{"an empty object", "application/json", "{}", ac.WrongSchema},
	{"OpenAI's error", "application/json", `{"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}`, ac.ErrorBody},
	{"Anthropic's error", "application/json", `{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}}`, ac.ErrorBody},
	{"an error that is a string", "application/json", `{"error":"overloaded"}`, ac.ErrorBody},
	{"an error that speaks of an object", "application/json", `{"error":{"message":"no \"object\":\"response\" here"}}`, ac.ErrorBody},
}

func TestBodies(t *testing.T) {
	for _, x := range bodies {
		t.Run(x.name, func(t *testing.T) {
			require.Equal(t, x.want, verdictOf(hear(t, x.format, false, says(x.contentType, x.body))))
			got := verdictOf(hear(t, x.format, true, says(x.contentType, x.body)))
			require.Equal(t, odd(ac.WrongSchema), got, "a whole answer where a stream was asked for")
		})
	}
	for _, x := range nonsense {
		t.Run(x.name, func(t *testing.T) {
			for _, f := range formats {
				for _, stream := range []bool{false, true} {
					require.Equal(t, odd(x.variant), verdictOf(hear(t, f, stream, says(x.contentType, x.body))), f)
				}
			}
		})
	}
}

func TestUsageIsTheVendors(t *testing.T) {
	for f, body := range map[wire.Format]string{wire.Chat: chatText, wire.Responses: responsesText, wire.Messages: messagesText} {
		resp, err := hear(t, f, false, says("application/json", body))
		require.NoError(t, err)
		require.Equal(t, ac.Response{Target: model, Input: 9, Output: 2, Content: ac.Content{Text: "Hi"}}, *resp)
	}
}

// Before the status line: what a transport says when there is no response at all.
func TestTransportErrors(t *testing.T) {
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)}
	}
	read := func(err error) error {
		return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", err)}
	}
	for _, x := range []struct {
		name string
		err  error
		kind ac.Kind
	}{
		{"refused", dial(syscall.ECONNREFUSED), ac.Reset},
		{"reset", read(syscall.ECONNRESET), ac.Reset},
		{"reset while the request is being sent", &net.OpError{Op: "write", Net: "tcp", Err: os.NewSyscallError("write", syscall.EPIPE)}, ac.Reset},
		{"closed without an answer", io.EOF, ac.Reset},
		{"closed in the middle of the headers", io.ErrUnexpectedEOF, ac.Reset},
		{"no such host", &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}, ac.Unavailable},
		{"the name server does not answer: nothing of the vendor's", &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "i/o timeout", IsTimeout: true}}, ac.Unavailable},
		{"nobody answers the dial", dial(syscall.ETIMEDOUT), ac.Timeout},
		{"the transport's own limit", os.ErrDeadlineExceeded, ac.Timeout},
		{"anything else, as of TLS", errors.New("tls: bad certificate"), ac.Unavailable},
	} {
		t.Run(x.name, func(t *testing.T) {
			for _, f := range formats {
				for _, stream := range []bool{false, true} {
					_, err := hear(t, f, stream, func(*http.Request) (*http.Response, error) { return nil, x.err })
					require.Equal(t, verdict{Kind: x.kind}, verdictOf(nil, err))
					require.ErrorIs(t, err, x.err)
				}
			}
		})
	}
}
