package wire

import (
	"errors"
	"net"
	"net/http"
	"strconv"
)

// ServeHTTP answers a request over a real connection, and breaks that where the script says so. Its client has gone when the
// request's context ends.
func (s *Server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	var body []byte
	err := errTooLarge
	if hr.ContentLength <= s.limit() { // what says that it is too large need not come
		body, err = readBody(http.MaxBytesReader(w, hr.Body, s.limit()+1), s.limit())
	}
	if err != nil && !errors.Is(err, errTooLarge) {
		panic(http.ErrAbortHandler) // the client has gone, or is too slow: nobody to answer
	}
	x, problem := s.receive(hr, body, err)
	if problem != nil {
		problem.answer(w)
		return
	}
	first := x.peek()
	if x.wait(hr.Context()) != nil {
		panic(http.ErrAbortHandler)
	}
	if first.piece == nil {
		x.over(false)
		sever(w, first.tail, nil)
	}
	x.head(w.Header(), s.Clock.Now())
	if !x.streams() {
		w.Header()["Content-Length"] = []string{strconv.Itoa(max(x.length, len(first.piece)))}
	}
	w.WriteHeader(x.Status)
	x.send(w, hr)
}

// send writes piece by piece.
func (x *exchange) send(w http.ResponseWriter, hr *http.Request) {
	flusher, _ := w.(http.Flusher)
	for {
		if x.wait(hr.Context()) != nil {
			panic(http.ErrAbortHandler)
		}
		p := x.take()
		if p.tail == closed && p.piece != nil && x.length < 0 {
			x.over(false)
			sever(w, closed, p.piece)
		}
		if _, err := w.Write(p.piece); err != nil {
			x.over(true)
			panic(http.ErrAbortHandler)
		}
		if flusher != nil && (x.streams() || p.tail != whole) {
			flusher.Flush()
		}
		switch p.tail {
		case more:
			continue
		case closed, reset:
			x.over(false)
			sever(w, p.tail, nil)
		}
		x.over(false)
		return
	}
}

// sever ends a connection as a cut does: with a reset, or closed in the middle of a chunk, of which a part still goes out. It
// does not return. Where there is no connection to take over (HTTP/2) the stream is reset in either case.
func sever(w http.ResponseWriter, t tail, part []byte) {
	h, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, buf, err := h.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && t == reset {
		_ = tcp.SetLinger(0) // what is not sent is dropped, and a RST goes out
	}
	if len(part) > 0 {
		_, _ = buf.WriteString(strconv.FormatInt(int64(2*len(part)), 16) + "\r\n")
		_, _ = buf.Write(part)
		_ = buf.Flush()
	}
	_ = conn.Close()
	panic(http.ErrAbortHandler)
}

var _ http.Handler = (*Server)(nil)
