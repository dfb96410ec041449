package scenarios_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/scenarios"
)

// Whoever makes the built-in gates undecidable is told so once, where it was said.
func TestTooFewSeedsForBuiltinGates(t *testing.T) {
	for _, c := range []struct {
		text       string
		o          scenarios.Options
		at, source string // of the warning; "": there is none
		hint       string
	}{
		{"version: 1\n", scenarios.Options{}, "", "", ""},
		{"version: 1\nseeds: 20\n", scenarios.Options{}, "", "", ""},
		{"version: 1\nmax_hidden_loss: 1%\n", scenarios.Options{}, "", "", ""},
		{"version: 1\nseeds: 2\n", scenarios.Options{}, "f:2:1", "seeds: 2", "20 seeds would do: --seeds 20"},
		{"version: 1\nseeds: 2\nmax_hidden_loss: 4%\n", scenarios.Options{}, "f:2:1", "seeds: 2", "20 seeds would do: --seeds 20"},
		{"version: 1\nseeds: 21\nmax_hidden_loss: 50%\n", scenarios.Options{}, "f:3:1", "max_hidden_loss: 50%", "40 seeds would do: --seeds 40"},
		{"version: 1\nseeds: 2\n", scenarios.Options{Seeds: 20}, "", "", ""},
		{"version: 1\n", scenarios.Options{Seeds: 3}, "--seeds:1:1", "--seeds 3", "20 seeds would do: --seeds 20"},
		{"version: 1\n", scenarios.Options{Tasks: 2}, "--tasks:1:1", "--tasks 2", "40 seeds would do: --seeds 40"},
		{string(agentchaos.Suite), scenarios.Options{Seeds: 3}, "--seeds:1:1", "--seeds 3", "20 seeds would do: --seeds 20"},
		{"version: 1\nscenarios:\n  s: {extends: full-outage, tasks: 1}\n", scenarios.Options{}, "f:3:29", "  s: {extends: full-outage, tasks: 1}", "80 seeds would do: --seeds 80"},
	} {
		s, err := scenarios.Load("f", []byte(c.text), c.o)
		require.NoError(t, err)
		var found scenarios.Problems
		for _, w := range s.Warnings {
			if strings.Contains(w.Message, "cannot pass") {
				found = append(found, w)
			}
		}
		if c.at == "" {
			require.Empty(t, found, c.text)
			continue
		}
		require.Len(t, found, 1)
		require.True(t, strings.HasPrefix(found[0].Error(), c.at+": warning: "), found[0].Error())
		require.Equal(t, c.source, found[0].Source)
		require.Equal(t, c.hint, found[0].Hint)
	}
	s := load(t, "version: 1\nseeds: 2\n")
	require.Regexp(t, `^[0-9]+ gates of the built-in scenarios cannot pass with 2 seeds, .*such as "completion_rate >= 95%" of rate-limit-storm, reference$`, s.Warnings[0].Message)
}

// The number of seeds that check suggests is one that a run would suggest; beyond those it is what the gate needs.
func TestSeedsThatWouldDo(t *testing.T) {
	const text = "version: 1\nseeds: 3\nscenarios: {s: {agent: one-call, policies: [bare], duration: 1m, gates: [%]}}\n"
	for gate, hint := range map[string]string{
		"completion_rate >= 95%":    "20 seeds would do: --seeds 20",
		"completion_rate >= 99.5%":  "40 seeds would do: --seeds 40",
		"completion_rate >= 99.99%": "1845 seeds would do: --seeds 1845",
		"completion_rate >= 100%":   "no number of seeds shows that something never happens: gate a count, such as failed_tasks == 0",
	} {
		s := load(t, strings.Replace(text, "%", gate, 1))
		require.Len(t, s.Warnings, 1)
		require.Equal(t, hint, s.Warnings[0].Hint, gate)
	}
}
