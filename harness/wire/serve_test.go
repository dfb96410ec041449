package wire_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// events are those of a stream, read by a reader of its own: names and data.
func eventsOf(t *testing.T, body string) (names []string, data []map[string]any) {
	events, stump := split(body)
	require.Empty(t, stump)
	for _, e := range events {
		name, rest := "", e
		if strings.HasPrefix(e, "event: ") {
			name, rest, _ = strings.Cut(strings.TrimPrefix(e, "event: "), "\n")
		}
		payload, ok := strings.CutPrefix(rest, "data: ")
		require.True(t, ok, e)
		require.NotContains(t, payload, "\n", "one line of data")
		var d map[string]any
		if payload != "[DONE]" {
			require.NoError(t, json.Unmarshal([]byte(payload), &d), payload)
		} else {
			name = payload
		}
		names, data = append(names, name), append(data, d)
	}
	return names, data
}

// Every body and every event of everything that can be said parses, and a stream is in order.
func TestEverythingParses(t *testing.T) {
	for _, f := range formats {
		for _, x := range exhibits(f) {
			if e := x.script.End; e.Form != ac.Whole && e.Form != ac.Event && e.Form != ac.Short {
				continue
			}
			if !x.streamed {
				body, err := bodyOf(post(t, serves(author(x.reply), x.script), paths[f], asking(f, false)))
				require.NoError(t, err)
				require.True(t, json.Valid([]byte(body)), body)
			}
			body, err := bodyOf(post(t, serves(author(x.reply), x.script), paths[f], asking(f, true)))
			require.NoError(t, err)
			names, data := eventsOf(t, body)
			for i, d := range data {
				switch f {
				case wire.Chat:
					require.Equal(t, i == len(data)-1 && x.script.End.Form != ac.Event, names[i] == "[DONE]")
				case wire.Responses:
					require.Equal(t, names[i], d["type"])
					require.EqualValues(t, i, d["sequence_number"], "%s: %s", x.name, body)
				case wire.Messages:
					require.Equal(t, names[i], d["type"])
				}
			}
			last := map[wire.Format]string{wire.Chat: "[DONE]", wire.Messages: "message_stop", wire.Responses: "response.completed"}[f]
			if x.script.End.Form == ac.Event {
				last = map[wire.Format]string{wire.Messages: "error", wire.Responses: "response.failed"}[f]
			} else if f == wire.Responses && (x.script.End.Form == ac.Short || x.reply.Finish != ac.None) {
				last = "response.incomplete"
			}
			require.Equal(t, last, names[len(names)-1], x.name)
		}
	}
}

// Chat ends a stream with the token counts where they are asked for, and nowhere else.
func TestUsageOfAStream(t *testing.T) {
	s := serves(author{Text: "Hi"}, whole(1))
	body, err := bodyOf(post(t, s, "/v1/chat/completions", `{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}`))
	require.NoError(t, err)
	require.NotContains(t, body, "usage")
	body, err = bodyOf(post(t, s, "/v1/chat/completions", asking(wire.Chat, true)))
	require.NoError(t, err)
	_, data := eventsOf(t, body)
	require.Equal(t, []any{}, data[len(data)-2]["choices"])
	require.EqualValues(t, 1, data[len(data)-2]["usage"].(map[string]any)["completion_tokens"])
	for _, d := range data[:len(data)-2] {
		require.Contains(t, d, "usage")
		require.Nil(t, d["usage"])
	}
}

// However an answer is cut into tokens, what they say together is the answer.
func TestTokensAddUp(t *testing.T) {
	for _, f := range formats {
		for _, x := range healthy {
			if x.n == 0 {
				continue
			}
			for _, n := range []int{len(x.reply.Calls) + 1, 7, 50, 200} {
				resp, err := hear(t, f, true, says("text/event-stream", rendered(t, f, x.reply, n)))
				require.NoError(t, err)
				want := ac.Content{Text: x.reply.Text}
				if len(x.reply.Calls) > 0 {
					want.Tool, want.Arguments = x.reply.Calls[0].Name, x.reply.Calls[0].Arguments
				}
				require.Equal(t, want, resp.Content, "%v %s in %d tokens", f, x.name, n)
				require.Equal(t, n, resp.Output)
			}
		}
	}
}

// Every call of an answer has an ID of its own, however many there are.
func TestCallsHaveIDs(t *testing.T) {
	many := author{Calls: make([]wire.ToolCall, 60)}
	for i := range many.Calls {
		many.Calls[i] = wire.ToolCall{Name: fmt.Sprint("t", i), Arguments: `{}`}
	}
	body, err := bodyOf(post(t, serves(many, whole(60)), "/v1/chat/completions", asking(wire.Chat, false)))
	require.NoError(t, err)
	var a struct {
		Choices []struct {
			Message struct {
				ToolCalls []struct{ ID string } `json:"tool_calls"`
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(body), &a))
	seen := map[string]bool{}
	for _, c := range a.Choices[0].Message.ToolCalls {
		require.False(t, seen[c.ID], c.ID)
		seen[c.ID] = true
	}
	require.Len(t, seen, 60)
}

// Both kinds of path, with and without /v1, and behind a provider's name.
func TestPaths(t *testing.T) {
	for _, f := range formats {
		vendor := map[wire.Format]string{wire.Chat: "openai", wire.Responses: "openai", wire.Messages: "anthropic"}[f]
		for path, target := range map[string]string{
			"/v1" + paths[f]: vendor + "/m-1", paths[f]: vendor + "/m-1", paths[f] + "/": vendor + "/m-1",
			"/p/acme/v1" + paths[f]: "acme/m-1", "/p/acme" + paths[f]: "acme/m-1",
		} {
			var got ac.Request
			s := &wire.Server{Clock: frozen{}, Open: func(_ time.Duration, r *ac.Request) ac.Script { got = *r; return whole(r.Output) }}
			r := post(t, s, path, asking(f, false))
			require.Equal(t, 200, r.StatusCode, path)
			require.Equal(t, target, got.Target, path)
		}
	}
	var got string
	s := &wire.Server{Clock: frozen{}, Open: func(_ time.Duration, r *ac.Request) ac.Script { got = r.Target; return whole(1) }}
	post(t, s, "/v1/chat/completions", `{"model":"mistral/large","messages":[{"role":"user","content":"x"}]}`)
	require.Equal(t, "mistral/large", got, "a model that names its provider")
	post(t, s, "/p/acme/v1/chat/completions", `{"model":"mistral/large","messages":[{"role":"user","content":"x"}]}`)
	require.Equal(t, "acme/mistral/large", got, "the path goes before")
}

// door is what the front door answers, before any provider is asked.
var door = []struct {
	name, method, path, body string
	status                   int
	kind, says               string // the error's type, and what its message has in it
}{
	{"no such path", "POST", "/v1/completions", "{}", 404, "invalid_request_error", "Unknown request URL: POST /v1/completions"},
	{"/v1 twice", "POST", "/v1/v1/messages", "{}", 404, "not_found_error", "ANTHROPIC_BASE_URL takes none"},
	{"nothing after a provider", "POST", "/p/acme", "{}", 404, "invalid_request_error", "Unknown request URL"},
	{"the wrong method", "GET", "/v1/chat/completions", "", 405, "invalid_request_error", "it takes POST"},
	{"the wrong method, at Anthropic's", "GET", "/v1/messages", "", 405, "invalid_request_error", "it takes POST"},
	{"the wrong method, for models", "POST", "/v1/models", "{}", 405, "invalid_request_error", "it takes GET"},
	{"no body", "POST", "/v1/chat/completions", "", 400, "invalid_request_error", "could not parse the JSON body"},
	{"half a body", "POST", "/v1/responses", `{"model":"m","inp`, 400, "invalid_request_error", "could not parse the JSON body"},
	{"no JSON", "POST", "/v1/messages", `model=m`, 400, "invalid_request_error", "could not parse the JSON body"},
	{"a list", "POST", "/v1/chat/completions", `[]`, 400, "invalid_request_error", "should be a JSON object"},
	{"null", "POST", "/v1/messages", `null`, 400, "invalid_request_error", "at least one message"},
	{"no model", "POST", "/v1/chat/completions", `{"messages":[{"role":"user","content":"x"}]}`, 400, "invalid_request_error", "model"},
	{"no model, of Responses", "POST", "/v1/responses", `{"input":"x"}`, 400, "invalid_request_error", "model"},
	{"a model that is a number", "POST", "/v1/chat/completions", `{"model":7,"messages":[{"role":"user","content":"x"}]}`, 400, "invalid_request_error", "model: got number"},
	{"no messages", "POST", "/v1/chat/completions", `{"model":"m"}`, 400, "invalid_request_error", "'messages'"},
	{"a field of another type", "POST", "/v1/chat/completions", `{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":"many"}`, 400, "invalid_request_error", "max_tokens: got string"},
	{"arguments that are an object", "POST", "/v1/chat/completions", `{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":{}}}]}]}`, 400, "invalid_request_error", "arguments"},
	{"Messages without max_tokens", "POST", "/v1/messages", `{"model":"m","messages":[{"role":"user","content":"x"}]}`, 400, "invalid_request_error", "max_tokens: Field required"},
	{"less than no tokens", "POST", "/v1/chat/completions", `{"model":"m","max_tokens":-1,"messages":[{"role":"user","content":"x"}]}`, 400, "invalid_request_error", "max_tokens"},
	{"too large", "POST", "/v1/chat/completions", `{"model":"` + strings.Repeat("m", 2000) + `"}`, 413, "invalid_request_error", "1000 bytes"},
	{"too large, at Anthropic's", "POST", "/v1/messages", `{"model":"` + strings.Repeat("m", 2000) + `"}`, 413, "request_too_large", "1000 bytes"},
}

func TestTheFrontDoor(t *testing.T) {
	for _, x := range door {
		t.Run(x.name, func(t *testing.T) {
			told := 0
			s := &wire.Server{Clock: frozen{}, Limit: 1000, Open: func(time.Duration, *ac.Request) ac.Script {
				t.Error("the provider has been asked")
				return ac.Script{}
			}, Refused: func(_ *http.Request, status int) { told = status }}
			r := send(t, s, x.method, x.path, x.body)
			body, err := bodyOf(r)
			require.NoError(t, err)
			require.Equal(t, x.status, r.StatusCode, body)
			require.Equal(t, x.status, told)
			require.Equal(t, "application/json", r.Header.Get("Content-Type"))
			require.EqualValues(t, len(body), r.ContentLength)
			require.Equal(t, x.status == 405, r.Header.Get("Allow") != "")
			var e struct {
				Type      string
				Error     struct{ Type, Message string }
				RequestID string `json:"request_id"`
			}
			require.NoError(t, json.Unmarshal([]byte(body), &e))
			require.Equal(t, x.kind, e.Error.Type)
			require.Contains(t, e.Error.Message, x.says)
			require.NotContains(t, e.Error.Message, "Go ", "the client does not know our types")
			if strings.HasSuffix(x.path, "/messages") {
				require.Equal(t, "error", e.Type)
				require.NotEmpty(t, e.RequestID)
			}
		})
	}
}

// API version 2026-10-21 refuses what 2023-06-01 takes. docs.anthropic.com, API versions, November 2026.
func TestAnthropicVersions(t *testing.T) {
	const user = `{"role":"user","content":"x"}`
	for _, x := range []struct {
		name, more, messages string
		strict               bool   // the new version refuses it
		says                 string // and names this
	}{
		{"nothing special", ``, user, false, ""},
		{"temperature, even at its default", `"temperature":1,`, user, true, "temperature"},
		{"top_p", `"top_p":0.9,`, user, true, "top_p"},
		{"top_k", `"top_k":5,`, user, true, "top_k"},
		{"temperature null is not given", `"temperature":null,`, user, false, ""},
		{"a document of the assistant's", ``, user + `,{"role":"assistant","content":[{"type":"text","text":"y"},{"type":"document","source":{}}]}`, true, "messages.1.content.1"},
		{"a document of the user's", ``, `{"role":"user","content":[{"type":"document","source":{}}]}`, false, ""},
		{"citations on the user's text", ``, `{"role":"user","content":[{"type":"text","text":"y","citations":[{"type":"char_location"}]}]}`, true, "messages.0.content.0.citations"},
		{"no citations on the user's text", ``, `{"role":"user","content":[{"type":"text","text":"y","citations":[]}]}`, false, ""},
		{"citations null on the user's text", ``, `{"role":"user","content":[{"type":"text","text":"y","citations":null}]}`, false, ""},
		{"citations on the assistant's text", ``, user + `,{"role":"assistant","content":[{"type":"text","text":"y","citations":[{"type":"char_location"}]}]}`, false, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			body := `{"model":"m","max_tokens":9,` + x.more + `"messages":[` + x.messages + `]}`
			for _, version := range []string{"", "2023-01-01", "2023-06-01", "2026-10-21", "2027-01-01"} {
				header := []string{}
				if version != "" {
					header = []string{"Anthropic-Version", version}
				}
				r := post(t, serves(nil, whole(9)), "/v1/messages", body, header...)
				said, _ := bodyOf(r)
				if x.strict && version >= "2026-10-21" {
					require.Equal(t, 400, r.StatusCode, version)
					require.Contains(t, said, x.says)
					require.Contains(t, said, `"invalid_request_error"`)
				} else {
					require.Equal(t, 200, r.StatusCode, "%s: %s", version, said)
				}
			}
			require.Equal(t, 200, post(t, serves(nil, whole(9)), "/v1/chat/completions", `{"model":"m","temperature":1,"messages":[`+user+`]}`, "Anthropic-Version", "2026-10-21").StatusCode, "it is Anthropic's rule")
		})
	}
}
