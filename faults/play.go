package faults

import (
	"context"
	"io"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Play is the typed player: it makes scripts real on a clock, with one sleep for most attempts. It keeps the request's
// limits, calls its OnFirst and OnSlow, and writes its Truth.
//
// What comes at the very moment of a limit or of the context's deadline is in time. When the context has ended its error is
// returned, whatever else is true. A limit ends an attempt as a Timeout; Slow at or after the moment at which the attempt
// begins to be answered, fails or runs into its limit is not slow.
func Play(clock agentchaos.Clock, open agentchaos.Open) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		req.Truth = agentchaos.Truth{}
		if err := ctx.Err(); err != nil {
			return nil, err // nothing is sent
		}
		begin := clock.Now()
		s := open(begin, req)
		var f fate
		f.foresee(&s, req)
		err := live(ctx, clock, begin, req, &f)
		now := clock.Now()
		left := err != nil || f.limit
		if left && s.Leave != nil {
			s.Leave(now)
		}
		req.Truth = TruthOf(&s, now-begin, req.Input)
		if err != nil {
			return nil, err
		}
		return answer(&s, &f, now, req)
	}
}

// answer is what the client gets. It is no part of Play so that its results lie where other calls' have lain: of hundreds of
// coroutines that wait in Play every line of stack counts.
func answer(s *agentchaos.Script, f *fate, now time.Duration, req *agentchaos.Request) (*agentchaos.Response, error) {
	if f.kind != agentchaos.None {
		return nil, failure(s, f, now, req)
	}
	req.Truth.Wrong = s.End.Form == agentchaos.Garbled // a failure says what it is
	r := &agentchaos.Response{Target: req.Target, Input: req.Input, Output: f.got, Content: Said(s.End.Variant)}
	if f.begun {
		r.First = f.first
	}
	return r, nil
}

// live waits from moment to moment. Its error is the context's.
func live(ctx context.Context, clock agentchaos.Clock, begin time.Duration, req *agentchaos.Request, f *fate) error {
	if req.OnSlow != nil && f.shows() > req.Slow {
		if err := expire(ctx, clock, begin+req.Slow); err != nil {
			return err
		}
		req.OnSlow()
	}
	if req.OnFirst != nil && f.begun {
		if err := clock.Sleep(ctx, begin+f.first-clock.Now()); err != nil {
			return err
		}
		req.OnFirst()
	}
	if f.limit {
		return expire(ctx, clock, begin+f.at)
	}
	return clock.Sleep(ctx, begin+f.at-clock.Now())
}

// expire waits until a moment as a deadline, so that whatever comes at that moment has come before.
func expire(ctx context.Context, clock agentchaos.Clock, moment time.Duration) error {
	w, stop := clock.WithTimeout(ctx, moment-clock.Now())
	_ = clock.Sleep(w, agentchaos.Forever)
	stop()
	return ctx.Err()
}

func failure(s *agentchaos.Script, f *fate, now time.Duration, req *agentchaos.Request) *agentchaos.Error {
	e := &agentchaos.Error{Kind: f.kind, Status: f.status, Target: req.Target, Got: f.got}
	if f.begun {
		e.First = f.first
	}
	switch f.kind {
	case agentchaos.Malformed:
		e.Variant = s.End.Variant
	case s.End.Kind:
		if s.End.Form == agentchaos.Refuse && !f.limit {
			e.RetryAfter = s.End.RetryAfter.Understood(now)
		}
	case agentchaos.Truncated:
		if s.End.Form != agentchaos.CutEOF { // of a stall too: the connection is closed in the middle
			e.Err = io.ErrUnexpectedEOF
		}
	}
	return e
}
