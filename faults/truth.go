package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// TruthOf is what became of a script that ended for its client after that time, seen from the provider: because the client left
// or died, or because there was nothing more to send. That a whole answer is Wrong because it is garbled is for who has
// understood it to add.
//
// A fault has decided how the attempt ended once it has shown: a refusal and a silence from the beginning, a cut when the
// stream has come so far. What is refused or ignored is not paid for; what the provider generates is, also when nobody
// reads it, unless it stops when its client has gone.
func TruthOf(s *agentchaos.Script, after time.Duration, input int) agentchaos.Truth {
	t := agentchaos.Truth{SlowBy: s.SlowBy, Replayed: s.Replayed}
	switch s.End.Form {
	case agentchaos.Refuse, agentchaos.Silence:
		t.EndBy = s.End.By
		return t
	}
	if after >= s.Over() {
		t.EndBy = s.End.By
		t.Cut = s.End.Form == agentchaos.CutEOF // what ends cleanly can be taken for whole, not what breaks off
		t.Wrong = t.Cut
	}
	t.Input, t.Output = input, s.Sent
	if s.Leave != nil {
		t.Output = ticked(s, after)
		if after < s.Wait {
			t.Input = 0 // it never began
		}
	}
	return t
}

// ticked is how many tokens have been sent after that time: the inverse of Tick.
func ticked(s *agentchaos.Script, after time.Duration) int {
	if s.Sent == 0 || after < s.Tick(0) {
		return 0
	}
	x := after - s.Wait - s.First
	if s.N <= 1 || x >= s.Gen {
		return s.Sent
	}
	// The largest i with floor(Gen·i/(N-1)) ≤ x.
	i := ((x+1)*time.Duration(s.N-1) - 1) / s.Gen
	return min(int(i)+1, s.Sent)
}
