package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// fate is a script as its client lives through it: at most three moments, however many tokens. Times are since the request.
//
// The status line and the headers come with the first token, or with the end of the answer if that is earlier. So a
// connection that is lost before has no status, and one that is closed in silence is a reset; after it, the answer is
// truncated. A plain answer comes whole at its end: until then there is nothing.
type fate struct {
	at     time.Duration // when it is over
	limit  bool          // over because a limit ran out: a deadline, not something that came
	begun  bool          // a token came, the first at:
	first  time.Duration
	kind   agentchaos.Kind // None: answered
	status int
	got    int // tokens that came
}

// shows is when the client first sees anything, or gives up: until then it is slow.
func (f *fate) shows() time.Duration {
	if f.begun {
		return f.first
	}
	return f.at
}

// foresee fills in an empty fate.
func (f *fate) foresee(s *agentchaos.Script, req *agentchaos.Request) {
	f.ending(s, req)
	if req.Stream {
		f.keep(s, req)
	}
}

// ending is what a client without limits sees.
func (f *fate) ending(s *agentchaos.Script, req *agentchaos.Request) {
	okay := 200
	if isTool(req.Target) {
		okay = 0 // no wire of its own
	}
	switch s.End.Form {
	case agentchaos.Refuse:
		f.at, f.kind, f.status = s.Wait+s.End.Delay, s.End.Kind, status(&s.End, req.Target)
		return
	case agentchaos.Silence:
		f.at, f.kind = s.Wait+s.End.Hang, agentchaos.Reset
		return
	}
	f.at, f.status = s.Over(), okay
	if req.Stream && s.Sent > 0 {
		f.begun, f.first, f.got = true, s.Tick(0), s.Sent
	}
	switch s.End.Form {
	case agentchaos.Whole:
		f.got = s.Sent
	case agentchaos.Garbled:
		f.got = s.Sent
		if s.End.Variant.Protocol() { // not an answer at all: there are no tokens in it
			*f = fate{at: f.at, kind: agentchaos.Malformed, status: okay}
		}
	case agentchaos.Short:
		f.kind, f.got = agentchaos.Length, s.Sent
	case agentchaos.CutEOF, agentchaos.CutFIN:
		f.kind = agentchaos.Truncated
	case agentchaos.CutRST:
		f.kind = agentchaos.Reset
		if !f.begun {
			f.status = 0
		}
	case agentchaos.Event:
		f.kind = s.End.Kind
		if !req.Stream {
			f.status = status(&s.End, req.Target)
		}
	case agentchaos.Lost:
		f.at, f.kind, f.status, f.got = f.at+s.End.Hang, agentchaos.Timeout, 0, 0
	case agentchaos.Stall:
		f.at += s.End.Hang
		f.kind = agentchaos.Truncated
		if !f.begun {
			f.kind, f.status = agentchaos.Reset, 0
		}
	}
}

// keep applies the limits of the transport. What comes at exactly a limit is in time.
func (f *fate) keep(s *agentchaos.Script, req *agentchaos.Request) {
	if req.FirstToken > 0 && f.shows() > req.FirstToken {
		*f = fate{at: req.FirstToken, limit: true, kind: agentchaos.Timeout}
		return
	}
	if req.Idle <= 0 || !f.begun {
		return
	}
	last := longGap(s, req.Idle)
	if last < 0 && f.at-s.Over() > req.Idle { // stalled
		last = s.Sent - 1
	}
	if last >= 0 {
		f.at, f.limit, f.kind, f.got = s.Tick(last)+req.Idle, true, agentchaos.Timeout, last+1
	}
}

// longGap is the token after which the next one that is sent takes longer than idle, or -1. Tick spreads Gen over N-1 gaps
// of q or q+1 nanoseconds, so one look says it all: with q > idle it is the first gap, with q < idle none, and with q = idle
// the first long one.
func longGap(s *agentchaos.Script, idle time.Duration) int {
	gaps := time.Duration(s.N - 1)
	if s.Sent < 2 || s.Gen/gaps < idle {
		return -1
	}
	if s.Gen/gaps > idle {
		return 0
	}
	rest := s.Gen % gaps
	if rest == 0 {
		return -1
	}
	long := int((gaps+rest-1)/rest) - 1 // the first i with floor((i+1)·rest/gaps) > floor(i·rest/gaps)
	if long > s.Sent-2 {
		return -1
	}
	return long
}

// status is that of an ordinary error. A provider has set it; scripts made by hand may leave it to the target's dialect.
func status(e *agentchaos.Ending, target string) int {
	if e.Status != 0 {
		return e.Status
	}
	return agentchaos.DialectOf(target).Status(e.Kind)
}
