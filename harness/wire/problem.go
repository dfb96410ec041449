package wire

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"github.com/agentchaos/agentchaos"
)

// problem is a response that needs no provider: an error of the front door, or an answer on the side.
type problem struct {
	status int
	header http.Header
	body   []byte
}

func said(status int, body []byte) *problem {
	return &problem{status, http.Header{"Content-Type": jsonType, "Content-Length": {strconv.Itoa(len(body))}}, body}
}

// named gives it a request ID, where it has none: the SDKs hand it to whoever asks the vendor what went wrong.
func (p *problem) named(d agentchaos.Dialect, id string) *problem {
	header := "X-Request-Id"
	if d == agentchaos.Anthropic {
		header = "Request-Id"
	}
	if p.header.Get("Request-Id") == "" && p.header.Get("X-Request-Id") == "" {
		p.header[header] = []string{id}
	}
	return p
}

func (p *problem) write(w http.ResponseWriter) {
	for k, v := range p.header {
		w.Header()[k] = v
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(p.body)
}

func (p *problem) response(hr *http.Request) *http.Response {
	r := response(hr, p.status, p.header)
	r.ContentLength, r.Body = int64(len(p.body)), io.NopCloser(bytes.NewReader(p.body))
	return r
}
