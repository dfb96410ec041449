package wire

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Server is simulated providers that speak HTTP: an [http.Handler] behind a real server, and an [http.RoundTripper] without
// one, which answers on its caller's goroutine. Open and Clock must be set. The settings must not be changed once it is used;
// it may be used concurrently if Open and Clock may.
type Server struct {
	Open  agentchaos.Open  // decides what happens to a request
	Clock agentchaos.Clock // what it waits on

	// Epoch is the calendar time at which Clock began: what dates and time stamps count from. Zero: the wall clock's own
	// beginning; agentchaos.Epoch for any other clock.
	Epoch time.Time
	// Author writes the answers; nil: a few words, and no tool is ever called.
	Author Author
	// Target is which dependency a request is for. Nil: PROVIDER/MODEL, the provider being the path's, else what stands before
	// a slash in the model, else the format's vendor.
	Target func(*Prompt) string
	// Dialect is the dialect that Open takes a target for, whose statuses are in its scripts. Nil: agentchaos.DialectOf.
	Dialect func(target string) agentchaos.Dialect
	// Identify says which attempt a request is. Nil: the one in its [IDHeader]; a request without one is attempt 0 of nothing.
	Identify func(hr *http.Request, p *Prompt, body []byte) agentchaos.ID
	// Meters are what the rate-limit headers say of a target. Nil: there are none.
	Meters func(now time.Duration, target string) []agentchaos.Meter
	// Models are what /v1/models lists: PROVIDER/MODEL.
	Models []string
	// Limit is the largest body of a request, in bytes; 0: 32 MB, as Anthropic's.
	Limit int64

	// Memory is the most that the bodies of all requests at a time may have, in bytes, as they announce them: above it a request is told to
	// come again. The handler keeps it. 0: as much as they like.
	Memory int64
	held   atomic.Int64

	// Began and Ended are told of every request that came as far as Open: before it is answered, and when it is over. A request
	// that was refused before, for it could not be read, is told to Refused alone, with its status. Nil: nobody asks.
	Began   func(*Exchange)
	Ended   func(*Exchange)
	Refused func(hr *http.Request, status int)
}

// Exchange is a request and what became of it.
type Exchange struct {
	HTTP    *http.Request // its body has been read
	Prompt  *Prompt
	Request agentchaos.Request // as Open saw it
	Script  agentchaos.Script
	Begin   time.Duration
	After   time.Duration // from Begin until it was over
	Left    bool          // the client did not wait for the end
	Status  int           // of the response; 0: there was none
}

// IDHeader names the attempt that a request is: TASK/STEP/ATTEMPT/COPY, whole numbers, counted as in agentchaos.ID.
const IDHeader = "X-Agentchaos-Id"

const defaultLimit = 32 << 20 // docs.anthropic.com/en/api/errors: request_too_large

func (s *Server) limit() int64 {
	if s.Limit > 0 {
		return s.Limit
	}
	return defaultLimit
}

// calendar is a moment of the run as the calendar has it. A Clock that runs faster than the clients' says it itself.
func (s *Server) calendar(now time.Duration) time.Time {
	if c, ok := s.Clock.(interface{ Calendar(time.Duration) time.Time }); ok {
		return c.Calendar(now)
	}
	return epochOf(s.Epoch, s.Clock).Add(now)
}

func epochOf(epoch time.Time, clock agentchaos.Clock) time.Time {
	if wall, ok := clock.(agentchaos.Wall); ok && epoch.IsZero() {
		return wall.Began()
	}
	if epoch.IsZero() {
		return agentchaos.Epoch
	}
	return epoch
}

func (s *Server) target(p *Prompt) string {
	if s.Target != nil {
		return s.Target(p)
	}
	return DefaultTarget(p)
}

// DefaultTarget is the target of a prompt by its path, its model's name and its format, in that order.
func DefaultTarget(p *Prompt) string {
	switch provider, _, found := cut(p.Model); {
	case p.Provider != "":
		return p.Provider + "/" + p.Model
	case found && provider != "":
		return p.Model
	}
	return formats[p.Format].provider + "/" + p.Model
}

func (s *Server) dialect(target string) agentchaos.Dialect {
	if s.Dialect != nil {
		return s.Dialect(target)
	}
	return agentchaos.DialectOf(target)
}

func (s *Server) identify(hr *http.Request, p *Prompt, body []byte) agentchaos.ID {
	if s.Identify != nil {
		return s.Identify(hr, p, body)
	}
	id, _ := ReadID(hr.Header)
	return id
}

func (s *Server) author() Author {
	if s.Author != nil {
		return s.Author
	}
	return fewWords{}
}

// fewWords is the author where there is none.
type fewWords struct{}

func (fewWords) Answer(string, *Prompt) Reply {
	return Reply{Text: "All is well, and all will be well."}
}

func (fewWords) Garble(_ string, _ *Prompt, v agentchaos.Variant) Reply {
	return Reply{Text: "This is no answer: " + v.String() + "."}
}
