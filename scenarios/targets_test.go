package scenarios_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos/scenarios"
)

func TestTargets(t *testing.T) {
	s := load(t, `version: 1
agents:
  both: {arrivals: {rate: 1/s}, steps: [{tool: refund}, {model: {}}, {retrieval: knowledge_base}, {model: {}}, {tool: refund}]}
  tools: {arrivals: {rate: 1/s}, steps: [{tool: lookup_order}]}
policies: {p: {models: [openai/gpt-4o, openai/gpt-4o-mini]}}
scenarios: {both: {agent: both}, tools: {agent: tools}}
`)
	both, tools := &s.Scenarios[0], &s.Scenarios[1]
	require.Equal(t, []string{"openai/gpt-4o", "openai/gpt-4o-mini", "tool/refund", "retrieval/knowledge_base"}, both.Targets(&both.Arms[0]))
	require.Equal(t, []string{"tool/lookup_order"}, tools.Targets(&tools.Arms[0]))
}

// What a file may ask for at most is what the constants say.
func TestLimits(t *testing.T) {
	const text = "version: 1\nseed: %d\nseeds: %d\ntasks: %d\n"
	s := load(t, fmt.Sprintf(text, scenarios.MaxSeed, scenarios.MaxSeeds, scenarios.MaxTasks))
	require.Equal(t, uint64(scenarios.MaxSeed), s.Seed)
	require.Equal(t, scenarios.MaxSeeds, s.Seeds)
	require.Len(t, problems(t, fmt.Sprintf(text, scenarios.MaxSeed+1, scenarios.MaxSeeds+1, scenarios.MaxTasks+1), scenarios.Options{}), 3)
}
