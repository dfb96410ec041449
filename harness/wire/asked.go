package wire

import (
	"math"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
)

// tried is a call that is under way or has failed.
type tried struct {
	step    uint16
	attempt uint8         // the latest
	count   int           // the SDK's, of the latest
	due     time.Duration // not before this, it was told
	never   bool          // it was told that it is no use
}

// underway is a request that is being answered.
type underway struct {
	*asking
	*tried
	came   time.Duration
	repeat Repeat
}

// asking are all requests that are equal.
type asking struct {
	hash         uint64
	calls        uint16
	failed       []*tried // that nobody has asked again, in the order of their steps
	live         int
	used         time.Duration
	older, newer *asking
	gone         bool
}

// mostFailed is how many failed calls of equal requests are remembered.
const mostFailed = 1024

// next is the attempt that comes next, with an SDK's count.
func (a *asking) next(count int) *underway {
	u := &underway{asking: a}
	switch {
	case count > 0:
		u.repeat.Sort = SDK
	case len(a.failed) > 0:
		u.repeat.Sort = Outer
	}
	if len(a.failed) == 0 {
		if a.calls < math.MaxUint16 {
			a.calls++
		}
		u.tried = &tried{step: a.calls, attempt: uint8(min(count+1, math.MaxUint8)), count: count}
		return u
	}
	i := slices.IndexFunc(a.failed, func(t *tried) bool { return t.count == count-1 })
	i = max(i, 0)
	u.tried = a.failed[i]
	a.failed = slices.Delete(a.failed, i, i+1)
	if u.attempt < math.MaxUint8 {
		u.attempt++
	}
	u.count = count
	return u
}

// named is the attempt that a header names. What its call was told before stays true for it.
func (a *asking) named(id agentchaos.ID) *underway {
	u := &underway{asking: a, tried: &tried{step: id.Step, attempt: id.Attempt}}
	switch {
	case id.Attempt > 1:
		u.repeat.Sort = Named
		for _, t := range a.failed {
			u.due, u.never = max(u.due, t.due), u.never || t.never
		}
	case id.Copy == 0: // the name is used again
		a.failed = a.failed[:0]
	}
	return u
}

// fail takes a call down as failed; of too many the earliest is forgotten.
func (a *asking) fail(t *tried) {
	i, _ := slices.BinarySearchFunc(a.failed, t, func(f, t *tried) int { return int(f.step) - int(t.step) })
	a.failed = slices.Insert(a.failed, i, t)
	if len(a.failed) > mostFailed {
		a.failed = slices.Delete(a.failed, 0, 1)
	}
}

// told takes down what the answer says about asking again; a client that has left was told nothing.
func (u *underway) told(x *Exchange, scale float64) {
	e := &x.Script.End
	if x.Left {
		return
	}
	u.never = u.never || hopeless(e)
	if e.Form != agentchaos.Refuse {
		return
	}
	wait := e.RetryAfter.Understood(0)
	if e.RetryAfter.Hint == agentchaos.HintDate { // as it was meant: nobody is blamed for a second that it was rounded up by
		wait = time.Duration(e.RetryAfter.Millis) * time.Millisecond
	}
	if wait <= 0 {
		return
	}
	after := x.Script.Wait + e.Delay
	if scale > 0 {
		after = time.Duration(float64(after) / scale)
	}
	u.due = max(u.due, u.came+after+wait)
}

// hopeless reports whether a failure does not pass by itself. The list is the report's.
func hopeless(e *agentchaos.Ending) bool {
	k := e.Kind
	switch e.Form {
	case agentchaos.Short:
		k = agentchaos.Length
	case agentchaos.Refuse, agentchaos.Event:
	default:
		return false
	}
	switch k {
	case agentchaos.Quota, agentchaos.Auth, agentchaos.NotFound, agentchaos.ContextLength,
		agentchaos.InvalidRequest, agentchaos.ContentFilter, agentchaos.Length:
		return true
	}
	return false
}
