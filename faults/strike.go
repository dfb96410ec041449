package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// The targets that no provider is behind: the process that runs the agent, and the store that it keeps things in.
const (
	AgentTarget = "agent"
	StoreTarget = "store"
)

// inner reports whether a target is the agent's own.
func inner(target string) bool { return target == AgentTarget || target == StoreTarget }

// onlyInner reports whether a fault strikes the agent's own targets and no others.
func onlyInner(f Fault) bool {
	switch f.(type) {
	case Crash, Storage:
		return true
	}
	return false
}

// Struck reports whether a rule is for one of the agent's own targets.
func (p *Providers) Struck(target string) bool {
	for _, r := range p.settings.Rules {
		if r.Matches(target, "") {
			return true
		}
	}
	return false
}

// Strike is what the rules do now to one of the agent's own targets. The request counts and draws as an attempt on it; of
// the store, use says whether something is kept or read.
func (p *Providers) Strike(target string, now time.Duration, id agentchaos.ID, use agentchaos.Use) agentchaos.Effect {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.targets[target]
	if t == nil {
		t = &provider{target: target, mu: &p.mu}
		p.arm(t)
		p.targets[target] = t
	}
	t.attempts++
	req := agentchaos.Request{ID: id, Target: target, Use: use}
	var s agentchaos.Script
	for i := range t.rules {
		r := &t.rules[i]
		if (r.chooses == nil || r.chooses(&req)) && r.strikes(now, now, id, t.attempts) {
			r.spoil(now, &req, &s)
		}
	}
	return s.Effect
}
