package wire

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/agentchaos/agentchaos"
)

// receive reads a request as far as to the provider's decision. A problem is what is answered instead.
func (s *Server) receive(hr *http.Request, body []byte, unread error) (*exchange, *problem) {
	r := routeOf(hr.URL.Path)
	if p := s.misrouted(hr, r); p != nil {
		return nil, s.refused(hr, p)
	}
	if errors.Is(unread, errCrowded) {
		p := complaint(r.format, http.StatusServiceUnavailable, "overloaded_error", fmt.Sprintf("The bodies of all requests take %d bytes, and there is no room for this one now", s.Memory))
		p.header.Set("Retry-After", "1")
		return nil, s.refused(hr, p)
	}
	if unread != nil {
		return nil, s.refused(hr, complaint(r.format, http.StatusRequestEntityTooLarge, "request_too_large", fmt.Sprintf("Request exceeds the maximum size of %d bytes", s.limit())))
	}
	if p := packed(hr, r.format); p != nil {
		return nil, s.refused(hr, p)
	}
	if r.endpoint != talk {
		d := r.format.Dialect()
		if anthropicAsks(hr, r) {
			d = agentchaos.Anthropic
		}
		return nil, s.aside(hr, r, body).named(d, requestIDOf(d, hr.URL.Path, body))
	}
	prompt, err := readPrompt(r.format, body)
	if err == nil && r.format == Messages {
		prompt.Version = hr.Header.Get("Anthropic-Version")
		err = refusedBy(prompt.Version, body)
	}
	if err != nil {
		return nil, s.refused(hr, complaint(r.format, http.StatusBadRequest, "invalid_request_error", err.Error()))
	}
	prompt.Provider = r.provider
	x := &exchange{Exchange: Exchange{HTTP: hr, Prompt: prompt}, server: s, format: r.format}
	x.Request.ID = s.identify(hr, prompt, body)
	s.admit(x)
	return x, nil
}

// packed is what is wrong with a body that is compressed: said as it is, not as a strange character in its JSON.
func packed(hr *http.Request, f Format) *problem {
	how := hr.Header.Get("Content-Encoding")
	if how == "" || strings.EqualFold(how, "identity") {
		return nil
	}
	return complaint(f, http.StatusUnsupportedMediaType, "invalid_request_error", fmt.Sprintf("Content-Encoding %.40q is not understood here: send the body as it is", how))
}

// misrouted is what is wrong with where a request was sent, and how.
func (s *Server) misrouted(hr *http.Request, r route) *problem {
	want := http.MethodPost
	switch r.endpoint {
	case nowhere:
		f, hint := r.format, ""
		if strings.HasSuffix(hr.URL.Path, "/messages") {
			f = Messages
		}
		if strings.HasPrefix(hr.URL.Path, "/v1/v1/") {
			hint = " It has /v1 twice: ANTHROPIC_BASE_URL takes none, its SDKs add it."
		}
		return complaint(f, http.StatusNotFound, "not_found_error", fmt.Sprintf(
			"Unknown request URL: %s %s.%s There are /v1/chat/completions, /v1/responses, /v1/messages, /v1/messages/count_tokens, /v1/embeddings and /v1/models, each without /v1 and after /p/PROVIDER too.", hr.Method, hr.URL.Path, hint))
	case listModels, oneModel:
		want = http.MethodGet
	}
	if hr.Method != want && !(want == http.MethodGet && hr.Method == http.MethodHead) {
		p := complaint(r.format, http.StatusMethodNotAllowed, "invalid_request_error", fmt.Sprintf("Not allowed to %s on %s: it takes %s", hr.Method, hr.URL.Path, want))
		p.header.Set("Allow", want)
		return p
	}
	return nil
}

// refused tells of a request that the provider has never seen.
func (s *Server) refused(hr *http.Request, p *problem) *problem {
	if s.Refused != nil {
		s.Refused(hr, p.status)
	}
	return p
}

// requestIDOf is the ID of a request that no provider has seen, by where it went or what is wrong with it: equal ones have the
// same.
func requestIDOf(d agentchaos.Dialect, of string, body []byte) string {
	id := agentchaos.ID{Task: uint32(digest(body))}
	if d == agentchaos.Anthropic {
		return "req_" + name(id, of, 24)
	}
	return hexName(id, of)
}

// complaint is an error of the front door, in the words of the format's vendor.
func complaint(f Format, status int, kind, text string) *problem {
	d := f.Dialect()
	if d == agentchaos.OpenAI && status < 500 {
		kind = "invalid_request_error"
	} else if d == agentchaos.OpenAI {
		kind = "server_error"
	}
	e := errorBody{agentchaos.WireError{Status: status, Type: kind}, text, requestIDOf(d, text, nil)}
	return said(status, appendError(nil, d, e)).named(d, e.request)
}
