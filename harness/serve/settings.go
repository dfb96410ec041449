package serve

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/agentchaos/agentchaos/scenarios"
)

// Settings of a server. Scenario must be set.
type Settings struct {
	Scenario *scenarios.Scenario
	// Models is how every model behaves, globs included: a [scenarios.Suite] has them. Nil: the scenario's.
	Models map[string]faults.Model
	Seed   uint64 // of the luck; the same as that of `run`
	// Clock is what time passes on; nil: the wall's. The scenario's own time begins with the first request.
	Clock agentchaos.Clock
	// TimeScale divides the times that the server makes; 0: 1, they are as they are. What it says to its clients stays.
	TimeScale float64
	Author    wire.Author  // of the answers; nil: the scenario's rules, and what package author makes up
	Log       *slog.Logger // nil: nothing is logged
	// Ended is told of every request that the providers have seen, when it is over, and what it was. Nil: nobody asks.
	Ended func(*wire.Exchange, wire.Repeat)
	Limits
}

// Limits are what a client can ask of the server. Zero values have usual ones.
type Limits struct {
	Body        int64         // bytes of a request's body; 0: 32 MB
	Bodies      int64         // bytes of the bodies of all requests at a time, above which one is told to come again; 0: 256 MB
	Header      int           // bytes of a request's headers; 0: 64 KB
	Connections int           // open at a time, above which they wait to be accepted; 0: 20,000, or what the process may have
	ReadHeader  time.Duration // to send the headers; 0: 10 s
	ReadBody    time.Duration // to send the body, from then on; 0: 60 s
	Write       time.Duration // to take what is sent, piece by piece; 0: 30 s
	Idle        time.Duration // between two requests of a connection; 0: 2 minutes
	Grace       time.Duration // for the requests in flight when the server stops; 0: 10 s
}

func (l Limits) filled() Limits {
	for _, d := range []struct {
		to    *time.Duration
		usual time.Duration
	}{{&l.ReadHeader, 10 * time.Second}, {&l.ReadBody, time.Minute}, {&l.Write, 30 * time.Second}, {&l.Idle, 2 * time.Minute}, {&l.Grace, 10 * time.Second}} {
		if *d.to <= 0 {
			*d.to = d.usual
		}
	}
	if l.Bodies <= 0 {
		l.Bodies = 256 << 20
	}
	if l.Header <= 0 {
		l.Header = 64 << 10
	}
	if l.Connections <= 0 {
		l.Connections = usualConnections()
	}
	return l
}

// ErrSettings is what every error of New is.
var ErrSettings = errors.New("serve")

func (s *Settings) check() error {
	switch {
	case s.Scenario == nil:
		return fmt.Errorf("%w: no scenario: set Settings.Scenario", ErrSettings)
	case s.TimeScale < 0 || math.IsNaN(s.TimeScale) || math.IsInf(s.TimeScale, 0):
		return fmt.Errorf("%w: a time scale of %v: it takes a number above 0, such as 10", ErrSettings, s.TimeScale)
	}
	return nil
}
