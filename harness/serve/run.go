package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
)

// ErrCut is a stop that had to cut requests off: they had not ended within Limits.Grace.
var ErrCut = errors.New("requests in flight were cut off")

// Run serves on a listener, which it closes, until ctx ends: then it accepts nothing more, lets the requests in flight finish for
// Limits.Grace, and cuts those that have not. A non-nil admin listener gets /metrics and /healthz, which are then nowhere else.
// The error is nil for a clean stop, [ErrCut], or a listener's.
func (s *Server) Run(ctx context.Context, l, admin net.Listener) error {
	failed := make(chan error, 2)
	var servers []*http.Server
	start := func(l *limited, h http.Handler) {
		server := s.httpServer(h, l.state)
		servers = append(servers, server)
		s.below.Go(func() { failed <- server.Serve(l) })
	}
	start(limit(l, s.settings.Connections), s.handler(admin == nil))
	if admin != nil {
		start(limit(admin, adminConnections), s.Admin())
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	cut := s.stop(context.WithoutCancel(ctx), servers)
	if err != nil {
		return fmt.Errorf("serving: %w", err)
	}
	return cut
}

const adminConnections = 64

// httpServer has no WriteTimeout: that is of a whole answer, and a stream may last. See patient.
func (s *Server) httpServer(h http.Handler, state func(net.Conn, http.ConnState)) *http.Server {
	n := &s.settings.Limits
	return &http.Server{
		Handler: h, ReadHeaderTimeout: n.ReadHeader, ReadTimeout: n.ReadHeader + n.ReadBody, IdleTimeout: n.Idle, MaxHeaderBytes: n.Header, ErrorLog: s.connectionLog(),
		ConnState: func(c net.Conn, to http.ConnState) { s.connection(to); state(c, to) },
	}
}

// connection counts those that are open.
func (s *Server) connection(to http.ConnState) {
	change := 0
	switch to {
	case http.StateNew:
		change = 1
	case http.StateClosed, http.StateHijacked:
		change = -1
	}
	if change != 0 {
		s.counts.do(func(*Counts) { s.counts.open += change })
	}
}

// stop ends the servers, gently as long as there is time.
func (s *Server) stop(ctx context.Context, servers []*http.Server) error {
	ctx, cancel := s.below.WithTimeout(ctx, s.settings.Grace)
	defer cancel()
	var cut error
	for _, h := range servers {
		if h.Shutdown(ctx) != nil {
			_ = h.Close()
			cut = ErrCut
		}
	}
	s.handlers.wait() // what is cut notices it
	return cut
}
