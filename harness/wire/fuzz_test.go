package wire_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

func FuzzChatRequest(f *testing.F)      { fuzzRequest(f, wire.Chat) }
func FuzzResponsesRequest(f *testing.F) { fuzzRequest(f, wire.Responses) }
func FuzzMessagesRequest(f *testing.F)  { fuzzRequest(f, wire.Messages) }

// Whatever the body, the server answers: with an answer, or with what is wrong, in JSON.
func fuzzRequest(f *testing.F, format wire.Format) {
	f.Add([]byte(asking(format, false)))
	f.Add([]byte(asking(format, true)))
	f.Add([]byte(conversations[format]))
	for _, x := range requests {
		if x.format == format {
			body := map[wire.Format]string{wire.Chat: `{"model":"m","messages":[{"role":"user","content":"x"}]`, wire.Responses: `{"model":"m","input":"x"`, wire.Messages: `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}]`}[format]
			f.Add([]byte(body + "," + x.more + "}"))
		}
	}
	for _, x := range door {
		f.Add([]byte(x.body))
	}
	var asked *ac.Request
	s := &wire.Server{Clock: frozen{}, Author: author{Text: "Ça \"va\"", Calls: []wire.ToolCall{{Name: "look", Arguments: `{"a":1}`}}},
		Open: func(_ time.Duration, r *ac.Request) ac.Script { asked = r; return whole(r.Output) }}
	f.Fuzz(func(t *testing.T, body []byte) {
		asked = nil
		r := post(t, s, paths[format], string(body), "Anthropic-Version", "2026-10-21")
		said, err := bodyOf(r)
		require.NoError(t, err)
		require.True(t, utf8.ValidString(said))
		if r.StatusCode == 400 {
			require.Nil(t, asked)
			isVendorError(t, format, said, "")
			return
		}
		require.Equal(t, 200, r.StatusCode)
		require.NotNil(t, asked)
		require.GreaterOrEqual(t, asked.Input, 0)
		require.GreaterOrEqual(t, asked.Output, 0)
		if !asked.Stream {
			require.True(t, json.Valid([]byte(said)), said)
			return
		}
		names, data := eventsOf(t, said)
		require.Len(t, data, len(names))
		resp, err := hear(t, format, true, says("text/event-stream", said))
		v := verdictOf(resp, err)
		require.Contains(t, []ac.Kind{ac.None, ac.Length}, v.Kind, "what the server says its own client understands")
	})
}

// oracle is how the standard reads events: a page of it, line by line. html.spec.whatwg.org, §9.2.6.
func oracle(s string) (names, data []string) {
	s = strings.TrimPrefix(s, "\xef\xbb\xbf")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(s, "\n")
	name, buffer := "", ""
	for _, line := range lines[:len(lines)-1] {
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			if buffer != "" {
				names, data = append(names, name), append(data, strings.TrimSuffix(buffer, "\n"))
			}
			name, buffer = "", ""
		case field == "event":
			name = value
		case field == "data":
			buffer += value + "\n"
		}
	}
	return names, data
}

func events(t *testing.T, r io.Reader) (names, data []string) {
	next := wire.Events(r)
	for {
		name, d, err := next()
		if err != nil {
			require.ErrorIs(t, err, io.EOF)
			return names, data
		}
		names, data = append(names, name), append(data, string(d))
	}
}

// heardKinds are what a stream or a body of status 200 can be. No connection is lost here, and no policy is asked.
var heardKinds = []ac.Kind{
	ac.None, ac.Truncated, ac.Malformed, ac.Length, ac.ContentFilter, ac.ContextLength, // by itself
	ac.RateLimit, ac.Quota, ac.Overloaded, ac.Unavailable, ac.Timeout, ac.Auth, ac.NotFound, ac.InvalidRequest, ac.Conflict, // an error event
}

// Whatever a provider sends, events are read as the standard has them, and the client says one of the things that there are
// to say; the same however the bytes come.
func FuzzEvents(f *testing.F) {
	for _, s := range []string{"", "\n", "data", "data:", "data:\n\n", "data: a\ndata: b\n\n", "event: x\n\ndata: a\n\n", ":c\rdata:a\r\rdata: b\r\n\r\n", "\xef\xbb\xbfdata: a\n\n", "\n\xef\xbb\xbfdata: a\n\n", "data : a\n\n", "id: 1\nretry: 2\ndata:  a\n\n"} {
		f.Add([]byte(s))
	}
	for _, rows := range streams {
		for _, x := range rows {
			f.Add([]byte(x.body))
		}
	}
	for _, x := range bodies {
		f.Add([]byte(x.body))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		names, data := oracle(string(b))
		gotNames, gotData := events(t, strings.NewReader(string(b)))
		require.Equal(t, data, gotData)
		require.Equal(t, names, gotNames)
		for _, format := range formats {
			for _, stream := range []bool{true, false} {
				v := hears(format, stream, strings.NewReader(string(b)))
				require.Contains(t, heardKinds, v.Kind)
				require.Equal(t, 200, v.Status)
				require.Equal(t, v.Kind == ac.Malformed, v.Variant != ac.NoVariant)
				require.Equal(t, v, hears(format, stream, iotest.OneByteReader(strings.NewReader(string(b)))))
			}
		}
	})
}

// hears is hear without the mock, which costs more than what is tested here.
func hears(f wire.Format, stream bool, body io.Reader) verdict {
	kind := map[bool]string{true: "text/event-stream", false: "application/json"}[stream]
	resp, err := asks(f, transport(func(hr *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(body), Request: hr}, nil
	}))(context.Background(), &ac.Request{Target: model, Stream: stream})
	return verdictOf(resp, err)
}
