package serve

import "net/http"

func (s *Server) metrics() http.Handler { return http.NotFoundHandler() }
