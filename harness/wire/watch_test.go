package wire_test

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// limited is a call with limits, and what becomes of it. Times in milliseconds.
type limited struct {
	name             string
	script           ac.Script // its tokens come at First, and evenly until Gen after it
	first, idle      int       // limits; 0: none
	slow             int       // when OnSlow is due; 0: it is not wanted
	deadline         int       // of the context; 0: none
	plain            bool      // not streamed
	kind             ac.Kind   // None: answered
	got, at, toldAt  int       // tokens that came, when it was over, when OnSlow was called; 0: never
	cancelled        bool      // by its context
	firstAt, started int       // when the first token came by the client's reckoning, and by OnFirst's
}

// limits are calls on the wall clock. Ties are for virtual time, where they have an order: see the law.
var limits = []limited{
	{name: "in time", script: tokensAt(100, 300, 4), first: 200, idle: 200, slow: 150, got: 4, at: 400, firstAt: 100, started: 100},
	{name: "the first token is late", script: tokensAt(300, 300, 4), first: 200, kind: ac.Timeout, at: 200},
	{name: "the first token just before its limit", script: tokensAt(200, 300, 4), first: 201, got: 4, at: 500, firstAt: 200, started: 200},
	{name: "the second token is late", script: tokensAt(100, 900, 4), idle: 200, kind: ac.Timeout, got: 1, at: 300, firstAt: 100, started: 100},
	{name: "every token just before its limit", script: tokensAt(100, 600, 4), idle: 201, got: 4, at: 700, firstAt: 100, started: 100},
	{name: "idle does not run before the first token", script: tokensAt(500, 30, 4), idle: 200, got: 4, at: 530, firstAt: 500, started: 500},
	{name: "a stream that stalls", script: brokenOff(tokensAt(100, 300, 4), ac.Stall), idle: 200, kind: ac.Timeout, got: 2, at: 400, firstAt: 100, started: 100},
	{name: "nobody answers", script: ac.Script{Effect: ac.Effect{End: ac.Ending{Form: ac.Silence, Hang: time.Hour}}}, first: 200, kind: ac.Timeout, at: 200},
	{name: "a plain answer has no limits", script: tokensAt(300, 300, 4), first: 100, idle: 50, plain: true, got: 4, at: 600},
	{name: "slow, and then it comes", script: tokensAt(300, 300, 4), slow: 200, got: 4, at: 600, toldAt: 200, firstAt: 300, started: 300},
	{name: "just not slow", script: tokensAt(200, 300, 4), slow: 201, got: 4, at: 500, firstAt: 200, started: 200},
	{name: "slow, and then late", script: tokensAt(900, 300, 4), slow: 200, first: 500, kind: ac.Timeout, at: 500, toldAt: 200},
	{name: "late before it is slow", script: tokensAt(900, 300, 4), slow: 500, first: 200, kind: ac.Timeout, at: 200},
	{name: "a plain answer is slow until it is there", script: tokensAt(100, 300, 4), slow: 200, plain: true, got: 4, at: 400, toldAt: 200},
	{name: "refused before it is slow", script: ac.Script{Effect: ac.Effect{End: ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded, Status: 503, Delay: 100 * time.Millisecond}}}, slow: 200, first: 500, kind: ac.Overloaded, at: 100},
	{name: "refused when it is slow", script: ac.Script{Effect: ac.Effect{End: ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded, Status: 503, Delay: 300 * time.Millisecond}}}, slow: 200, first: 500, kind: ac.Overloaded, at: 300, toldAt: 200},
	{name: "the context ends first", script: tokensAt(900, 300, 4), first: 500, deadline: 300, slow: 200, cancelled: true, at: 300, toldAt: 200},
	{name: "the context ends in the stream", script: tokensAt(100, 900, 4), idle: 500, deadline: 500, cancelled: true, at: 500, firstAt: 100, started: 100},
}

func tokensAt(first, gen, n int) ac.Script {
	ms := time.Millisecond
	return ac.Script{First: time.Duration(first) * ms, Gen: time.Duration(gen) * ms, N: n, Sent: n}
}

// brokenOff is a script that ends after half its tokens.
func brokenOff(s ac.Script, form ac.Form) ac.Script {
	s.Sent, s.End.Form, s.End.Hang = s.N/2, form, time.Hour
	return s
}

// On the wall clock, in a bubble: real goroutines and timers. The typed player, on the same clock, says the same.
func TestLimits(t *testing.T) {
	for i := range limits {
		x := &limits[i]
		t.Run(x.name, func(t *testing.T) {
			for _, f := range formats {
				synctest.Test(t, func(t *testing.T) {
					wall := ac.NewWall()
					s := &wire.Server{Open: scripted(x.script), Clock: wall, Author: typed{}}
					x.watch(t, wall, asksServer(f, wall, s))
				})
			}
			synctest.Test(t, func(t *testing.T) {
				wall := ac.NewWall()
				x.watch(t, wall, faults.Play(wall, scripted(x.script)))
			})
		})
	}
}

func asksServer(f wire.Format, clock ac.Clock, rt http.RoundTripper) ac.Call {
	return wire.Config{Clock: clock, Endpoint: func(string) wire.Endpoint { return wire.Endpoint{URL: api, Format: f} }}.Client(rt)
}

func (x *limited) watch(t *testing.T, wall ac.Wall, call ac.Call) {
	const ms = time.Millisecond
	ctx := t.Context()
	if x.deadline > 0 {
		c, stop := wall.WithTimeout(ctx, time.Duration(x.deadline)*ms)
		defer stop()
		ctx = c
	}
	var told, first atomic.Int64
	req := &ac.Request{Target: model, Input: 5, Output: x.script.N, Stream: !x.plain,
		FirstToken: time.Duration(x.first) * ms, Idle: time.Duration(x.idle) * ms, Slow: time.Duration(x.slow) * ms,
		OnFirst: func() { first.Add(int64(wall.Now())) }}
	if x.slow > 0 {
		req.OnSlow = func() { told.Add(int64(wall.Now())) }
	}
	resp, err := call(ctx, req)
	v := verdictOf(resp, err)
	if x.cancelled {
		require.ErrorIs(t, err, context.DeadlineExceeded)
	} else {
		require.Equal(t, x.kind, v.Kind, err)
		require.Equal(t, x.got, v.Got)
		if resp != nil {
			require.Equal(t, time.Duration(x.firstAt)*ms, resp.First)
		}
	}
	require.Equal(t, time.Duration(x.at)*ms, wall.Now(), "when it was over")
	require.Equal(t, int64(time.Duration(x.toldAt)*ms), told.Load(), "when it was slow")
	require.Equal(t, int64(time.Duration(x.started)*ms), first.Load(), "when the first token came")
	synctest.Wait() // and a bubble that leaves a goroutine behind fails
}

// Whoever ends a call waits for OnSlow, so that nothing it has done is missed; and no lock is held meanwhile.
func TestACallThatEndsWhileItIsToldSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wall := ac.NewWall()
		call := asksServer(wire.Messages, wall, &wire.Server{Open: scripted(tokensAt(300, 0, 1)), Clock: wall, Author: typed{}})
		done := false
		_, err := call(t.Context(), &ac.Request{Target: model, Output: 1, Stream: true, Slow: 200 * time.Millisecond, OnSlow: func() {
			_ = wall.Sleep(context.Background(), time.Second)
			done = true
		}})
		require.NoError(t, err)
		require.True(t, done)
		require.Equal(t, 1200*time.Millisecond, wall.Now())
	})
}

// A vendor that names the role in every chunk is not silent.
func TestLimitsOfARealVendor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wall := ac.NewWall()
		pr := &paced{clock: wall, pieces: []string{chatDelta(`{"role":"assistant","content":"Hi"}`), chatDelta(`{"role":"assistant","content":"Hi"}`), chatDelta(`{"role":"assistant","content":"Hi"}`), cEnd + cDone}}
		call := asksServer(wire.Chat, wall, transport(func(hr *http.Request) (*http.Response, error) {
			pr.ctx = hr.Context()
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: pr, Request: hr}, nil
		}))
		resp, err := call(t.Context(), &ac.Request{Target: model, Output: 9, Stream: true, FirstToken: 250 * time.Millisecond, Idle: 150 * time.Millisecond})
		require.NoError(t, err)
		require.Equal(t, "HiHiHi", resp.Content.Text)
	})
}

// paced is a body of which a piece comes every 100 ms, until its request ends.
type paced struct {
	clock  ac.Wall
	ctx    context.Context
	pieces []string
}

func (p *paced) Read(b []byte) (int, error) {
	if err := p.clock.Sleep(p.ctx, 100*time.Millisecond); err != nil {
		return 0, err
	}
	if len(p.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.pieces[0])
	p.pieces = p.pieces[1:]
	return n, nil
}

func (*paced) Close() error { return nil }

// A model at work on something else, a search say, is not idle; one that lets nothing be heard but pings is.
func TestIdleIsNoSignOfWork(t *testing.T) {
	search := "event: response.web_search_call.searching\ndata: {\"type\":\"response.web_search_call.searching\",\"sequence_number\":9}\n\n"
	ping := "event: ping\ndata: {\"type\":\"ping\"}\n\n"
	for _, x := range []struct {
		f      wire.Format
		pieces []string
		want   ac.Kind
	}{
		{wire.Responses, []string{rOpen + rHi, search, search, search, rHi}, ac.Truncated},
		{wire.Messages, []string{mOpen + mHi, ping, ping, ping, mHi}, ac.Timeout},
	} {
		synctest.Test(t, func(t *testing.T) {
			wall := ac.NewWall()
			pr := &paced{clock: wall, pieces: x.pieces}
			call := asksServer(x.f, wall, transport(func(hr *http.Request) (*http.Response, error) {
				pr.ctx = hr.Context()
				return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: pr, Request: hr}, nil
			}))
			_, err := call(t.Context(), &ac.Request{Target: model, Output: 9, Stream: true, Idle: 150 * time.Millisecond})
			require.Equal(t, x.want, ac.KindOf(err), "%v", err)
		})
	}
}
