package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Config says how a client speaks to its targets. The zero value speaks to this package's Server, on the wall clock.
type Config struct {
	Clock agentchaos.Clock // nil: the wall's
	// Epoch is the calendar time at which Clock began, which dates in a Retry-After count from. Zero: the wall clock's own
	// beginning; agentchaos.Epoch for any other clock.
	Epoch time.Time
	// Endpoint is how a target is reached. Nil: as a Server behind any host; under Through, for the target that the request
	// was for, where it was going.
	Endpoint func(target string) Endpoint
	// Limit is the most of an answer that is read, in bytes; 0: 32 MB.
	Limit int64
}

// Endpoint is how a target is reached.
type Endpoint struct {
	URL    string      // up to the format's own path: "https://api.openai.com/v1"
	Format Format      // zero: Chat
	Model  string      // what the vendor calls it; "": what follows the provider in the target
	Header http.Header // set on every request, such as its key
}

// Client is a Call over any transport, with Config's zero value.
func Client(rt http.RoundTripper) agentchaos.Call { return Config{}.Client(rt) }

// Client is a Call over a transport. It is strict: a stream without its terminal event or its reason to stop is truncated,
// a 200 that is not what it says is malformed. Kinds are read by [agentchaos.Classify]; the cause of an error that came as a
// response is a [StatusError].
//
// It keeps the request's FirstToken, Idle and Slow, and counts tokens as it gets them: an event with text is one, which is
// exact for this package's Server and a little low for vendors that put several into one.
//
// It never asks twice, follows no redirect and keeps no cookie: that is for who is above it.
func (c Config) Client(rt http.RoundTripper) agentchaos.Call {
	if c.Clock == nil {
		c.Clock = agentchaos.NewWall()
	}
	c.Epoch = epochOf(c.Epoch, c.Clock)
	if c.Limit <= 0 {
		c.Limit = defaultLimit
	}
	return (&client{Config: c, rt: rt}).call
}

type client struct {
	Config
	rt http.RoundTripper
}

// SimulatedURL is where a client without Endpoint sends its requests: a Server needs no host.
const SimulatedURL = "http://agentchaos.invalid/p/"

func (c *client) endpoint(target string) Endpoint {
	if c.Endpoint != nil {
		return c.Endpoint(target)
	}
	provider, _, _ := cut(target)
	return Endpoint{URL: SimulatedURL + provider + "/v1", Format: FormatOf(target)}
}

// hearing is one call and what has been heard of its answer.
type hearing struct {
	*client
	*watch
	ctx    context.Context // the caller's
	req    *agentchaos.Request
	format Format
	status int
	header http.Header
	record *Recorded // nil: nobody asks for it
	aside  bool      // of a record: it is no answer of a model

	text   strings.Builder
	tool   string // the first that is called
	args   strings.Builder
	calls  int
	got    int
	first  time.Duration
	input  int
	output int // as the vendor counts; −1: it has not said
	finish agentchaos.Kind
	reason bool // it has said why it stopped
	fresh  bool // Messages: a call has been opened, and nothing of it has come
}

func (c *client) call(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err // nothing is sent
	}
	hr, h, err := c.prepare(ctx, req)
	if err != nil {
		return nil, err
	}
	h.watch = newWatch(ctx, c.Clock, req)
	resp, err := h.exchange(hr.WithContext(h.watch.ctx))
	h.watch.end(false) // not deferred: what a simulated crash leaves behind must not run
	return resp, err
}

func (h *hearing) exchange(hr *http.Request) (*agentchaos.Response, error) {
	r, err := h.rt.RoundTrip(hr)
	if err != nil {
		return nil, h.broken(err)
	}
	h.status, h.header = r.StatusCode, r.Header
	if h.record != nil {
		h.record.Status, h.record.Header = r.StatusCode, r.Header
	}
	err = h.hear(r)
	_ = r.Body.Close()
	if err != nil {
		return nil, err
	}
	return h.answer()
}

func (h *hearing) hear(r *http.Response) error {
	body := io.Reader(io.LimitReader(r.Body, h.Limit+1))
	if h.record != nil {
		body = io.TeeReader(body, &h.record.body)
	}
	if r.StatusCode == http.StatusOK && h.req.Stream && !h.aside && isStream(r.Header) {
		return h.stream(body)
	}
	b, err := io.ReadAll(body)
	refused := r.StatusCode >= 300 || r.StatusCode != http.StatusOK && !h.aside
	switch {
	case err != nil && (!refused || h.ctx.Err() != nil || h.ranOut()): // of a refusal the status says enough, and the headers when to come back
		return h.broken(err)
	case refused:
		return h.refused(r, b)
	case int64(len(b)) > h.Limit:
		return h.malformed(agentchaos.TruncatedJSON, errAnswerTooLong)
	case h.aside:
		return nil
	}
	return h.whole(b)
}

// errAnswerTooLong is an answer that is not read to its end: a part of it is none.
var errAnswerTooLong = errors.New("wire: the answer is longer than Config.Limit")

func isStream(h http.Header) bool {
	return strings.HasPrefix(strings.ToLower(h.Get("Content-Type")), "text/event-stream")
}

// stream reads events up to the terminal one.
func (h *hearing) stream(body io.Reader) error {
	e := newEvents(body)
	for {
		name, data, err := e.next()
		switch {
		case err == io.EOF:
			return h.failed(agentchaos.Truncated)
		case errors.Is(err, errLineTooLong):
			return h.malformed(agentchaos.InvalidJSON, err)
		case err != nil:
			return h.broken(err)
		}
		if h.got > 0 && name != "ping" { // a search in between, say: the model is at work; a ping says nothing of it
			h.watch.alive()
		}
		done, err := hearers[h.format].event(h, name, data)
		switch {
		case err != nil:
			return h.unreadable(err)
		case done && !h.reason:
			return h.failed(agentchaos.Truncated)
		case done:
			return nil
		}
	}
}

// answer is what the caller gets of an answer that has come to its end.
func (h *hearing) answer() (*agentchaos.Response, error) {
	if h.output < 0 {
		h.output = h.got
	}
	if h.finish != agentchaos.None {
		h.got = h.output
		e := h.failed(h.finish)
		if h.record != nil {
			e.Err = &saidSo{h.record}
		}
		return nil, e
	}
	resp := &agentchaos.Response{
		Target: h.req.Target, Input: h.input, Output: h.output, First: h.first,
		Content: agentchaos.Content{Text: h.text.String(), Tool: h.tool, Arguments: h.args.String()},
	}
	if h.record != nil {
		resp.Raw = h.record
	}
	return resp, nil
}

// saidSo is an answer that came to its end and says itself what is wrong with it: that it was cut by max_tokens, for one.
type saidSo struct{ *Recorded }

// Error is what it is.
func (*saidSo) Error() string { return "the answer says so itself" }

// token is a piece of the answer that came now.
func (h *hearing) token() {
	h.got++
	if h.got == 1 {
		h.first = h.Clock.Now() - h.begin
	}
	h.watch.token(h.got == 1)
	if h.got == 1 && h.req.OnFirst != nil {
		h.req.OnFirst()
	}
}

// broken is a connection that has failed, or a context that has ended: the latter first, for it is why.
func (h *hearing) broken(err error) error {
	if ended := h.ctx.Err(); ended != nil {
		return ended
	}
	if h.ranOut() {
		return h.failed(agentchaos.Timeout)
	}
	e := h.failed(agentchaos.Truncated)
	e.Err = err
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		e.Kind = agentchaos.Reset
	case h.status != 0 && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)):
		e.Err = io.ErrUnexpectedEOF
	case errors.As(err, &dns):
		e.Kind = agentchaos.Unavailable
	case errors.As(err, &timeout) && timeout.Timeout():
		e.Kind = agentchaos.Timeout
	case h.status != 0:
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNREFUSED):
		e.Kind = agentchaos.Reset
	default:
		e.Kind = agentchaos.Unavailable
	}
	return e
}

func (h *hearing) failed(k agentchaos.Kind) *agentchaos.Error {
	return &agentchaos.Error{Kind: k, Status: h.status, Target: h.req.Target, Got: h.got, First: h.first}
}

func (h *hearing) malformed(v agentchaos.Variant, err error) *agentchaos.Error {
	e := h.failed(agentchaos.Malformed)
	e.Variant, e.Err = v, err
	return e
}

// StatusError is an error response, as it came.
type StatusError struct {
	Status int
	Header http.Header
	Body   []byte
}

// Error is the status and the beginning of the body.
func (e *StatusError) Error() string {
	const most = 200
	body := string(e.Body)
	if len(body) > most {
		body = body[:most] + "…"
	}
	return fmt.Sprintf("HTTP %d: %s", e.Status, strings.ToValidUTF8(body, "?"))
}
