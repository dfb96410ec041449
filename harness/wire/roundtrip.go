package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
)

// RoundTrip answers a request on its caller's goroutine, and its body as it is read. The times of the script pass on the
// server's Clock, under the request's context: in virtual time, or in a testing/synctest bubble, they cost nothing.
func (s *Server) RoundTrip(hr *http.Request) (*http.Response, error) {
	body, err := readBody(hr.Body, hr.ContentLength, s.limit())
	if err != nil && !errors.Is(err, errTooLarge) {
		return nil, err
	}
	x, problem := s.receive(hr, body, err)
	if problem != nil {
		return problem.response(hr), nil
	}
	first := x.peek()
	if err := x.wait(hr.Context()); err != nil {
		return nil, err
	}
	if first.piece == nil {
		x.over(false)
		return nil, lost(first.tail)
	}
	h := http.Header{}
	x.head(h, s.Clock.Now())
	r := response(hr, x.Status, h)
	r.Body = &reader{x: x, ctx: hr.Context()}
	if r.ContentLength = -1; !x.streams() {
		r.ContentLength = int64(max(x.length, len(first.piece)))
		h["Content-Length"] = []string{strconv.FormatInt(r.ContentLength, 10)}
	}
	return r, nil
}

func response(hr *http.Request, status int, h http.Header) *http.Response {
	return &http.Response{
		StatusCode: status, Status: strconv.Itoa(status) + " " + http.StatusText(status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h, Request: hr,
	}
}

// lost is what a client sees of a connection that ends before it says anything.
func lost(t tail) error {
	if t == reset {
		return &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	return io.EOF
}

// reader is a body: a Read waits until there is something.
type reader struct {
	x   *exchange
	ctx context.Context
	buf []byte
	err error
}

// Read gives what has come by now, or waits for what comes next.
func (r *reader) Read(p []byte) (int, error) {
	for len(r.buf) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if len(p) == 0 {
			return 0, nil
		}
		r.more()
	}
	n := copy(p, r.buf)
	r.buf = r.buf[n:]
	return n, nil
}

func (r *reader) more() {
	x := r.x
	if r.err = x.wait(r.ctx); r.err != nil {
		return
	}
	p := x.take()
	r.buf = p.piece
	switch p.tail {
	case whole:
		r.err = io.EOF
	case closed:
		r.err = io.ErrUnexpectedEOF
	case reset:
		r.err = lost(reset)
	}
	if p.tail != more {
		x.over(false)
	}
}

// Close leaves, if it is not over.
func (r *reader) Close() error {
	r.x.over(true)
	if r.err == nil {
		r.buf, r.err = nil, http.ErrBodyReadAfterClose
	}
	return nil
}

var errTooLarge = errors.New("the body is too large")

// readBody reads a body of at most limit bytes, of which length says how many it has; −1: it does not say.
func readBody(body io.ReadCloser, length, limit int64) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	defer body.Close()
	var b bytes.Buffer
	if length > 0 && length <= mostAhead {
		b.Grow(int(length) + bytes.MinRead) // in one piece, as long as it is not only said to be large
	}
	_, err := b.ReadFrom(io.LimitReader(body, limit+1))
	if err == nil && int64(b.Len()) > limit {
		err = errTooLarge
	}
	return b.Bytes(), err
}

// mostAhead is how much room is made for a body before it comes.
const mostAhead = 1 << 20

var _ http.RoundTripper = (*Server)(nil)
