package faults_test

import (
	"context"
	"io"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/playertest"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// iterate is Play as real code would be: it reads token by token, with a limit around every read.
func iterate(clock ac.Clock, open ac.Open) ac.Call {
	return func(ctx context.Context, req *ac.Request) (*ac.Response, error) {
		r := &reader{clock: clock, req: req, begin: clock.Now()}
		r.s = open(r.begin, req)
		err := r.read(ctx)
		if r.gone && r.s.Leave != nil {
			r.s.Leave(clock.Now())
		}
		r.truth()
		if err != nil {
			return nil, err
		}
		req.Truth.Wrong = r.s.End.Variant != 0
		return &ac.Response{Target: req.Target, Input: req.Input, Output: r.s.N, First: r.first, Content: faults.Said(r.s.End.Variant)}, nil
	}
}

type reader struct {
	clock ac.Clock
	req   *ac.Request
	begin time.Duration
	s     ac.Script
	got   int
	first time.Duration
	slow  bool // OnSlow has been called
	gone  bool // the client has left before the end
}

func (r *reader) fail(k ac.Kind, status int) *ac.Error {
	return &ac.Error{Kind: k, Status: status, Target: r.req.Target, Got: r.got, First: r.first}
}

// next waits for what comes at a moment since the beginning. Limits run from where the last thing came.
func (r *reader) next(ctx context.Context, at time.Duration) error {
	limit := ac.Forever
	if r.req.Stream && r.got == 0 && r.req.FirstToken > 0 {
		limit = r.begin + r.req.FirstToken
	} else if r.req.Stream && r.got > 0 && r.req.Idle > 0 {
		limit = r.clock.Now() + r.req.Idle
	}
	wait := func(until time.Duration) error {
		if until == ac.Forever {
			return r.clock.Sleep(ctx, r.begin+at-r.clock.Now())
		}
		w, stop := r.clock.WithTimeout(ctx, until-r.clock.Now())
		defer stop()
		return r.clock.Sleep(w, r.begin+at-r.clock.Now())
	}
	var err error
	if slow := r.begin + r.req.Slow; r.req.OnSlow != nil && !r.slow && r.got == 0 && slow < limit {
		if err = wait(slow); err != nil && ctx.Err() == nil {
			r.slow = true
			r.req.OnSlow()
			err = wait(limit)
		}
	} else {
		err = wait(limit)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		r.gone = true
		return ctx.Err()
	}
	r.gone = true
	if r.got > 0 {
		return r.fail(ac.Timeout, 200)
	}
	return r.fail(ac.Timeout, 0)
}

func (r *reader) read(ctx context.Context) error {
	s, stream, e := &r.s, r.req.Stream, r.s.End
	switch e.Form {
	case ac.Refuse:
		if err := r.next(ctx, s.Wait+e.Delay); err != nil {
			return err
		}
		out := r.fail(e.Kind, e.Status)
		out.RetryAfter = e.RetryAfter.Understood(r.clock.Now())
		return out
	case ac.Silence:
		if err := r.next(ctx, s.Wait+e.Hang); err != nil {
			return err
		}
		return r.fail(ac.Reset, 0)
	}
	if stream && !e.Variant.Protocol() {
		for i := range s.Sent {
			if err := r.next(ctx, s.Tick(i)); err != nil {
				return err
			}
			if r.got++; i == 0 {
				r.first = s.Tick(0)
				if r.req.OnFirst != nil {
					r.req.OnFirst()
				}
			}
		}
	}
	end := s.Wait + s.First
	if s.Sent > 0 {
		end = s.Tick(s.Sent - 1)
	}
	if e.Form == ac.Stall {
		end += e.Hang
	}
	if err := r.next(ctx, end); err != nil {
		return err
	}
	switch e.Form {
	case ac.CutEOF:
		return r.fail(ac.Truncated, 200)
	case ac.CutFIN:
		out := r.fail(ac.Truncated, 200)
		out.Err = io.ErrUnexpectedEOF
		return out
	case ac.CutRST, ac.Stall:
		switch {
		case r.got == 0:
			return r.fail(ac.Reset, 0)
		case e.Form == ac.Stall:
			out := r.fail(ac.Truncated, 200)
			out.Err = io.ErrUnexpectedEOF
			return out
		}
		return r.fail(ac.Reset, 200)
	case ac.Event:
		if stream {
			return r.fail(e.Kind, 200)
		}
		return r.fail(e.Kind, e.Status)
	case ac.Short:
		r.got = s.Sent
		return r.fail(ac.Length, 200)
	case ac.Garbled:
		if e.Variant.Protocol() {
			out := r.fail(ac.Malformed, 200)
			out.Variant = e.Variant
			return out
		}
	}
	return nil
}

func (r *reader) truth() {
	s, after := &r.s, r.clock.Now()-r.begin
	t := ac.Truth{SlowBy: s.SlowBy}
	if s.End.Form == ac.Refuse || s.End.Form == ac.Silence {
		t.EndBy = s.End.By
		r.req.Truth = t
		return
	}
	if after >= s.Over() {
		t.EndBy = s.End.By
		if s.End.Form == ac.CutEOF {
			t.Cut, t.Wrong = true, true
		}
	}
	t.Input, t.Output = r.req.Input, s.Sent
	if r.gone && s.Leave != nil {
		for t.Output = 0; t.Output < s.Sent && s.Tick(t.Output) <= after; {
			t.Output++
		}
		if after < s.Wait {
			t.Input = 0
		}
	}
	r.req.Truth = t
}

func TestPlayIsWhatATokenByTokenReaderSees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := playertest.Script(t, ac.DialectOf(model))
		req, watch := playertest.Attempt(t, model, &s)
		require.Equal(t, playertest.Story(t, s, req, watch, iterate), playertest.Story(t, s, req, watch, faults.Play))
	})
}

// A player that knows no more than when an attempt was over tells the same truth as the typed one.
func TestTruthOfWhatIsOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := playertest.Script(t, ac.DialectOf(model))
		if rapid.Bool().Draw(t, "leaves") {
			s.Leave = func(time.Duration) {}
		}
		w := sim.New()
		defer w.Close()
		w.GoAt(7, 1, func() {
			ctx, end := w.WithTimeout(w.Background(), time.Duration(rapid.Int64Range(1, 80).Draw(t, "deadline")))
			defer end()
			req := ac.Request{Target: model, Input: 50, Stream: rapid.Bool().Draw(t, "stream")}
			resp, _ := faults.Play(w, func(time.Duration, *ac.Request) ac.Script { return s })(ctx, &req)
			want := req.Truth
			if resp != nil {
				want.Wrong = false
			}
			require.Equal(t, want, faults.TruthOf(&s, w.Now()-7, 50))
		})
		require.NoError(t, w.Run())
	})
}

// Every short stream against every idle limit: the long gaps of an uneven one lie where Tick puts them.
func TestIdleLimitsOfAllShortStreams(t *testing.T) {
	for n := 2; n <= 6; n++ {
		for gen := range time.Duration(3 * n) {
			for sent := range n + 1 {
				for idle := range time.Duration(5) {
					s := ac.Script{N: n, Gen: gen, Sent: sent, Effect: ac.Effect{End: ac.Ending{Form: ac.CutEOF}}}
					req := ac.Request{Target: model, Stream: true, Idle: idle}
					watch := playertest.Watch{First: true}
					require.Equal(t, playertest.Story(t, s, req, watch, iterate), playertest.Story(t, s, req, watch, faults.Play), "%+v %+v", s, req)
				}
			}
		}
	}
}
