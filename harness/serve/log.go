package serve

import (
	"context"
	"log"
	"log/slog"
	"net/http"
	"strings"

	"github.com/agentchaos/agentchaos/harness/wire"
)

// No key may ever stand in the log: headers, queries and bodies are never written to it. What a client can choose and is written,
// a target and a path, is cut to this many bytes.
const longestWord = 120

func word(s string) string {
	if len(s) > longestWord {
		s = s[:longestWord] + "…"
	}
	return strings.ToValidUTF8(s, "?")
}

// logEnded is the line of a request.
func (s *Server) logEnded(x *wire.Exchange, was wire.Repeat) {
	if !s.log.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	id := x.Request.ID
	attrs := []slog.Attr{
		slog.String("target", word(x.Request.Target)), slog.String("format", x.Prompt.Format.String()), slog.Bool("stream", x.Prompt.Stream),
		slog.String("outcome", Outcome(x)), slog.Int("status", x.Status), slog.Duration("at", x.Begin), slog.Duration("took", x.After),
		slog.Uint64("task", uint64(id.Task)), slog.Int("step", int(id.Step)), slog.Int("attempt", int(id.Attempt)),
	}
	if by := int(x.Script.End.By); by > 0 {
		attrs = append(attrs, slog.String("fault", s.rules[by-1].Name))
	}
	if was.Sort != wire.Fresh {
		attrs = append(attrs, slog.String("retry", was.Sort.String()))
	}
	if was.Early {
		attrs = append(attrs, slog.Bool("early", true))
	}
	if was.Hopeless {
		attrs = append(attrs, slog.Bool("hopeless", true))
	}
	s.log.LogAttrs(context.Background(), slog.LevelDebug, "request", attrs...)
}

// logUnserved is the line of a request that the providers have not seen.
func (s *Server) logUnserved(hr *http.Request, what string, status int) {
	s.log.LogAttrs(context.Background(), slog.LevelDebug, what,
		slog.String("method", word(hr.Method)), slog.String("path", word(hr.URL.Path)), slog.Int("status", status))
}

// connectionLog is where net/http says what is wrong with connections.
func (s *Server) connectionLog() *log.Logger {
	return slog.NewLogLogger(s.log.Handler(), slog.LevelWarn)
}
