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
	write  func(io.Writer) // instead of body, of what may be large
}

func said(status int, body []byte) *problem {
	return &problem{status: status, header: http.Header{"Content-Type": jsonType, "Content-Length": {strconv.Itoa(len(body))}}, body: body}
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

func (p *problem) answer(w http.ResponseWriter) {
	for k, v := range p.header {
		w.Header()[k] = v
	}
	w.WriteHeader(p.status)
	if p.write != nil {
		p.write(w)
		return
	}
	_, _ = w.Write(p.body)
}

func (p *problem) response(hr *http.Request) *http.Response {
	body := p.body
	if p.write != nil {
		var b bytes.Buffer
		p.write(&b)
		body = b.Bytes()
	}
	r := response(hr, p.status, p.header)
	r.ContentLength, r.Body = int64(len(body)), newBody(body)
	return r
}
