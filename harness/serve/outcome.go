package serve

import (
	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
)

// The outcomes that are no kind of failure.
const (
	outcomeOK   = "ok"
	outcomeLeft = "left" // the client did not wait for the end
)

// Outcome is how a request ended: "ok", "left" where its client did not wait, else the kind of failure that a strict client
// sees.
func Outcome(x *wire.Exchange) string {
	switch {
	case x.Left:
		return outcomeLeft
	case x.Script.End.Form == agentchaos.Whole:
		return outcomeOK
	}
	return kindOf(x).String()
}

func kindOf(x *wire.Exchange) agentchaos.Kind {
	e := &x.Script.End
	switch e.Form {
	case agentchaos.Refuse, agentchaos.Event:
		return e.Kind
	case agentchaos.CutRST:
		return agentchaos.Reset
	case agentchaos.Short:
		return agentchaos.Length
	case agentchaos.Garbled:
		return agentchaos.Malformed
	case agentchaos.CutEOF, agentchaos.CutFIN:
		return agentchaos.Truncated
	case agentchaos.Stall, agentchaos.Silence:
		if x.Status == 0 {
			return agentchaos.Reset // a connection that is closed before it says anything
		}
		return agentchaos.Truncated
	}
	return agentchaos.None
}

// firstToken is when the first token went out, if one did.
func firstToken(x *wire.Exchange) (seconds float64, ok bool) {
	s := &x.Script
	if !x.Prompt.Stream || s.Sent == 0 || x.Status != 200 || s.End.Form == agentchaos.Garbled && s.End.Variant.Protocol() {
		return 0, false
	}
	at := s.Tick(0)
	return at.Seconds(), at <= x.After
}
