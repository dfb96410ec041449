package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/agentchaos/agentchaos"
)

// hearer is how an answer of a format is understood.
type hearer interface {
	// event takes an event of a stream. Done: it was the terminal one.
	event(h *hearing, name string, data []byte) (done bool, err error)
	// whole takes the body of a plain answer.
	whole(h *hearing, body []byte) error
}

var hearers = [...]hearer{Chat: chatHearer{}, Responses: responsesHearer{}, Messages: messagesHearer{}}

// errShape is JSON that is no answer.
var errShape = errors.New("wire: this is JSON, but no answer")

// wireError is the error in an error body, of either vendor: a code may be a number there, and details hold Anthropic's.
type wireError struct {
	Type    string          `json:"type"`
	Code    json.RawMessage `json:"code"`
	Message string          `json:"message"`
	Details struct {
		Code string `json:"error_code"`
	} `json:"details"`
}

func (e *wireError) at(status int) agentchaos.WireError {
	w := agentchaos.WireError{Status: status, Type: e.Type, Code: e.Details.Code, Prefix: e.Message}
	if w.Code == "" && json.Unmarshal(e.Code, &w.Code) != nil && status < 400 {
		_ = json.Unmarshal(e.Code, &w.Status) // gateways (OpenRouter) put the status there, of an error that comes after 200
	}
	return w
}

// refused is a response that says that it is an error.
func (h *hearing) refused(r *http.Response, body []byte) error {
	var x struct {
		Error *wireError `json:"error"`
	}
	kind := agentchaos.Classify(agentchaos.WireError{Status: r.StatusCode})
	if err := json.Unmarshal(body, &x); (err == nil || oddField(err)) && x.Error != nil {
		kind = agentchaos.Classify(x.Error.at(r.StatusCode))
	}
	e := h.failed(kind)
	e.RetryAfter = understood(r.Header, h.Epoch.Add(h.Clock.Now()))
	e.Err = &StatusError{r.StatusCode, r.Header, body}
	return e
}

// oddField reports whether JSON was read but for a field that is of another type than it should be.
func oddField(err error) bool {
	var odd *json.UnmarshalTypeError
	return errors.As(err, &odd)
}

// eventError is an error that came as an event.
type eventError struct{ agentchaos.WireError }

// Error is what it says.
func (e *eventError) Error() string { return e.Type + ": " + e.Prefix }

// unreadable is an event that says that it is an error, or is none.
func (h *hearing) unreadable(err error) error {
	var e *eventError
	if errors.As(err, &e) {
		out := h.failed(agentchaos.Classify(e.WireError))
		out.Err = e
		return out
	}
	return h.malformed(variantOf(err), err)
}

// variantOf is how something that should be JSON is not.
func variantOf(err error) agentchaos.Variant {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return agentchaos.TruncatedJSON
	case errors.As(err, &syntax) && strings.HasPrefix(syntax.Error(), "unexpected end"):
		return agentchaos.TruncatedJSON
	case errors.As(err, &syntax):
		return agentchaos.InvalidJSON
	}
	return agentchaos.WrongSchema
}

// whole is a 200 that is not a stream.
func (h *hearing) whole(body []byte) error {
	text := bytes.TrimSpace(body)
	switch {
	case len(text) == 0:
		return h.malformed(agentchaos.Empty, nil)
	case text[0] == '<' || strings.HasPrefix(h.header.Get("Content-Type"), "text/html"):
		return h.malformed(agentchaos.HTML, nil)
	}
	var x struct {
		Error  json.RawMessage `json:"error"`
		Type   string          `json:"type"`
		Object string          `json:"object"`
	}
	switch err := json.Unmarshal(text, &x); {
	case err != nil:
		return h.malformed(variantOf(err), err)
	case len(x.Error) > 0 && string(x.Error) != "null" && x.Object != "response", x.Type == "error":
		return h.malformed(agentchaos.ErrorBody, nil)
	case h.req.Stream: // a whole answer where a stream was asked for
		return h.malformed(agentchaos.WrongSchema, errShape)
	}
	if err := hearers[h.format].whole(h, text); err != nil {
		return h.unreadable(err)
	}
	return nil
}

// known is what is wrong with an event. One of a type that nobody knows may have any fields.
func known(err error, kind string, types []string) error {
	if oddField(err) && kind != "" && !slices.Contains(types, kind) {
		return nil
	}
	return err
}

// say takes a text, or a part of one.
func (h *hearing) say(text string) { h.text.WriteString(text) }

// callOf begins the next call of a tool. The content has the first; the record has them all.
func (h *hearing) callOf(name string) {
	if h.calls++; h.calls == 1 {
		h.tool = name
	}
}

// argue takes arguments of the latest call, or a part of them.
func (h *hearing) argue(arguments string) {
	if h.calls == 1 {
		h.args.WriteString(arguments)
	}
}

// stopped takes the reason why the model stopped.
func (h *hearing) stopped(reason string) {
	if reason == "" {
		return
	}
	h.reason, h.finish = true, unfinished[reason]
}

// unfinished are the reasons to stop of an answer that is not what was asked for; any other is a good one.
var unfinished = map[string]agentchaos.Kind{
	"length": agentchaos.Length, "max_tokens": agentchaos.Length, "max_output_tokens": agentchaos.Length,
	"content_filter": agentchaos.ContentFilter, "refusal": agentchaos.ContentFilter,
	"model_context_window_exceeded": agentchaos.ContextLength, "error": agentchaos.Unavailable,
}
