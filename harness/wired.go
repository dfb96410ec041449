package harness

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/wire"
)

// mind makes scripts real as calls: faults.Play, or the same spoken over HTTP.
type mind func(clock agentchaos.Clock, open agentchaos.Open) agentchaos.Call

// wired is faults.Play with the models' calls spoken as HTTP: client and server of package wire, in this very process. Tools and
// retrieval have no wire and stay typed. What comes out is the same, event for event.
func wired(models map[string]faults.Model) mind {
	return func(clock agentchaos.Clock, open agentchaos.Open) agentchaos.Call {
		w := &wirePlayer{aloft: map[aloft]*spoken{}}
		w.clock, w.point = clock, func() {}
		if c, ok := clock.(mortalClock); ok { // its waits are not those of the typed player, so not the places to die at either
			w.clock, w.point = c.World, c.point
		}
		dialect := func(target string) agentchaos.Dialect {
			if d := models[target].Dialect; d != agentchaos.Plain {
				return d
			}
			return agentchaos.DialectOf(target)
		}
		server := &wire.Server{Clock: w.clock, Author: said{}, Dialect: dialect, Ended: w.ended, Open: w.open(open)}
		w.call = wire.Config{Clock: w.clock, Endpoint: func(target string) wire.Endpoint {
			provider, _, _ := strings.Cut(target, "/")
			e := wire.Endpoint{URL: wire.SimulatedURL + url.PathEscape(provider) + "/v1"}
			if dialect(target) == agentchaos.Anthropic {
				e.Format = wire.Messages
			}
			return e
		}}.Client(server)
		typed := faults.Play(clock, open)
		return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			if req.Use != agentchaos.UseModel {
				return typed(ctx, req)
			}
			return w.play(ctx, req)
		}
	}
}

// wirePlayer is the models' side of a cell that is spoken over HTTP.
type wirePlayer struct {
	clock agentchaos.Clock
	point func() // a place for the process to die at: where the typed player's waits begin and end
	call  agentchaos.Call
	aloft map[aloft]*spoken
}

// aloft names an attempt that is under way.
type aloft struct {
	id     agentchaos.ID
	target string
}

// spoken is what does not go over the wire of an attempt: what its provider meant, and what became of it.
type spoken struct {
	script agentchaos.Script
	after  time.Duration
	left   bool
}

// open leaves it to play to tell the provider that its client has gone: a process that dies is gone in another way.
func (w *wirePlayer) open(next agentchaos.Open) agentchaos.Open {
	return func(now time.Duration, req *agentchaos.Request) agentchaos.Script {
		s := next(now, req)
		if x := w.aloft[aloft{req.ID, req.Target}]; x != nil {
			x.script = s
		}
		w.point()
		s.Leave = nil
		return s
	}
}

func (w *wirePlayer) ended(x *wire.Exchange) {
	if s := w.aloft[aloft{x.Request.ID, x.Request.Target}]; s != nil {
		s.after, s.left = x.After, x.Left
	}
}

func (w *wirePlayer) play(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
	req.Truth = agentchaos.Truth{}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name, x := aloft{req.ID, req.Target}, &spoken{}
	w.aloft[name] = x
	slow, first := req.OnSlow, req.OnFirst
	req.OnSlow, req.OnFirst = w.between(slow), w.between(first)
	resp, err := w.call(ctx, req)
	req.OnSlow, req.OnFirst = slow, first
	delete(w.aloft, name)
	w.point()
	if x.left && x.script.Leave != nil {
		x.script.Leave(w.clock.Now())
	}
	req.Truth = faults.TruthOf(&x.script, x.after, req.Input)
	req.Truth.Wrong = req.Truth.Wrong || err == nil && x.script.End.Form == agentchaos.Garbled
	return resp, err
}

// between is what is done between two waits of the typed player.
func (w *wirePlayer) between(f func()) func() {
	if f == nil {
		return nil
	}
	return func() {
		w.point()
		f()
		w.point()
	}
}

// said is what the typed player's models say, in as many tokens as are asked for.
type said struct{}

// Answer is the good answer.
func (said) Answer(_ string, p *wire.Prompt) wire.Reply {
	return wire.Reply{Text: faults.Answer, Tokens: p.Max, Sized: true}
}

// Garble is the bad one of that variant.
func (said) Garble(_ string, _ *wire.Prompt, v agentchaos.Variant) wire.Reply {
	c := faults.Said(v)
	if c.Tool == "" {
		return wire.Reply{Text: c.Text}
	}
	return wire.Reply{Calls: []wire.ToolCall{{Name: c.Tool, Arguments: c.Arguments}}}
}
