package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// A write tool keeps the keys of what it was asked to do, as public payment interfaces do (Stripe, "Idempotent requests",
// read November 2026): the first result under a key is stored and comes again, an error of the tool's own too; the same key
// with other arguments is refused; while the first is at work, another is in conflict with it; after a time keys are
// forgotten. What never came as far as the tool leaves nothing.

// keep is how long a tool keeps keys unless it is told otherwise.
const keep = 24 * time.Hour

// kept is what a tool knows under a key.
type kept struct {
	fingerprint agentchaos.Seed // of the arguments
	done        time.Duration   // when the first result was there
	until       time.Duration   // when the key is forgotten
	kind        agentchaos.Kind // of the first result; None: it was done
}

// keyed names a key of a tool: each has its own.
type keyed struct {
	tool *provider
	key  agentchaos.Key
}

func fingerprint(req *agentchaos.Request) agentchaos.Seed {
	return agentchaos.Seed(0).Derive(req.Arguments)
}

// verdict reports whether a failure is the tool's own last word on a request, as against the front of the house: it is
// stored as the result.
func verdict(k agentchaos.Kind) bool { return k == agentchaos.InvalidRequest }

// perform does the work of a tool that has an effect, at most once under a key; done is when the answer would be there. It
// may turn the script into another ending.
func (p *provider) perform(now, done time.Duration, req *agentchaos.Request, s *agentchaos.Script) {
	l := p.ledger
	if p.keep == 0 || req.Key == (agentchaos.Key{}) {
		l.Commit(req.ID.Task, req.ID.Step)
		return
	}
	first, known := l.look(keyed{p, req.Key}, now)
	switch {
	case !known:
		l.Commit(req.ID.Task, req.ID.Step)
		l.remember(req.ID.Task, keyed{p, req.Key}, kept{fingerprint(req), done, now + p.keep, agentchaos.None})
	case first.fingerprint != fingerprint(req):
		p.refuse(s, agentchaos.InvalidRequest)
	case now < first.done:
		p.refuse(s, agentchaos.Conflict)
	case first.kind != agentchaos.None:
		p.refuse(s, first.kind)
		s.Replayed = true
	default:
		s.Replayed = true
	}
}

// deny stores an error of the tool's own under the key, or gives the first result in its place.
func (p *provider) deny(now time.Duration, req *agentchaos.Request, s *agentchaos.Script) (again bool) {
	if p.ledger == nil || p.keep == 0 || req.Key == (agentchaos.Key{}) || !verdict(s.End.Kind) {
		return false
	}
	if _, known := p.ledger.look(keyed{p, req.Key}, now); known {
		return true
	}
	p.ledger.remember(req.ID.Task, keyed{p, req.Key}, kept{fingerprint(req), now + s.End.Delay, now + p.keep, s.End.Kind})
	return false
}
