package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/agentchaos/agentchaos"
)

// prepare makes the HTTP request of an attempt: that of the agent, if [Through] has one, else one of the size that is asked for.
func (c *client) prepare(ctx context.Context, req *agentchaos.Request) (*http.Request, *hearing, error) {
	h := &hearing{client: c, ctx: ctx, req: req, output: -1}
	if r, ok := ctx.Value(relayKey{}).(*relay); ok {
		h.record = &Recorded{}
		h.format, h.aside = r.prompt.Format, r.aside
		hr, err := c.forward(ctx, r, req)
		return hr, h, err
	}
	e := c.endpoint(req.Target)
	h.format = e.Format
	if e.Model == "" {
		_, e.Model, _ = cut(req.Target)
	}
	hr, err := post(ctx, e, ask(e, req))
	if err != nil {
		return nil, nil, &agentchaos.Error{Kind: agentchaos.InvalidRequest, Target: req.Target, Err: err}
	}
	WriteID(hr.Header, req.ID)
	return hr, h, nil
}

func post(ctx context.Context, e Endpoint, body []byte) (*http.Request, error) {
	hr, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL+formats[e.Format].path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	hr.Header["Content-Type"] = jsonType
	if e.Format == Messages {
		hr.Header["Anthropic-Version"] = messagesVersion
	}
	for k, v := range e.Header {
		hr.Header[http.CanonicalHeaderKey(k)] = v
	}
	return hr, nil
}

var messagesVersion = []string{"2023-06-01"}

// ask is a request of as many tokens as the attempt sends, for as many as it wants.
func ask(e Endpoint, req *agentchaos.Request) []byte {
	b := appendString([]byte(`{"model":`), e.Model)
	prompt := filler(bytesPerToken * max(0, req.Input))
	switch e.Format {
	case Responses:
		b = appendString(append(b, `,"input":`...), prompt)
		b = appendInt(append(b, `,"max_output_tokens":`...), req.Output)
	case Chat:
		b = appendString(append(b, `,"messages":[{"role":"user","content":`...), prompt)
		b = appendInt(append(b, `}],"max_completion_tokens":`...), req.Output)
	default:
		b = appendString(append(b, `,"messages":[{"role":"user","content":`...), prompt)
		b = appendInt(append(b, `}],"max_tokens":`...), req.Output)
	}
	if req.Stream {
		b = append(b, `,"stream":true`...)
		if e.Format == Chat {
			b = append(b, `,"stream_options":{"include_usage":true}`...)
		}
	}
	return append(b, '}')
}

var fill = strings.Repeat("word", 4096)

func filler(n int) string {
	if n <= len(fill) {
		return fill[:n]
	}
	return strings.Repeat(fill, n/len(fill)+1)[:n]
}

// ErrOtherFormat is a fallback to a target that speaks another format than the agent's request is written in.
var ErrOtherFormat = errors.New("wire: the target speaks another format than the request is in")

// ErrNoEndpoint is a fallback to a target of which nobody has said how it is reached.
var ErrNoEndpoint = errors.New("wire: no endpoint for the target: set Config.Endpoint")

// forward is the agent's own request, for the attempt's target.
func (c *client) forward(ctx context.Context, r *relay, req *agentchaos.Request) (*http.Request, error) {
	hr := r.hr.Clone(ctx)
	hr.Header.Del("Accept-Encoding") // so that the transport unpacks what it gets
	body := r.body
	if req.Target != r.target {
		e, err := c.elsewhere(r, req.Target)
		if err != nil {
			return nil, &agentchaos.Error{Kind: agentchaos.InvalidRequest, Target: req.Target, Err: err}
		}
		to, err := post(ctx, e, nil)
		if err == nil {
			body, err = renamed(r.body, e.Model)
		}
		if err != nil {
			return nil, &agentchaos.Error{Kind: agentchaos.InvalidRequest, Target: req.Target, Err: err}
		}
		if to.URL.Host != hr.URL.Host || to.URL.Scheme != hr.URL.Scheme {
			for name := range hr.Header {
				if !elsewhereToo(name) {
					hr.Header.Del(name)
				}
			}
		}
		hr.URL, hr.Host = to.URL, to.Host
		for k, v := range e.Header {
			hr.Header[http.CanonicalHeaderKey(k)] = v
		}
	}
	hr.Body, hr.ContentLength = http.NoBody, int64(len(body))
	if len(body) > 0 {
		hr.Body = newBody(body)
		hr.GetBody = func() (io.ReadCloser, error) { return newBody(body), nil } // for a kept connection that turns out to be dead
	}
	return hr, nil
}

// elsewhereToo reports whether another host than the agent's own gets a header as well. Only what says how the body is to be read: any
// other may be a key.
func elsewhereToo(name string) bool {
	switch name {
	case "Content-Type", "Accept", "User-Agent", "Anthropic-Version", "Anthropic-Beta":
		return true
	}
	return strings.HasPrefix(name, "X-Stainless-")
}

func (c *client) elsewhere(r *relay, target string) (Endpoint, error) {
	if c.Endpoint == nil {
		return Endpoint{}, fmt.Errorf("%w: %s", ErrNoEndpoint, target)
	}
	e := c.Endpoint(target)
	if e.Format != r.prompt.Format || r.aside {
		return Endpoint{}, fmt.Errorf("%w: %s speaks %v, the request %v", ErrOtherFormat, target, e.Format, r.prompt.Format)
	}
	if e.Model == "" {
		_, e.Model, _ = cut(target)
	}
	return e, nil
}

// renamed is a body for another model.
func renamed(body []byte, model string) ([]byte, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, err
	}
	all["model"] = appendString(nil, model)
	return json.Marshal(all)
}
