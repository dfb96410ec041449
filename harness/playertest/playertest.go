// Package playertest is what two players of scripts must agree on, as tests for any of them: the typed one, the one that reads token by
// token, and the one over HTTP.
package playertest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A Player makes scripts real as calls.
type Player func(agentchaos.Clock, agentchaos.Open) agentchaos.Call

// Script draws a script of a few nanoseconds, so that everything is often due at the same moment, with any ending that a provider of the
// dialect has.
func Script(t *rapid.T, d agentchaos.Dialect) agentchaos.Script {
	s := agentchaos.Script{Wait: few(t, "wait", 4), First: few(t, "first", 8)}
	forms := []agentchaos.Form{
		agentchaos.Whole, agentchaos.Refuse, agentchaos.Silence, agentchaos.CutEOF, agentchaos.CutFIN, agentchaos.CutRST,
		agentchaos.Event, agentchaos.Stall, agentchaos.Short, agentchaos.Garbled,
	}
	e := agentchaos.Ending{Form: rapid.SampledFrom(forms).Draw(t, "form"), By: 3, At: 500, Hang: few(t, "hang", 20)}
	switch e.Form {
	case agentchaos.Refuse, agentchaos.Silence:
		if s.Wait, s.First = 0, 0; e.Form == agentchaos.Refuse {
			refusal(t, d, &e)
		}
		s.End = e
		return s
	}
	if s.N = rapid.IntRange(0, 70).Draw(t, "n"); s.N > 0 {
		s.Gen = few(t, "gen", 40)
	}
	s.Sent = s.N
	switch e.Form {
	case agentchaos.Whole:
		e.By = 0
	case agentchaos.Garbled:
		e.Variant = agentchaos.Variant(rapid.IntRange(1, agentchaos.Variants-1).Draw(t, "variant"))
	case agentchaos.Event:
		e.Kind = rapid.SampledFrom(kinds(d)).Draw(t, "kind")
		e.Status = d.Status(e.Kind)
		fallthrough
	default:
		s.Sent = rapid.IntRange(0, s.N).Draw(t, "sent")
	}
	s.End, s.SlowBy = e, 2
	return s
}

func few(t *rapid.T, name string, most int64) time.Duration {
	return time.Duration(rapid.Int64Range(0, most).Draw(t, name))
}

// kinds are those that the dialect has an error for.
func kinds(d agentchaos.Dialect) (out []agentchaos.Kind) {
	for k := agentchaos.RateLimit; int(k) < agentchaos.Kinds; k++ {
		if d.Status(k) != 0 {
			out = append(out, k)
		}
	}
	return out
}

func refusal(t *rapid.T, d agentchaos.Dialect, e *agentchaos.Ending) {
	e.Kind = rapid.SampledFrom(append(kinds(d), agentchaos.Reset)).Draw(t, "kind")
	e.Status, e.Delay = d.Status(e.Kind), few(t, "delay", 20)
	if e.Kind == agentchaos.Reset {
		return
	}
	e.RetryAfter = agentchaos.RetryAfter{
		Hint:   agentchaos.Hint(rapid.IntRange(0, int(agentchaos.HintConflict)).Draw(t, "hint")),
		Millis: 1000 * rapid.Int64Range(0, 90_000).Draw(t, "retry after"),
	}
	if e.RetryAfter.Hint == agentchaos.HintMillis || e.RetryAfter.Hint == agentchaos.HintFraction {
		e.RetryAfter.Millis += 500
	}
}

// Watch is what somebody wants to know of an attempt while it lasts, and for how long.
type Watch struct {
	Deadline            time.Duration // of its context; 0: none
	Leaves, First, Slow bool          // the provider cares whether its client goes; OnFirst and OnSlow are there
}

// Attempt draws a request for a script, and who watches it: its limits often fall on the moments of the script.
func Attempt(t *rapid.T, target string, s *agentchaos.Script) (agentchaos.Request, Watch) {
	req := agentchaos.Request{
		ID: agentchaos.ID{Task: 1, Step: 1, Attempt: 1}, Target: target, Input: 50, Output: s.N, Stream: rapid.Bool().Draw(t, "stream"),
		FirstToken: few(t, "first token", 15), Idle: few(t, "idle", 8), Slow: 1 + few(t, "slow", 15),
	}
	if s.N > 1 && rapid.Bool().Draw(t, "idle is the gap") {
		req.Idle = s.Gen / time.Duration(s.N-1)
	} else if rapid.Bool().Draw(t, "idle is the hang") {
		req.Idle = s.End.Hang
	}
	return req, Watch{few(t, "deadline", 60), rapid.Bool().Draw(t, "leaves"), rapid.Bool().Draw(t, "on first"), rapid.Bool().Draw(t, "on slow")}
}

// Story is everything that anybody can see of one attempt: what came of it and when, who was told, and what was true. The cause of an error
// is nobody's business.
func Story(t require.TestingT, s agentchaos.Script, draw agentchaos.Request, w Watch, player Player) string {
	var out strings.Builder
	world := sim.New()
	defer world.Close()
	say := func(format string, args ...any) {
		fmt.Fprintf(&out, "%d: "+format+"\n", append([]any{int64(world.Now())}, args...)...)
	}
	world.GoAt(7, 1, func() {
		ctx, stop := world.Background(), func() {}
		if w.Deadline > 0 {
			ctx, stop = world.WithTimeout(ctx, w.Deadline)
		}
		defer stop()
		req := draw
		if w.First {
			req.OnFirst = func() { say("first") }
		}
		if w.Slow {
			req.OnSlow = func() { say("slow") }
		}
		resp, err := player(world, func(time.Duration, *agentchaos.Request) agentchaos.Script {
			x := s
			if w.Leaves {
				x.Leave = func(now time.Duration) { say("left at %d", now) }
			}
			return x
		})(ctx, &req)
		say("%+v %+v", resp, req.Truth)
		var e *agentchaos.Error
		if errors.As(err, &e) {
			bare := *e
			bare.Err = nil
			say("%+v", bare)
			return
		}
		say("%v", err)
	})
	require.NoError(t, world.Run())
	return out.String()
}
