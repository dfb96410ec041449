package wire_test

import (
	"context"
	"testing"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/playertest"
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
func overWire(f wire.Format) playertest.Player {
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

func TestTheClientOverTheServerIsTheTypedPlayer(t *testing.T) {
	for f := wire.Chat; f <= wire.Messages; f++ {
		t.Run(f.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := playertest.Script(t, f.Dialect())
				req, watch := playertest.Attempt(t, model, &s)
				require.Equal(t, playertest.Story(t, s, req, watch, faults.Play), playertest.Story(t, s, req, watch, overWire(f)))
			})
		})
	}
}
