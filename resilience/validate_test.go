package resilience_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

func TestValidate(t *testing.T) {
	for text, want := range map[string]agentchaos.Variant{
		`{"answer":"It has been sent.","confidence":0.9}`:         agentchaos.NoVariant,
		" {\"confidence\": 1, \"answer\": \"`a` ```b``` <c>\"}\n": agentchaos.NoVariant,
		``:         agentchaos.Empty,
		" \n\t":    agentchaos.Empty,
		`<html>`:   agentchaos.HTML,
		"\n<!DOC ": agentchaos.HTML,
		"```json\n{\"answer\":\"x\",\"confidence\":0.9}\n```":                      agentchaos.FencedJSON,
		"Here you are:\n```\n{\"answer\":\"x\",\"confidence\":0.9}\n```\nAsk away": agentchaos.FencedJSON,
		`{"answer":"It has`:                agentchaos.TruncatedJSON,
		`{`:                                agentchaos.TruncatedJSON,
		`{"answer":"x","confidence":0.`:    agentchaos.TruncatedJSON,
		"{\"answer\":\"```":                agentchaos.TruncatedJSON,
		`{"answer":"x","confidence":0.9,}`: agentchaos.InvalidJSON,
		`{answer: x}`:                      agentchaos.InvalidJSON,
		`Sure!`:                            agentchaos.InvalidJSON,
		`{"answer":"x","confidence":0.9} {"answer":"x","confidence":0.9}`: agentchaos.InvalidJSON,
		`[]`:                       agentchaos.WrongSchema,
		`"x"`:                      agentchaos.WrongSchema,
		`null`:                     agentchaos.WrongSchema,
		`{}`:                       agentchaos.WrongSchema,
		`{"result":{"text":"x"}}`:  agentchaos.WrongSchema,
		`{"Answer":"x"}`:           agentchaos.WrongSchema,
		`{"answer":"x"}`:           agentchaos.MissingField,
		`{"confidence":1,"why":2}`: agentchaos.MissingField,
		`{"answer":"x","confidence":0.9,"why":1}`:  agentchaos.WrongSchema,
		`{"answer":"x","confidence":"high"}`:       agentchaos.WrongType,
		`{"answer":{"text":"x"},"confidence":0.9}`: agentchaos.WrongType,
		`{"answer":null,"confidence":0.9}`:         agentchaos.WrongType,
	} {
		require.Equal(t, want, resilience.Validate(agentchaos.Content{Text: text}), text)
	}
	for _, c := range []struct {
		tool, arguments string
		want            agentchaos.Variant
	}{
		{"refund", `{"id":"A-17"}`, agentchaos.NoVariant},
		{"knowledge_base", `{"id":"A-17","limit":3}`, agentchaos.NoVariant},
		{"transfer_money", `{"id":"A-17"}`, agentchaos.UnknownTool},
		{"", `{"id":"A-17"}`, agentchaos.UnknownTool},
		{"refund", `{"id":17}`, agentchaos.BadArguments},
		{"refund", `{"id":`, agentchaos.BadArguments},
		{"refund", `null`, agentchaos.BadArguments},
		{"refund", ``, agentchaos.BadArguments},
	} {
		require.Equal(t, c.want, resilience.Validate(agentchaos.Content{Tool: c.tool, Arguments: c.arguments}), c.tool+c.arguments)
	}
}

// Malformed answers are re-asked at once, by repair and not by retry; then the chain goes on.
func TestRepair(t *testing.T) {
	bad := &agentchaos.Response{Output: 10, Content: agentchaos.Content{Text: `{"answer":"x"}`}}
	for _, c := range []struct {
		repair, trust, attempts int
		kind                    agentchaos.Kind
		said                    []string
	}{
		{2, 0, 3, agentchaos.Malformed, []string{"0s reasked malformed 0s", "0s reasked malformed 0s"}},
		{0, 0, 2, agentchaos.Malformed, []string{"0s retry_wait malformed 0s"}},
		{2, 1, 1, agentchaos.None, nil},
	} {
		inWorld(t, func(w *sim.World) {
			var s seen
			p := resilience.Policy{
				Models: []string{claude}, Retry: resilience.Retry{Attempts: 2},
				Repair: resilience.Repair{Attempts: c.repair}, TrustAnswers: c.trust == 1,
			}
			call := p.Start(s.env(w))(func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) { return bad, nil })
			_, err := call(w.Background(), request())
			require.Equal(t, c.kind, agentchaos.KindOf(err))
			require.Len(t, s.attempts, c.attempts)
			require.Equal(t, c.said, s.said())
			if err != nil {
				require.Equal(t, &agentchaos.Error{Kind: agentchaos.Malformed, Variant: agentchaos.MissingField, Status: 200, Target: claude, Got: 10}, err)
			}
		})
	}
}

// Re-asks neither pay into the budget nor draw from it.
func TestRepairAndBudget(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		p := resilience.Policy{
			Models: []string{claude}, Retry: resilience.Retry{Attempts: 2}, RetryBudget: &resilience.RetryBudget{Ratio: 0.5},
			Repair: resilience.Repair{Attempts: 9},
		}
		n := 0
		call := p.Start(agentchaos.Env{Clock: w})(func(_ context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			if n++; n == 10 {
				return nil, fails(agentchaos.Reset)
			}
			return &agentchaos.Response{}, nil
		})
		_, err := call(w.Background(), request())
		require.ErrorIs(t, err, agentchaos.BudgetExhausted, "ten attempts, one of them the first")
		require.Equal(t, 10, n)
	})
}

// A tool's answer is typed: there is nothing to parse.
func TestToolsAreNotValidated(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		call := resilience.Policy{}.Start(agentchaos.Env{Clock: w})(func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) {
			return &agentchaos.Response{}, nil
		})
		_, err := call(w.Background(), &agentchaos.Request{Target: "tool/refund", Use: agentchaos.UseWrite})
		require.NoError(t, err)
	})
}

// The same good answer over and over is looked at once.
func TestValidationRemembers(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		call := resilience.Policy{Models: []string{claude}}.Start(agentchaos.Env{Clock: w})(noop)
		req := request()
		require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = call(w.Background(), req) }))
	})
}
