package scenarios_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
)

func loadAnswers(t *testing.T) *scenarios.Suite {
	t.Helper()
	src, err := os.ReadFile("testdata/answers.yaml")
	require.NoError(t, err)
	return load(t, string(src))
}

func TestAnswers(t *testing.T) {
	s := loadAnswers(t)
	own := s.Scenarios[0].Answers
	require.Len(t, own, 5, "its own, then the file's")
	a := own[0]
	require.Equal(t, "(?i)refund|money", a.Text.String())
	a.Text = nil
	require.Equal(t, scenarios.Answer{Model: "x/*", Tool: "lookup_*", Turn: 1, Say: "Let me look.", Calls: []scenarios.ToolCall{
		{Tool: "lookup_order", Arguments: `{"2":"two","far":1e9,"id":"A-1042","nested":{"a":{},"b":[1,{"deep":[[]]},"x"]},"none":null,"number":"007","off":"off","quoted":"true","ready":true,"total":-12.50,"when":"2026-01-01"}`},
		{Tool: "lookup_mail", Arguments: "{}"},
	}}, a)
	require.Equal(t, "404", own[1].Text.String())
	require.Equal(t, "200", own[1].Say)
	require.Equal(t, agentchaos.Length, own[1].Finish)
	require.Equal(t, agentchaos.ContentFilter, own[2].Finish)
	file := []scenarios.Answer{{Turn: 2, Say: "It shipped on Tuesday."}, {Say: "Hello."}}
	require.Equal(t, file, own[3:])
	require.Equal(t, file, s.Scenarios[1].Answers)
	for _, c := range own[0].Calls {
		require.Equal(t, c.Arguments, resilience.Canonical(c.Arguments))
	}
}

// Every condition that a rule has must hold, and the first rule that fits is the answer.
func TestTheFirstAnswerThatFits(t *testing.T) {
	rules := loadAnswers(t).Scenarios[0].Answers
	fits := scenarios.Question{Text: "I want my MONEY back", Model: "x/a", Tools: []string{"mail", "lookup_order"}, Turn: 1}
	require.Same(t, &rules[0], scenarios.AnswerTo(rules, &fits))
	for change, not := range map[string]func(q *scenarios.Question){
		"text":  func(q *scenarios.Question) { q.Text = "mone y" },
		"model": func(q *scenarios.Question) { q.Model = "y/a" },
		"slash": func(q *scenarios.Question) { q.Model = "x/a/b" },
		"tool":  func(q *scenarios.Question) { q.Tools = []string{"mail"} },
		"tools": func(q *scenarios.Question) { q.Tools = nil },
		"turn":  func(q *scenarios.Question) { q.Turn = 3 },
	} {
		q := fits
		not(&q)
		require.False(t, rules[0].Fits(&q), change)
	}
	require.Equal(t, "It shipped on Tuesday.", scenarios.AnswerTo(rules, &scenarios.Question{Turn: 2}).Say)
	require.Equal(t, "Hello.", scenarios.AnswerTo(rules, &scenarios.Question{Turn: 3}).Say)
	require.Nil(t, scenarios.AnswerTo(rules[:1], &scenarios.Question{}))
	require.Nil(t, scenarios.AnswerTo(nil, &fits))
}

const answering = "version: 1\nmodels: {x/a: {}}\npolicies: {p: {models: [x/a]}}\nagents: {a: {arrivals: {rate: 1/s}, steps: [{model: {}}]}}\n"

// The built-in scenarios, --set, and scenarios that extend others: answers are there as elsewhere.
func TestAnswersFromElsewhere(t *testing.T) {
	s := load(t, "version: 1\nanswers: [{say: hi}]\n")
	require.Len(t, s.Scenarios[0].Answers, 1, "of a built-in scenario")
	s = load(t, answering+"scenarios: {s: {agent: a, answers: [{say: hi}]}, t: {extends: s}, u: {extends: s, answers: [{say: ho}]}, v: {extends: s, answers: null}}\n")
	for i, want := range []string{"hi", "hi", "ho", ""} {
		says := ""
		for _, a := range s.Scenarios[i].Answers {
			says += a.Say
		}
		require.Equal(t, want, says)
	}
	s, err := scenarios.Load("f", []byte(answering+"scenarios: {s: {agent: a}}\n"), scenarios.Options{Set: []string{`answers=[{call: [{tool: t, arguments: {a: 1}}]}]`}})
	require.NoError(t, err)
	require.Equal(t, []scenarios.ToolCall{{Tool: "t", Arguments: `{"a":1}`}}, s.Scenarios[0].Answers[0].Calls)
}

// A text in quotes stays what it is, through YAML and JSON.
func TestArgumentsKeepTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~é☃]{0,20}`).Draw(t, "text")
		quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
		s, err := scenarios.Load("f", fmt.Appendf(nil, "%sscenarios: {s: {agent: a}}\nanswers:\n- call:\n  - tool: t\n    arguments: {k: %s}\n", answering, quoted), scenarios.Options{})
		require.NoError(t, err)
		var got struct{ K string }
		require.NoError(t, json.Unmarshal([]byte(s.Scenarios[0].Answers[0].Calls[0].Arguments), &got))
		require.Equal(t, text, got.K)
	})
}

// What YAML has and JSON has not.
func TestArgumentsThatAreNoJSON(t *testing.T) {
	for _, text := range []string{".nan", ".inf", "-.Inf", "0b11", "0o17", ".5", "1.", "1_0.5"} {
		ps := problems(t, answering+"scenarios: {s: {agent: a}}\nanswers: [{call: [{tool: t, arguments: {a: "+text+"}}]}]\n", scenarios.Options{})
		require.Len(t, ps, 1)
		require.Equal(t, fmt.Sprintf("%q is no number of JSON", text), ps[0].Message)
	}
}

// A few lines that would be gigabytes of text, of instructions, or of levels.
func TestAnswersAreBounded(t *testing.T) {
	long := "x-text: &long " + strings.Repeat("x", 500_000) + "\nx-list: &list [" + strings.Repeat("*long, ", 40) + "1]\n"
	ps := problems(t, answering+long+"scenarios: {s: {agent: a}}\nanswers: [{call: [{tool: t, arguments: {a: *list}}]}, {call: [{tool: t, arguments: {a: *list}}]}]\n", scenarios.Options{})
	require.Len(t, ps, 1)
	require.Contains(t, ps[0].Message, "the arguments up to here are longer than 16 MiB")
	require.Equal(t, "answers[0].call[0].arguments", ps[0].Path)

	many := strings.Repeat(`{text: "((abcdefghij){100}){10}", say: hi}, `, 20)
	ps = problems(t, answering+"scenarios: {s: {agent: a}}\nanswers: ["+many+"]\n", scenarios.Options{})
	require.Len(t, ps, 1)
	require.Contains(t, ps[0].Message, "the regular expressions up to here are too large")

	deep := "x-0: &n0 [1]\n"
	for i := range 5 {
		deep += fmt.Sprintf("x-%d: &n%d %s*n%d%s\n", i+1, i+1, strings.Repeat("[", 15), i, strings.Repeat("]", 15))
	}
	ps = problems(t, answering+deep+"scenarios: {s: {agent: a}}\nanswers: [{call: [{tool: t, arguments: {a: *n5}}]}]\n", scenarios.Options{})
	require.Contains(t, ps[0].Message, "more than 60 levels of nesting")
}
