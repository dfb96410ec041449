package e2e

import (
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// wired are the kinds of failure that a dialect has an error for.
func wired(d agentchaos.Dialect) (kinds []agentchaos.Kind) {
	for k := agentchaos.RateLimit; int(k) < agentchaos.Kinds; k++ {
		if _, ok := d.Wire(k); ok {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// classes are what the SDKs document: of an error response, and of an error in a stream. README of openai-go v3.96.0, "Errors";
// packages/ssestream of both.
var classes = map[agentchaos.Dialect][2]string{
	agentchaos.OpenAI:    {"*openai.Error", "*ssestream.StreamError"},
	agentchaos.Anthropic: {"*anthropic.Error", "*anthropic.Error"},
}

func TestEveryGoSDKRaisesItsErrorForEveryKind(t *testing.T) {
	for _, c := range goClients() {
		d := c.Format.Dialect()
		require.NotEmpty(t, wired(d))
		for _, k := range wired(d) {
			w, _ := d.Wire(k)
			for _, m := range []Mode{Plain, Stream, Helper} {
				t.Run(c.Name+"/"+k.String()+"/"+string(m), func(t *testing.T) {
					r, _ := inProcess(t, c, m, refusal(k), 0)
					raised(t, c, r, classes[d][0], w)
					require.Equal(t, w.Status, r.Error.Status)
					require.Regexp(t, "^req_", r.Error.Request)
				})
				if m == Plain {
					continue
				}
				t.Run(c.Name+"/"+k.String()+"/"+string(m)+"/event", func(t *testing.T) {
					r, p := inProcess(t, c, m, event(k, 500), 0)
					raised(t, c, r, classes[d][1], w)
					require.Equal(t, 1, p.attempts(), "nothing is tried again once a stream has begun")
					if d == agentchaos.Anthropic {
						require.Equal(t, 200, r.Error.Status, "the error is in a stream")
					}
				})
			}
		}
	}
}

func raised(t *testing.T, c *Client, r Result, class string, w agentchaos.WireError) {
	t.Helper()
	require.NotNil(t, r.Error)
	require.False(t, r.OK)
	require.Equal(t, class, r.Error.Class)
	require.Equal(t, w.Type, r.Error.Type)
	require.Equal(t, w.Code, r.Error.Code)
	require.NotEmpty(t, r.Error.Message)
	if c.Format == wire.Messages && w.Prefix != "" {
		require.Contains(t, r.Error.Message, w.Prefix)
	}
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	for _, c := range goClients() {
		for _, m := range []Mode{Plain, Stream, Helper, Loop} {
			t.Run(c.Name+"/"+string(m), func(t *testing.T) {
				f := refusal(agentchaos.Overloaded)
				f.Once = true
				r, p := inProcess(t, c, m, f, 0)
				require.Nil(t, r.Error)
				require.Greater(t, p.attempts(), 1)
				if m == Loop {
					require.Equal(t, saidAtLast, r.Text)
				} else {
					require.Equal(t, saidText, r.Text)
				}
			})
		}
	}
}
