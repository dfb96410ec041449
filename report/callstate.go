package report

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// callState is what is known of one open call.
type callState struct {
	step    uint16
	retried bool // it needed at least one retry
	won     bool // an attempt was answered; the latest is winner
	winner  struct {
		attempt uint8
		phase   Phase
		cost    int64
	}
	cost   [phases]int64 // nano-dollars of its attempts, by the phase they began in
	tried  []try
	blamed []blame // by attempts that failed
	wrong  []blame // by attempts that were answered wrongly
}

// try is what is known of a call's attempts on one target.
type try struct {
	target int
	last   uint8         // ID.Attempt of the latest; a hedge's two copies share it
	reask  bool          // repair has asked again: the next one is its, no retry
	never  bool          // it failed in a way that does not pass
	due    time.Duration // not before this, says its latest Retry-After; 0: it says nothing
}

func (c *callState) reset(step uint16) {
	c.step, c.retried, c.won = step, false, false // one by one: this is faster than a new value
	c.cost, c.tried, c.blamed, c.wrong = [phases]int64{}, c.tried[:0], c.blamed[:0], c.wrong[:0]
}

// again is what an attempt is, seen from the ones before it.
type again struct{ retry, early, hopeless bool }

// attempt takes down an attempt on a target and tells what it was. Only a new number makes a new try: a copy has the
// number of its original, whichever of the two reports first.
func (c *callState) attempt(a *agentchaos.Attempt, target int) again {
	var was again
	t := c.on(target)
	if t == nil {
		c.tried = append(c.tried, try{target: target, last: a.ID.Attempt})
		t = &c.tried[len(c.tried)-1]
	} else if a.ID.Attempt != t.last || a.ID.Attempt == 0 && a.ID.Copy == 0 {
		t.last = a.ID.Attempt
		was = again{retry: !t.reask, early: a.Begin < t.due, hopeless: t.never}
		t.reask = false
		c.retried = c.retried || was.retry
	}
	if a.Kind != agentchaos.None {
		if a.RetryAfter > 0 {
			t.due = max(t.due, a.End+a.RetryAfter)
		}
		t.never = t.never || hopeless(a.Kind)
	}
	return was
}

// reask takes down that repair asks again on a target, or (not) that a retry stands in for a re-ask which was refused.
func (c *callState) reask(target int, asked bool) {
	if t := c.on(target); t != nil {
		t.reask = asked
	}
}

func (c *callState) on(target int) *try {
	for i := range c.tried {
		if c.tried[i].target == target {
			return &c.tried[i]
		}
	}
	return nil
}

// hopeless reports whether a failure does not pass by itself: asking the same target the same again is pointless.
func hopeless(k agentchaos.Kind) bool {
	switch k {
	case agentchaos.Quota, agentchaos.Auth, agentchaos.NotFound, agentchaos.ContextLength,
		agentchaos.InvalidRequest, agentchaos.ContentFilter, agentchaos.Length:
		return true
	}
	return false
}
