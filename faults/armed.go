package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// armed is a rule on one of its targets, with its counters.
type armed struct {
	inject      Injector
	by          uint8
	luck        agentchaos.Seed
	chance      uint64 // a draw below it strikes; always: no draw
	from, until time.Duration
	after       uint64
	every       uint64 // 0: all
	callFirst   uint8  // 255: all
	left        int    // of First
	bursts      *bursts
	service     bool // from, until and bursts are asked for the start of the work, not for the arrival
	chooses     func(*agentchaos.Request) bool
}

const always = ^uint64(0)

func arm(by int, r Rule, inject Injector, luck agentchaos.Seed, b *bursts) armed {
	w := r.When
	_, service := r.Fault.(server)
	a := armed{
		service: service, inject: inject, by: uint8(by), luck: luck, chance: always, from: w.From, until: w.Until,
		after: uint64(w.After), every: uint64(w.Every), callFirst: 255, left: w.First, bursts: b,
	}
	if w.Probability != nil {
		a.chance = agentchaos.Chance(*w.Probability)
	}
	if a.until == 0 {
		a.until = agentchaos.Forever
	}
	if w.CallFirst > 0 {
		a.callFirst = uint8(min(w.CallFirst, 255))
	}
	if a.left == 0 {
		a.left = -1
	}
	if c, ok := r.Fault.(chooser); ok {
		a.chooses = c.strikesAt
	}
	return a
}

// strikes decides on the n-th attempt on the target, which comes now and of which the work would begin at start. Everything
// is asked before First, which counts.
func (a *armed) strikes(now, start time.Duration, id agentchaos.ID, n uint64) bool {
	at := now
	if a.service {
		at = start
	}
	if at < a.from || at >= a.until || n <= a.after || id.Attempt > a.callFirst {
		return false
	}
	if a.chance != always && a.luck.At(id) >= a.chance || a.every > 1 && n%a.every != 0 {
		return false
	}
	if a.bursts != nil && !a.bursts.faulty(now, at) || a.left == 0 {
		return false
	}
	if a.left > 0 {
		a.left--
	}
	return true
}

// spoil does to a script what the fault does to an attempt that it strikes, signed.
func (a *armed) spoil(now time.Duration, req *agentchaos.Request, s *agentchaos.Script) {
	e := a.inject(now, req)
	if e.End.Form != agentchaos.Whole {
		e.End.By = a.by
	}
	if e.Slow > 0 {
		e.SlowBy = a.by
	}
	s.Effect = s.Effect.Merge(e)
}
