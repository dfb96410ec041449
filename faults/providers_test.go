package faults_test

import (
	"testing"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func drawEffect(name string) *rapid.Generator[ac.Effect] {
	return rapid.Custom(func(t *rapid.T) ac.Effect {
		return ac.Effect{
			End: ac.Ending{
				Form: ac.Form(rapid.IntRange(0, int(ac.Garbled)).Draw(t, "form")), At: rapid.Int64Range(0, 1000).Draw(t, "at"),
				Kind: ac.Kind(rapid.IntRange(0, ac.Kinds-1).Draw(t, "kind")), By: uint8(rapid.IntRange(1, 5).Draw(t, "by")),
			},
			Slow: rapid.Int64Range(0, 3).Draw(t, "slow"), SlowBy: uint8(rapid.IntRange(1, 5).Draw(t, "slow by")),
		}
	})
}

// real are effects that faults make: nothing is signed by nobody, and what ends at once is not slow.
func real(e ac.Effect) ac.Effect {
	if e.End.Form == ac.Whole {
		e.End = ac.Ending{}
	}
	if e.Slow == 0 || e.End.Form == ac.Refuse || e.End.Form == ac.Silence {
		e.Slow, e.SlowBy = 0, 0
	}
	return e
}

func TestEffectsAreAMonoid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := real(drawEffect("a").Draw(t, "a")), real(drawEffect("b").Draw(t, "b")), real(drawEffect("c").Draw(t, "c"))
		require.Equal(t, a, a.Merge(ac.Effect{}))
		require.Equal(t, a, ac.Effect{}.Merge(a))
		require.Equal(t, a.Merge(b).Merge(c), a.Merge(b.Merge(c)))
	})
}

func TestTargetsOfRules(t *testing.T) {
	for _, c := range []struct {
		target string
		fault  faults.Fault
		struck []string
	}{
		{"primary", broken, []string{model}},
		{"*/*", broken, []string{model, other, tool, write}},
		{"tool/*", broken, []string{tool, write}},
		{"*", broken, nil}, // a star does not cross a slash
		{"agent", faults.Crash{}, nil},
		{"openai/gpt", broken, []string{other}},
		{"*/*", faults.ToolError{}, []string{tool, write}},
		{"*/*", faults.Length{}, []string{model, other}},
	} {
		p := start(t, healthy(on(c.target, c.fault, faults.When{})))
		var struck []string
		for _, target := range []string{model, other, tool, write} {
			if p.Open(0, attemptOn(target, 1)).End.By == 1 {
				struck = append(struck, target)
			}
			require.Equal(t, len(struck) > 0 && struck[len(struck)-1] == target, p.Rules()[0].Matches(target, model))
		}
		require.Equal(t, c.struck, struck, "%s on %s", c.fault.Kind(), c.target)
	}
}

func TestPrimaryLeftOutIsTheFirstModelAsked(t *testing.T) {
	s := healthy(on("primary", broken, faults.When{}))
	s.Primary = ""
	p := start(t, s)
	require.Zero(t, p.Open(0, attemptOn(tool, 1)).End.By)
	require.EqualValues(t, 1, p.Open(0, attemptOn(other, 1)).End.By)
	require.Zero(t, p.Open(0, attempt(1)).End.By)
}

func TestUnknownTargetsAreNotFound(t *testing.T) {
	p := start(t, healthy())
	for _, target := range []string{"mistral/large", "tool/rm", "x"} {
		require.Equal(t, ac.NotFound, p.Open(0, attemptOn(target, 1)).End.Kind, target)
	}
	require.Equal(t, ac.Whole, p.Open(0, attemptOn("openai/anything", 1)).End.Form, "by the glob")
	s := faults.Settings{Models: map[string]faults.Model{"a/*": {Quality: new(1.0)}, "a/b*": {Quality: new(.2)}, "a/bc": {Quality: new(.3)}}}
	for target, want := range map[string]float64{"a/x": 1, "a/bx": .2, "a/bc": .3} {
		m, ok := s.Model(target)
		require.True(t, ok)
		require.Equal(t, want, *m.Quality, target)
	}
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	rule := func(f faults.Fault) faults.Settings {
		return faults.Settings{Rules: []faults.Rule{on("*/*", f, faults.When{})}}
	}
	for want, s := range map[string]faults.Settings{
		"burst needs":         rule(faults.RateLimit{Burst: 1}),
		"minutes' worth":      rule(faults.RateLimit{RequestsPerMinute: 1, Burst: 1e12}),
		"honest needs":        rule(faults.Refusal{Of: ac.Overloaded, RetryAfter: faults.RetryAfter{Say: faults.SayHonest}}),
		"no fault of kind":    rule(faults.Refusal{Of: ac.Timeout}),
		"no error of HTTP":    rule(faults.Refusal{Of: ac.Quota, Status: 200}),
		"factor":              rule(faults.Slow{Factor: .5}),
		"at 2":                rule(faults.Stall{At: new(2.0)}),
		"negative":            rule(faults.Timeout{Hang: -1}),
		"sends an error":      rule(faults.StreamError{Error: ac.Reset}),
		"no fault":            rule(nil),
		"not a glob":          {Rules: []faults.Rule{on("[", broken, faults.When{})}},
		"more than 255":       {Rules: make([]faults.Rule, 256)},
		"share their luck":    {Rules: []faults.Rule{{Name: "a", Target: "*", Fault: broken}, {Name: "a", Target: "*", Fault: broken}}},
		"neither tool":        {Tools: map[string]faults.Tool{"refund": {}}},
		"queue needs":         {Models: map[string]faults.Model{"a/b": {Capacity: faults.Capacity{Queue: 1}}}},
		"requests_per_minute": {Models: map[string]faults.Model{"a/b": {Limits: faults.Limits{RequestsPerMinute: -1}}}},
	} {
		_, err := faults.New(s)
		require.ErrorContains(t, err, want)
	}
}

func TestTheModelsDialectDecidesTheStatus(t *testing.T) {
	s := healthy(on("*/*", faults.Refusal{Of: ac.Overloaded}, faults.When{}))
	s.Models = map[string]faults.Model{"mine/x": {Dialect: ac.Anthropic}, "mine/y": {}}
	p := start(t, s)
	require.Equal(t, 529, p.Open(0, attemptOn("mine/x", 1)).End.Status)
	require.Equal(t, 503, p.Open(0, attemptOn("mine/y", 1)).End.Status)
}
