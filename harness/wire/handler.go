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
	room := s.room(hr)
	defer s.held.Add(-room)
	body, err := s.take(w, hr, room)
	if err != nil && !errors.Is(err, errTooLarge) && !errors.Is(err, errCrowded) {
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

// errCrowded is a body for which there is no room now.
var errCrowded = errors.New("there is no room for the body")

// room is what a request's body may take, which is taken from what there is for all; 0: there is nothing left, or nothing to come.
func (s *Server) room(hr *http.Request) int64 {
	n := hr.ContentLength
	if n < 0 || n > s.limit() {
		n = s.limit()
	}
	if s.held.Add(n) > s.Memory && s.Memory > 0 {
		s.held.Add(-n)
		return 0
	}
	return n
}

// take reads a body, unless it says itself that it is too large, or there is no room for it.
func (s *Server) take(w http.ResponseWriter, hr *http.Request, room int64) ([]byte, error) {
	switch {
	case hr.ContentLength > s.limit():
		return nil, errTooLarge
	case room == 0 && hr.ContentLength != 0:
		return nil, errCrowded
	case hr.ContentLength < 0:
		return readBody(http.MaxBytesReader(w, hr.Body, s.limit()+1), -1, s.limit())
	}
	return readBody(hr.Body, hr.ContentLength, s.limit())
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
