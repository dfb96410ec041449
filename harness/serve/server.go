package serve

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/author"
	"github.com/agentchaos/agentchaos/harness/wire"
)

// Server is a scenario's providers as HTTP: [Server.Handler] for a real server or a test's, [Server.RoundTrip] without any,
// [Server.Run] with all that keeps a server alive among strangers. It may be used concurrently.
type Server struct {
	settings  Settings
	below     agentchaos.Clock // the clients'
	clock     *clock           // the scenario's
	targets   *targets
	providers *faults.Providers
	identity  *wire.Identity
	wire      *wire.Server
	log       *slog.Logger
	counts    *counter
	rules     []faults.Rule
	handlers  crowd
}

// New makes the providers of a scenario, healthy and unasked. Its error is an [ErrSettings].
func New(s Settings) (*Server, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	s.Limits = s.filled()
	if s.TimeScale == 0 {
		s.TimeScale = 1
	}
	if s.Clock == nil {
		s.Clock = agentchaos.NewWall()
	}
	if s.Models == nil {
		s.Models = s.Scenario.Models
	}
	luck := agentchaos.Seed(s.Seed).Derive(s.Scenario.Name) // as a cell of `run` has it
	if s.Author == nil {
		s.Author = &author.Author{Rules: s.Scenario.Answers, Seed: luck.Derive("answers")}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	providers, err := faults.New(faults.Settings{Seed: luck, Models: s.Models, Rules: s.Scenario.Faults})
	if err != nil {
		return nil, fmt.Errorf("%w: scenario %s: %w", ErrSettings, s.Scenario.Name, err)
	}
	v := &Server{
		settings: s, below: s.Clock, clock: newClock(s.Clock, s.TimeScale), targets: newTargets(s.Models), providers: providers, log: s.Log,
		rules: providers.Rules(), counts: newCounter(providers.Rules()),
	}
	v.identity = &wire.Identity{Now: s.Clock.Now, Scale: s.TimeScale, Grace: grace}
	v.wire = &wire.Server{
		Open: providers.Open, Clock: v.clock, Author: s.Author, Target: v.targets.of, Dialect: v.targets.dialect, Identify: v.identity.Identify,
		Meters: providers.Meters, Models: v.targets.names(), Limit: s.Body, Memory: s.Bodies, Began: v.began, Ended: v.ended, Refused: v.refused,
	}
	return v, nil
}

// grace is how much too soon a retry may come: Node's timers may fire a millisecond early, and others are no better.
const grace = 10 * time.Millisecond

// Counts is what the server has seen so far.
func (s *Server) Counts() Counts { return s.counts.look() }

// RoundTrip answers a request on its caller's goroutine, without a socket.
func (s *Server) RoundTrip(hr *http.Request) (*http.Response, error) {
	s.counts.do(func(n *Counts) { n.Received++ })
	v, inner := visiting(hr)
	r, err := s.wire.RoundTrip(inner)
	switch {
	case v.state != unsettled:
	case err != nil:
		s.unread(hr)
	default:
		s.aside(hr)
	}
	if r != nil {
		r.Request = hr
	}
	return r, err
}

// visit is a request on its way through: which of the wire's hooks has been told of it.
type visit struct {
	state state
}

type state uint8

const (
	unsettled state = iota
	answering
	settled
)

type visitKey struct{}

// visiting is a request that knows its visit.
func visiting(hr *http.Request) (*visit, *http.Request) {
	v := &visit{}
	return v, hr.WithContext(context.WithValue(hr.Context(), visitKey{}, v))
}

func visitOf(hr *http.Request) *visit {
	v, _ := hr.Context().Value(visitKey{}).(*visit)
	if v == nil {
		return &visit{}
	}
	return v
}

func (s *Server) began(x *wire.Exchange) {
	visitOf(x.HTTP).state = answering
	s.counts.do(func(n *Counts) { n.InFlight++ })
}

func (s *Server) ended(x *wire.Exchange) {
	visitOf(x.HTTP).state = settled
	was := s.identity.Ended(x)
	s.counts.ended(x, was, s.targets.label(x.Request.Target))
	s.logEnded(x, was)
	if s.settings.Ended != nil {
		s.settings.Ended(x, was)
	}
}

func (s *Server) refused(hr *http.Request, status int) {
	visitOf(hr).state = settled
	s.counts.do(func(n *Counts) { n.Refused[status]++ })
	s.logUnserved(hr, "refused", status)
}
