package author_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/author"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var (
	weather = wire.Tool{Name: "get_weather", Schema: json.RawMessage(`{"type":"object","properties":{"city":{"type":"string"},"unit":{"enum":["C","F"]}},"required":["city","unit"],"additionalProperties":false}`)}
	orders  = wire.Tool{Name: "lookup_order", Schema: json.RawMessage(`{"type":"object","properties":{"id":{"type":"string","pattern":"^A-[0-9]{4}$"}},"required":["id"]}`)}
	final   = wire.Tool{Name: "final_result", Schema: json.RawMessage(`{"type":"object","properties":{"answer":{"type":"string"}},"required":["answer"]}`)}
)

func asked(text string, tools ...wire.Tool) *wire.Prompt {
	return &wire.Prompt{Model: "m", Turns: []wire.Turn{{Role: "system", Text: "You help."}, {Role: "user", Text: text}}, Tools: tools}
}

// answered goes on with the tools' results.
func answered(p *wire.Prompt, r wire.Reply) *wire.Prompt {
	next := *p
	next.Turns = append(append([]wire.Turn{}, p.Turns...), wire.Turn{Role: "assistant", Text: r.Text, Calls: r.Calls})
	for _, c := range r.Calls {
		next.Turns = append(next.Turns, wire.Turn{Role: "tool", Text: "17 degrees", Answer: c.ID})
	}
	return &next
}

func fits(t require.TestingT, schema json.RawMessage, doc string) error {
	s, err := compiled(schema)
	require.NoError(t, err)
	return validate(s, []byte(doc))
}

func fitsTool(t require.TestingT, tools []wire.Tool, c wire.ToolCall) {
	for _, tool := range tools {
		if tool.Name == c.Name {
			require.NoError(t, fits(t, tool.Schema, c.Arguments), "%s(%s)", c.Name, c.Arguments)
			return
		}
	}
	require.Fail(t, "no such tool", c.Name)
}

func TestAModelCallsAToolThenCloses(t *testing.T) {
	p := asked("What is the weather in Köln?", orders, weather)
	r := (&author.Author{}).Answer("acme/m", p)
	require.Len(t, r.Calls, 1)
	require.Equal(t, "get_weather", r.Calls[0].Name, "the one that the user speaks of")
	fitsTool(t, p.Tools, r.Calls[0])
	end := (&author.Author{}).Answer("acme/m", answered(p, r))
	require.Empty(t, end.Calls)
	require.Contains(t, end.Text, "get_weather")
}

// Whatever the tools, the choice and the schema: after a few turns there is an answer without a call, or the call of the tool
// that ends it, where some tool must be called every time.
func TestEveryConversationEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := asked(rapid.String().Draw(t, "text"), rapid.SliceOfNDistinct(rapid.SampledFrom([]wire.Tool{weather, orders, final, {Name: "ping"}}), 0, 4, func(t wire.Tool) string { return t.Name }).Draw(t, "tools")...)
		p.Choice = rapid.SampledFrom([]string{"", "auto", "none", "required", "get_weather", "nothing"}).Draw(t, "choice")
		if rapid.Bool().Draw(t, "schema") {
			p.Schema = weather.Schema
		}
		a := &author.Author{Seed: agentchaos.Seed(rapid.Uint64().Draw(t, "seed"))}
		forced := len(p.Tools) > 0 && p.Choice != "" && p.Choice != "auto" && p.Choice != "none"
		for turn := range 3 {
			r := a.Answer("acme/m", p)
			require.Equal(t, r, a.Answer("acme/m", p), "the same conversation gets the same answer")
			for _, c := range r.Calls {
				if c.Name != "ping" {
					fitsTool(t, p.Tools, c)
				}
			}
			if len(r.Calls) == 0 {
				require.NotEmpty(t, r.Text)
				if p.Schema != nil {
					require.NoError(t, fits(t, p.Schema, r.Text))
				}
				return
			}
			require.True(t, turn == 0 || forced, "one call is enough")
			if turn > 0 && p.Choice == "required" && offers(p, "final_result") {
				require.Equal(t, "final_result", r.Calls[0].Name)
			}
			p = answered(p, r)
		}
		require.True(t, forced, "it goes on for ever")
	})
}

func offers(p *wire.Prompt, name string) bool {
	for _, t := range p.Tools {
		if t.Name == name {
			return true
		}
	}
	return false
}

func TestRulesComeFirst(t *testing.T) {
	a := &author.Author{Rules: []scenarios.Answer{
		{Text: regexp.MustCompile("weather"), Turn: 2, Say: "Rain.", Finish: agentchaos.Length},
		{Text: regexp.MustCompile("weather"), Calls: []scenarios.ToolCall{{Tool: "radar", Arguments: `{"x":1}`}}},
	}}
	p := asked("the weather, please", weather)
	first := a.Answer("acme/m", p)
	require.Equal(t, wire.Reply{Calls: []wire.ToolCall{{Name: "radar", Arguments: `{"x":1}`}}}, first)
	require.Equal(t, wire.Reply{Text: "Rain.", Finish: agentchaos.Length}, a.Answer("acme/m", answered(p, first)))
	require.Equal(t, "get_weather", a.Answer("acme/m", asked("something else", weather)).Calls[0].Name)
}

// What is garbled is wrong in the way that it says, and only for the request at hand.
func TestGarbledAnswersAreWrongAsTheySay(t *testing.T) {
	a := &author.Author{}
	structured := asked("What is the weather?")
	structured.Schema = weather.Schema
	for _, v := range []agentchaos.Variant{agentchaos.WrongSchema, agentchaos.WrongType, agentchaos.MissingField} {
		text := a.Garble("acme/m", structured, v).Text
		require.Error(t, fits(t, weather.Schema, text), "%v: %s", v, text)
		call := a.Garble("acme/m", asked("What is the weather?", weather), v).Calls[0]
		require.Equal(t, "get_weather", call.Name)
		require.Error(t, fits(t, weather.Schema, call.Arguments), "%v: %s", v, call.Arguments)
		free := a.Garble("acme/m", asked("Hello"), v).Text
		require.Equal(t, v, resilience.Validate(agentchaos.Content{Text: free}), "as the typed player's: %s", free)
	}
	require.Contains(t, a.Garble("acme/m", structured, agentchaos.FencedJSON).Text, "```json\n{\"")
	require.False(t, offers(asked("", weather), a.Garble("acme/m", asked("", weather), agentchaos.UnknownTool).Calls[0].Name))
	bad := a.Garble("acme/m", asked("What is the weather?", weather), agentchaos.BadArguments).Calls[0]
	require.Equal(t, "get_weather", bad.Name)
	require.False(t, json.Valid([]byte(bad.Arguments)), bad.Arguments)
	require.False(t, json.Valid([]byte(a.Garble("acme/m", asked("Hello"), agentchaos.BadArguments).Calls[0].Arguments)))
}

// Of a long text the end counts: looking through all of it for every word of every tool would take a hostile request minutes.
func TestTheEndOfALongTextChoosesTheTool(t *testing.T) {
	for seed := range agentchaos.Seed(8) {
		text := "Look up the order. " + strings.Repeat("And so on. ", 1000) + "How is the weather?"
		r := (&author.Author{Seed: seed}).Answer("openai/m", asked(text, weather, orders))
		require.Equal(t, weather.Name, r.Calls[0].Name)
	}
}
