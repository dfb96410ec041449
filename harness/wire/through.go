package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/agentchaos/agentchaos"
)

// Through puts a call (a resilience stack around a [Client], say) under an agent's own SDK: it is a RoundTripper whose requests
// go down the call, and whose answers come back as they came from the provider.
//
//	call := policy.Start(env)(wire.Client(http.DefaultTransport))
//	client := openai.NewClient(option.WithHTTPClient(&http.Client{Transport: wire.Through(call)}), option.WithMaxRetries(0))
//
// A streamed answer is held back until its terminal event has come, so that a cut can be retried, and then played out at
// once. So the time to the first token becomes the time of the whole answer: with 200 tokens at 16 ms each it is 3.2 s later.
// That is the price of an answer that is never half one.
//
// The policy's Check must be set, since the default knows the simulated models only: [AnyContent] takes what the client lets
// through. A fallback to another model needs Config.Endpoint, and one of the same format. What is asked besides (models,
// embeddings, files) goes down the call as well, as a read or a write of the target PROVIDER/-, never to another.
//
// An answer that says itself that it was cut by max_tokens, or refused, is a failure to the policies, and goes to the agent as
// it came. What else fails for good is answered with the provider's last error, or with one in its words where there is none (an open
// breaker, a cut stream), and with X-Should-Retry: false, so that the vendors' SDKs do not ask again what has been asked
// often enough.
func Through(call agentchaos.Call) http.RoundTripper { return &through{call: call} }

// AnyContent is a policy's Check that takes every answer that the client has understood.
func AnyContent(*agentchaos.Request, agentchaos.Content) agentchaos.Variant {
	return agentchaos.NoVariant
}

type through struct {
	call  agentchaos.Call
	tasks atomic.Uint32
}

// relay is the agent's request, on its way down.
type relay struct {
	hr     *http.Request
	body   []byte
	prompt *Prompt
	target string
	aside  bool // it asks for no answer of a model
}

type relayKey struct{}

// Recorded is an answer as it came: what [agentchaos.Response] has as Raw under Through.
type Recorded struct {
	Status int
	Header http.Header
	body   bytes.Buffer
}

// Body is what came, byte for byte.
func (r *Recorded) Body() []byte { return r.body.Bytes() }

// RoundTrip sends the request down the call.
func (t *through) RoundTrip(hr *http.Request) (*http.Response, error) {
	body, err := readBody(hr.Body, hr.ContentLength, defaultLimit)
	if err != nil {
		return nil, err
	}
	r := newRelay(hr, body)
	req := &agentchaos.Request{
		ID: agentchaos.ID{Task: t.tasks.Add(1), Step: 1}, Target: r.target,
		Input: r.prompt.Input, Output: r.prompt.Max, Stream: r.prompt.Stream,
	}
	if r.aside {
		if req.Use = agentchaos.UseWrite; hr.Method == http.MethodGet || strings.HasSuffix(hr.URL.Path, "/embeddings") || strings.HasSuffix(hr.URL.Path, "/count_tokens") {
			req.Use = agentchaos.UseRead
		}
	}
	resp, err := t.call(context.WithValue(hr.Context(), relayKey{}, r), req)
	if err != nil {
		return r.failed(err)
	}
	if rec, ok := resp.Raw.(*Recorded); ok {
		return r.played(rec.Status, rec.Header, rec.Body()), nil
	}
	return r.failed(&agentchaos.Error{Kind: agentchaos.Truncated, Target: resp.Target, Err: errors.New("the policies took it for an answer, but it is none to hand on")})
}

func newRelay(hr *http.Request, body []byte) *relay {
	route := routeOf(asOurs(hr.URL.Path))
	r := &relay{hr: hr, body: body, prompt: &Prompt{}, aside: route.endpoint != talk}
	if !r.aside {
		p, err := readPrompt(route.format, body)
		r.aside = err != nil // the provider will say what is wrong with it
		r.prompt = p
	}
	r.prompt.Provider = route.provider
	if r.aside {
		provider := route.provider
		if provider == "" {
			provider = formats[route.format].provider
		}
		r.prompt = &Prompt{Format: route.format}
		r.target = provider + "/-"
		return r
	}
	r.target = DefaultTarget(r.prompt)
	return r
}

// asOurs is a path without what real providers put before it: https://openrouter.ai/api/v1, https://api.groq.com/openai/v1.
func asOurs(path string) string {
	const v1, chat = "/v1/", "/chat/completions"
	if routeOf(path).endpoint != nowhere {
		return path
	}
	if i := strings.LastIndex(path, v1); i > 0 {
		return path[i:]
	}
	if strings.HasSuffix(path, chat) {
		return chat
	}
	return path
}

func (r *relay) played(status int, header http.Header, body []byte) *http.Response {
	h := http.Header{}
	for k, v := range header {
		h[k] = v
	}
	h.Del("Content-Length")
	out := response(r.hr, status, h)
	out.ContentLength, out.Body = int64(len(body)), newBody(body)
	return out
}

// failed is the end of all attempts, as an SDK understands it.
func (r *relay) failed(err error) (*http.Response, error) {
	if ended := r.hr.Context().Err(); ended != nil {
		return nil, ended
	}
	var whole *saidSo
	if errors.As(err, &whole) {
		return r.played(whole.Status, whole.Header, whole.Body()), nil
	}
	var s *StatusError
	if errors.As(err, &s) {
		out := r.played(s.Status, s.Header, s.Body)
		out.Header.Set("X-Should-Retry", "false")
		return out, nil
	}
	d := r.prompt.Format.Dialect()
	w, ok := d.Wire(agentchaos.KindOf(err))
	if !ok {
		w, _ = d.Wire(agentchaos.Unavailable)
		w.Status = http.StatusBadGateway
		if k := agentchaos.KindOf(err); k == agentchaos.BreakerOpen || k == agentchaos.BulkheadFull || k == agentchaos.BudgetExhausted {
			w.Status = http.StatusServiceUnavailable
		}
	}
	body := appendError(nil, d, errorBody{w, err.Error(), ""})
	return r.played(w.Status, http.Header{"Content-Type": jsonType, "X-Should-Retry": {"false"}}, body), nil
}

func newBody(b []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(b)) }
