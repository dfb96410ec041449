package wire_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var formats = []wire.Format{wire.Chat, wire.Responses, wire.Messages}

// verdict is all that a client says of an attempt, but for times.
type verdict struct {
	Kind       ac.Kind
	Variant    ac.Variant
	Status     int
	RetryAfter time.Duration
	Got        int // of an answer: its output tokens
	Content    ac.Content
}

func verdictOf(resp *ac.Response, err error) verdict {
	var e *ac.Error
	switch {
	case err == nil:
		return verdict{Status: 200, Got: resp.Output, Content: resp.Content}
	case errors.As(err, &e):
		return verdict{Kind: e.Kind, Variant: e.Variant, Status: e.Status, RetryAfter: e.RetryAfter, Got: e.Got}
	}
	return verdict{Kind: ac.KindOf(err)}
}

// api is where the tests' vendors are.
const api = "https://api.test/v1"

var paths = map[wire.Format]string{wire.Chat: "/chat/completions", wire.Responses: "/responses", wire.Messages: "/messages"}

// asks is a client of one format over a transport, on the wall clock.
func asks(f wire.Format, rt http.RoundTripper) ac.Call {
	return wire.Config{Endpoint: func(string) wire.Endpoint { return wire.Endpoint{URL: api, Format: f, Model: "m-1"} }}.Client(rt)
}

// hear is what the client makes of an HTTP answer.
func hear(t testing.TB, f wire.Format, stream bool, answer httpmock.Responder) (*ac.Response, error) {
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder("POST", api+paths[f], answer)
	resp, err := asks(f, mock)(context.Background(), &ac.Request{Target: model, Input: 3, Output: 20, Stream: stream})
	require.Equal(t, 1, mock.GetTotalCallCount(), "it never asks twice")
	return resp, err
}

// says is a 200 of a content type.
func says(contentType, body string) httpmock.Responder {
	return answers(200, http.Header{"Content-Type": {contentType}}, body)
}

func answers(status int, h http.Header, body string) httpmock.Responder {
	return func(hr *http.Request) (*http.Response, error) {
		r := httpmock.NewStringResponse(status, body)
		r.Header, r.Request = h.Clone(), hr
		return r, nil
	}
}

// frozen is a clock on which time stands still, so that whatever the machine does everything comes at once.
type frozen struct{ ac.Wall }

func (frozen) Now() time.Duration { return 0 }

func (f frozen) Sleep(ctx context.Context, d time.Duration) error {
	if d == ac.Forever {
		return f.Wall.Sleep(ctx, d)
	}
	return ctx.Err()
}

// scripted is a provider that has one answer to everything.
func scripted(s ac.Script) ac.Open {
	return func(time.Duration, *ac.Request) ac.Script { return s }
}

// author says one thing.
type author wire.Reply

func (a author) Answer(string, *wire.Prompt) wire.Reply { return wire.Reply(a) }

func (a author) Garble(_ string, _ *wire.Prompt, v ac.Variant) wire.Reply {
	return typed{}.Garble("", nil, v)
}

// whole is the script of a healthy answer of n tokens.
func whole(n int) ac.Script { return ac.Script{N: n, Sent: n} }

// serves is a server without time that gives one answer by one script.
func serves(a wire.Author, s ac.Script) *wire.Server {
	return &wire.Server{Open: scripted(s), Clock: frozen{}, Author: a}
}

// post sends a body to a server in process.
func post(t testing.TB, s *wire.Server, path, body string, header ...string) *http.Response {
	return send(t, s, http.MethodPost, path, body, header...)
}

func send(t testing.TB, s *wire.Server, method, path, body string, header ...string) *http.Response {
	hr, err := http.NewRequest(method, "http://server.test"+path, bytes.NewReader([]byte(body)))
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		hr.Header.Set(header[i], header[i+1])
	}
	r, err := s.RoundTrip(hr)
	require.NoError(t, err)
	return r
}

// bodyOf reads a body to its end, whatever that is.
func bodyOf(r *http.Response) (string, error) {
	b, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	return string(b), err
}

// asking is a request's body in a format.
func asking(f wire.Format, stream bool) string {
	body := map[wire.Format]string{
		wire.Chat:      `{"model":"m-1","messages":[{"role":"user","content":"Where is order 7?"}]`,
		wire.Responses: `{"model":"m-1","input":"Where is order 7?"`,
		wire.Messages:  `{"model":"m-1","max_tokens":1000,"messages":[{"role":"user","content":"Where is order 7?"}]`,
	}[f]
	if stream {
		body += `,"stream":true`
		if f == wire.Chat {
			body += `,"stream_options":{"include_usage":true}`
		}
	}
	return body + "}"
}
