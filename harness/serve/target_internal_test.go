package serve

import (
	"fmt"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

func TestTargets(t *testing.T) {
	ts := newTargets(map[string]faults.Model{
		"openai/gpt": {}, "anthropic/claude": {}, "acme/own": {Dialect: agentchaos.Anthropic}, "acme/two": {}, "other/two": {}, "openai/two": {}, "acme/three": {}, "other/three": {},
		"openai/*": {}, "openai/gpt-*": {}, "acme/*": {Dialect: agentchaos.Anthropic}, "anthropic/[a-z]": {},
	})
	for _, c := range []struct {
		why             string
		format          wire.Format
		provider, model string
		target, label   string
	}{
		{"the route's vendor", wire.Chat, "", "gpt", "openai/gpt", "openai/gpt"},
		{"the route's vendor by glob", wire.Chat, "", "o9", "openai/o9", "openai/*"},
		{"the longest glob", wire.Responses, "", "gpt-9", "openai/gpt-9", "openai/gpt-*"},
		{"the model's own provider", wire.Chat, "", "claude", "anthropic/claude", "anthropic/claude"},
		{"the other way round", wire.Messages, "", "gpt", "openai/gpt", "openai/gpt"},
		{"the route's first", wire.Chat, "", "two", "openai/two", "openai/two"},
		{"two others are none", wire.Responses, "", "three", "openai/three", "openai/*"},
		{"two others, no glob", wire.Messages, "", "three", "anthropic/three", "other"},
		{"before the slash", wire.Chat, "", "acme/own", "acme/own", "acme/own"},
		{"before the slash, by glob", wire.Messages, "", "acme/x", "acme/x", "acme/*"},
		{"a slash and nobody", wire.Chat, "", "nobody/x", "nobody/x", "other"},
		{"the path's", wire.Chat, "acme", "gpt", "acme/gpt", "acme/*"},
		{"the path's, twice", wire.Chat, "acme", "acme/own", "acme/own", "acme/own"},
		{"the path's above the slash", wire.Chat, "acme", "openai/gpt", "acme/openai/gpt", "other"},
	} {
		p := &wire.Prompt{Format: c.format, Provider: c.provider, Model: c.model}
		require.Equal(t, c.target, ts.of(p), c.why)
		require.Equal(t, c.label, ts.label(c.target), c.why)
	}
	require.Equal(t, []string{"acme/own", "acme/three", "acme/two", "anthropic/claude", "openai/gpt", "openai/two", "other/three", "other/two"}, ts.names())
	require.Equal(t, agentchaos.Anthropic, ts.dialect("acme/own"))
	require.Equal(t, agentchaos.Anthropic, ts.dialect("acme/new"))
	require.Equal(t, agentchaos.OpenAI, ts.dialect("openai/gpt"))
	require.Equal(t, agentchaos.Anthropic, ts.dialect("anthropic/claude"))
}

// What clients make up fills no memory: beyond a number strangers are one.
func TestStrangersAreBounded(t *testing.T) {
	ts := newTargets(map[string]faults.Model{"openai/*": {}, "openai/gpt": {}})
	seen := map[string]bool{}
	for i := range 3 * mostStrangers {
		seen[ts.of(&wire.Prompt{Model: fmt.Sprint("m", i)})] = true
	}
	require.Len(t, seen, mostStrangers+1)
	require.Len(t, ts.labels, mostStrangers)
	require.Contains(t, seen, "openai/*")
	require.Equal(t, "openai/gpt", ts.of(&wire.Prompt{Model: "gpt"}))
	long := newTargets(map[string]faults.Model{"openai/*": {}})
	require.Equal(t, "openai/*", long.of(&wire.Prompt{Model: strings.Repeat("x", 1<<20)}))
	require.Equal(t, "other", long.of(&wire.Prompt{Model: "who/" + strings.Repeat("x", 1<<20)}))
	require.Empty(t, long.labels)
}
