package serve

import (
	"bufio"
	"net"
	"net/http"
	"time"
)

// patient is a response whose client has some time to take each piece, and no more: one that stops reading a stream must not
// hold it for ever.
type patient struct {
	http.ResponseWriter
	server *Server
	conn   *http.ResponseController
	until  time.Time // the deadline that is set
	begun  bool      // something has been sent
}

func (s *Server) patient(w http.ResponseWriter) *patient {
	return &patient{ResponseWriter: w, server: s, conn: http.NewResponseController(w)}
}

// Unwrap is for http.ResponseController.
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// renew moves the deadline on. It is set seldom: a piece has between half the time and all of it.
func (p *patient) renew() {
	now, ok := p.server.wallTime()
	limit := p.server.settings.Write
	if ok && p.until.Sub(now) < limit/2 {
		p.until = now.Add(limit)
		_ = p.conn.SetWriteDeadline(p.until)
	}
}

// WriteHeader notes that there is no way back.
func (p *patient) WriteHeader(status int) {
	p.begun = true
	p.ResponseWriter.WriteHeader(status)
}

// Write gives the client some time.
func (p *patient) Write(b []byte) (int, error) {
	p.begun = true
	p.renew()
	return p.ResponseWriter.Write(b)
}

// Flush gives the client some time.
func (p *patient) Flush() {
	p.begun = true
	p.renew()
	_ = p.conn.Flush()
}

// Hijack gives the connection away, with a deadline on it.
func (p *patient) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := p.conn.Hijack()
	if err == nil {
		if now, ok := p.server.wallTime(); ok {
			_ = conn.SetWriteDeadline(now.Add(p.server.settings.Write))
		}
	}
	return conn, buf, err
}
