package wire_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const model = "acme/m-1"

// typed writes what the typed player's models say, in as many tokens as are asked for.
type typed struct{}

func (typed) Answer(_ string, p *wire.Prompt) wire.Reply {
	return wire.Reply{Text: faults.Answer, Tokens: p.Max, Sized: true}
}

func (typed) Garble(_ string, _ *wire.Prompt, v ac.Variant) wire.Reply {
	c := faults.Said(v)
	if c.Tool != "" {
		return wire.Reply{Calls: []wire.ToolCall{{Name: c.Tool, Arguments: c.Arguments}}}
	}
	return wire.Reply{Text: c.Text}
}

// overWire is the player under test: the client over the server, in process.
func overWire(f wire.Format) func(ac.Clock, ac.Open) ac.Call {
	return func(clock ac.Clock, open ac.Open) ac.Call {
		asked := map[ac.ID]*ac.Request{}
		s := &wire.Server{Open: open, Clock: clock, Author: typed{}, Ended: func(x *wire.Exchange) {
			req := asked[x.Request.ID]
			req.Truth = faults.TruthOf(&x.Script, x.After, x.Request.Input)
		}}
		call := wire.Config{Clock: clock, Endpoint: func(string) wire.Endpoint {
			return wire.Endpoint{URL: wire.SimulatedURL + "acme/v1", Format: f}
		}}.Client(s)
		return func(ctx context.Context, req *ac.Request) (*ac.Response, error) {
			req.Truth = ac.Truth{}
			asked[req.ID] = req
			resp, err := call(ctx, req)
			if err == nil {
				variant := ac.NoVariant
				for v := ac.WrongSchema; int(v) < ac.Variants; v++ {
					if faults.Said(v) == resp.Content {
						variant = v
					}
				}
				req.Truth.Wrong = variant != ac.NoVariant
			}
			return resp, err
		}
	}
}

// drawScript makes scripts of a few nanoseconds, so that everything is often due at the same moment.
func drawScript(t *rapid.T, dialect ac.Dialect) ac.Script {
	few := func(name string, most int64) time.Duration {
		return time.Duration(rapid.Int64Range(0, most).Draw(t, name))
	}
	kinds := []ac.Kind{}
	for k := ac.RateLimit; int(k) < ac.Kinds; k++ {
		if dialect.Status(k) != 0 {
			kinds = append(kinds, k)
		}
	}
	s := ac.Script{Wait: few("wait", 4), First: few("first", 8)}
	e := ac.Ending{Form: ac.Form(rapid.IntRange(int(ac.Whole), int(ac.Garbled)).Draw(t, "form")), By: 3, At: 500}
	if rapid.IntRange(0, 9).Draw(t, "fin") == 0 {
		e.Form = ac.CutFIN
	}
	if e.Form == ac.Refuse || e.Form == ac.Silence {
		s.Wait, s.First = 0, 0
		e.Kind = rapid.SampledFrom(append(kinds, ac.Reset)).Draw(t, "kind")
		e.Status, e.Delay, e.Hang = dialect.Status(e.Kind), few("delay", 20), few("hang", 20)
		if e.Kind != ac.Reset {
			e.RetryAfter = ac.RetryAfter{Hint: ac.Hint(rapid.IntRange(0, int(ac.HintConflict)).Draw(t, "hint")), Millis: 1000 * rapid.Int64Range(0, 90_000).Draw(t, "retry after")}
			if e.RetryAfter.Hint == ac.HintMillis || e.RetryAfter.Hint == ac.HintFraction {
				e.RetryAfter.Millis += 500
			}
		}
		s.End = e
		return s
	}
	s.N = rapid.IntRange(0, 70).Draw(t, "n")
	if s.N > 0 {
		s.Gen = few("gen", 40)
	}
	s.Sent = s.N
	switch e.Form {
	case ac.Whole:
		e.By = 0
	case ac.Garbled:
		e.Variant = ac.Variant(rapid.IntRange(1, ac.Variants-1).Draw(t, "variant"))
	case ac.Event:
		e.Kind = rapid.SampledFrom(kinds).Draw(t, "kind")
		e.Status = dialect.Status(e.Kind)
		fallthrough
	default:
		s.Sent = rapid.IntRange(0, s.N).Draw(t, "sent")
		e.Hang = few("hang", 20)
	}
	s.End, s.SlowBy = e, 2
	return s
}

// story is everything that anybody can see of one attempt.
func story(t require.TestingT, s ac.Script, draw ac.Request, deadline time.Duration, leaves, first, slow bool, player func(ac.Clock, ac.Open) ac.Call) string {
	var out strings.Builder
	w := sim.New()
	defer w.Close()
	say := func(format string, args ...any) {
		fmt.Fprintf(&out, "%d: "+format+"\n", append([]any{int64(w.Now())}, args...)...)
	}
	w.GoAt(7, 1, func() {
		ctx, stop := w.Background(), func() {}
		if deadline > 0 {
			ctx, stop = w.WithTimeout(ctx, deadline)
		}
		defer stop()
		req := draw
		if first {
			req.OnFirst = func() { say("first") }
		}
		if slow {
			req.OnSlow = func() { say("slow") }
		}
		resp, err := player(w, func(time.Duration, *ac.Request) ac.Script {
			x := s
			if leaves {
				x.Leave = func(now time.Duration) { say("left at %d", now) }
			}
			return x
		})(ctx, &req)
		say("%+v %+v", resp, req.Truth)
		var e *ac.Error
		if errors.As(err, &e) {
			bare := *e
			bare.Err = nil // what it was on the wire is nobody's business
			say("%+v", bare)
		} else {
			say("%v", err)
		}
	})
	require.NoError(t, w.Run())
	return out.String()
}

func TestTheClientOverTheServerIsTheTypedPlayer(t *testing.T) {
	for f := wire.Chat; f <= wire.Messages; f++ {
		t.Run(f.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := drawScript(t, f.Dialect())
				limit := func(name string, most int64) time.Duration {
					return time.Duration(rapid.Int64Range(0, most).Draw(t, name))
				}
				req := ac.Request{
					ID: ac.ID{Task: 1, Step: 1, Attempt: 1}, Target: model, Input: 50, Output: s.N, Stream: rapid.Bool().Draw(t, "stream"),
					FirstToken: limit("first token", 15), Idle: limit("idle", 8), Slow: 1 + limit("slow", 15),
				}
				if s.N > 1 && rapid.Bool().Draw(t, "idle is the gap") {
					req.Idle = s.Gen / time.Duration(s.N-1)
				} else if rapid.Bool().Draw(t, "idle is the hang") {
					req.Idle = s.End.Hang
				}
				deadline := limit("deadline", 60)
				leaves, first, slow := rapid.Bool().Draw(t, "leaves"), rapid.Bool().Draw(t, "on first"), rapid.Bool().Draw(t, "on slow")
				require.Equal(t,
					story(t, s, req, deadline, leaves, first, slow, faults.Play),
					story(t, s, req, deadline, leaves, first, slow, overWire(f)))
			})
		})
	}
}
