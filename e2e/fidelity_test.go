package e2e

import (
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// finishes are how an SDK names the ends of healthy answers: of a text, and of a call of a tool.
var finishes = map[wire.Format][2]string{
	wire.Chat: {"stop", "tool_calls"}, wire.Responses: {"completed", "completed"}, wire.Messages: {"end_turn", "tool_use"},
}

// ids are how IDs begin: of an answer, and of a call.
var ids = map[wire.Format][2]string{
	wire.Chat: {"chatcmpl-", "call_"}, wire.Responses: {"resp_", "call_"}, wire.Messages: {"msg_", "toolu_"},
}

// healthy says what a healthy answer has to look like to a client.
func healthy(t *testing.T, c *Client, m Mode, r Result, p *Provider) {
	t.Helper()
	require.Nil(t, r.Error)
	require.True(t, r.OK)
	finish := finishes[c.Format]
	if c.Column == "ai" {
		finish = [2]string{"stop", "tool-calls"}
	}
	switch m {
	case Models:
		for _, name := range modelNames {
			_, model, _ := strings.Cut(name, "/")
			own := strings.HasPrefix(name, "anthropic/") // who asks for Anthropic's is shown no others
			require.Equal(t, own || c.Format != wire.Messages, strings.Contains(r.Text, model), "%s in %q", name, r.Text)
		}
		return
	case Embeddings:
		require.Equal(t, "1536,1536", r.Text, "numbers in two vectors")
		require.Positive(t, r.Usage.Input)
		return
	case CountTokens:
		require.Positive(t, r.Usage.Input)
		return
	case Plain, Stream, Helper:
		require.Equal(t, saidText, r.Text)
		require.Empty(t, r.ToolCalls)
		require.Equal(t, finish[0], r.Finish)
	case Structured:
		require.JSONEq(t, saidReport, r.Text)
		require.Equal(t, finish[0], r.Finish)
	case Tools, StreamTools, HelperTools:
		require.Empty(t, r.Text)
		called(t, c, r)
		require.Equal(t, finish[1], r.Finish)
	case Loop:
		require.Equal(t, saidAtLast, r.Text)
		require.Equal(t, 2, r.Turns)
		called(t, c, r)
		require.Equal(t, finish[0], r.Finish)
		require.Equal(t, 2, p.attempts())
	}
	if m == Stream || m == Helper || m == StreamTools || m == HelperTools {
		require.Greater(t, r.Events, 3)
	}
	last := p.seen[len(p.seen)-1]
	require.Equal(t, 200, last.Status)
	require.Positive(t, last.Script.N)
	usage := Usage{int64(last.Prompt.Input), int64(last.Script.N)}
	if c.Column == "ai" && m == Loop { // of all turns
		usage.Input, usage.Output = usage.Input+int64(p.seen[0].Prompt.Input), usage.Output+int64(p.seen[0].Script.N)
	}
	require.Equal(t, &usage, r.Usage)
	if c.Play != nil {
		require.True(t, strings.HasPrefix(r.Answer, ids[c.Format][0]), r.Answer)
	}
}

func called(t *testing.T, c *Client, r Result) {
	t.Helper()
	require.Len(t, r.ToolCalls, 1)
	require.Equal(t, toolName, r.ToolCalls[0].Name)
	require.JSONEq(t, saidArgs, string(r.ToolCalls[0].Args))
	if c.Play != nil {
		require.Len(t, r.CallIDs, 1)
		require.True(t, strings.HasPrefix(r.CallIDs[0], ids[c.Format][1]), r.CallIDs[0])
	}
}

func TestEveryGoSDKUnderstandsEveryHealthyAnswer(t *testing.T) {
	for _, c := range goClients() {
		for _, m := range c.Modes {
			t.Run(c.Name+"/"+string(m), func(t *testing.T) {
				r, p := inProcess(t, c, m, Fault{}, 0)
				healthy(t, c, m, r, p)
				r2, p2 := overLoopback(t, c, m, Fault{})
				healthy(t, c, m, r2, p2)
				require.Equal(t, r.Answer, r2.Answer)
			})
		}
	}
}
