package serve

import (
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"
)

// Handler is the providers and the pages about them: /, /healthz and /metrics.
func (s *Server) Handler() http.Handler { return s.handler(true) }

// handler leaves healthz and metrics out where they have an address of their own.
func (s *Server) handler(admin bool) http.Handler {
	pages := map[string]http.Handler{"/": http.HandlerFunc(s.front)}
	if admin {
		s.adminPages(pages)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		s.handlers.enter()
		defer s.handlers.leave()
		if page := pages[hr.URL.Path]; page != nil {
			s.counts.do(func(n *Counts) { n.Received++; n.Aside++ })
			page.ServeHTTP(s.patient(w), hr)
			return
		}
		s.serve(s.patient(w), hr)
	})
}

// Admin is the pages for who runs the server: /healthz and /metrics.
func (s *Server) Admin() http.Handler {
	mux := http.NewServeMux()
	pages := map[string]http.Handler{}
	s.adminPages(pages)
	for path, page := range pages {
		mux.Handle(path, page)
	}
	return mux
}

func (s *Server) adminPages(pages map[string]http.Handler) {
	pages["/healthz"] = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	pages["/metrics"] = s.metrics()
}

// serve answers one request of the providers, and sees to it that it is counted once.
func (s *Server) serve(w *patient, hr *http.Request) {
	s.counts.do(func(n *Counts) { n.Received++ })
	v, inner := visiting(hr)
	defer func() {
		p := recover()
		switch {
		case p == nil && v.state == unsettled:
			s.aside(inner)
		case p == nil:
		case p == http.ErrAbortHandler: //nolint:errorlint // net/http compares it so
			if v.state == unsettled {
				s.unread(inner)
			}
			panic(p)
		default:
			s.broken(w, inner, v, p)
		}
	}()
	s.wire.ServeHTTP(w, inner)
}

// broken answers a request that has met a defect of ours.
func (s *Server) broken(w *patient, hr *http.Request, v *visit, p any) {
	s.log.Error("this is a defect of agentchaos, please report it", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	s.identity.Lost(hr)
	s.counts.do(func(n *Counts) {
		switch v.state {
		case answering:
			n.InFlight--
			n.Broken++
		case unsettled:
			n.Broken++
		}
	})
	if w.begun {
		panic(http.ErrAbortHandler) // what has been sent must not look whole
	}
	http.Error(w, "this is a defect of agentchaos", http.StatusInternalServerError)
}

func (s *Server) aside(hr *http.Request) {
	s.counts.do(func(n *Counts) { n.Aside++ })
	s.logUnserved(hr, "aside", http.StatusOK)
}

func (s *Server) unread(hr *http.Request) {
	s.counts.do(func(n *Counts) { n.Unread++ })
	s.logUnserved(hr, "unread", 0)
}

// wallTime is the moment on the real calendar, which deadlines of connections are in; false: nobody's time is the wall's.
func (s *Server) wallTime() (time.Time, bool) {
	wall, ok := s.below.(interface{ Began() time.Time })
	if !ok {
		return time.Time{}, false
	}
	return wall.Began().Add(s.below.Now()), true
}
