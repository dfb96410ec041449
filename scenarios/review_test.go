package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos/scenarios"
)

const risky = `version: 1
seeds: 5
models:
  a/small: {limits: {input_tokens_per_minute: 100}}
agents:
  once: {arrivals: {rate: 1/s}, deadline: 1m, steps: [{model: {input_tokens: 500}}, {tool: lookup_order}]}
  ever: {arrivals: {workers: 3}, steps: [model: {}]}
policies:
  p: {models: [a/small], timeout: {attempt: 5s}}
  typo: {models: [anthropic/claude-sonnet-5], timeout: {attempt: 5s}}
  naive: {models: [openai/gpt-4o], timeout: {attempt: 5s}, retry: {attempts: 2}, retry_budget: {ratio: 20%}}
scenarios:
  s:
    agent: once
    tasks: 60
    policies: [p, typo]
    faults:
      - {target: primary, kind: stall, when: {from: 2m}}
      - {target: tool/refund, kind: tool_error}
      - {target: primary, kind: tool_error}
      - {target: primary, kind: timeout, when: {probability: 0%}}
      - {target: primary, kind: rate_limit, tokens_per_minute: 400}
    gates:
      p: [completion_rate >= 99%, completion_rate >= 100%, served_by(openai/gpt-4o) >= 10%, duplicate_effects == 0]
      naive: [failed_tasks == 0]
  t: {agent: ever, tasks: 60, policies: [p, naive]}
gates: {bare: [failed_tasks == 0]}
`

func TestWarnings(t *testing.T) {
	s := load(t, risky)
	all := s.Warnings.Error()
	require.LessOrEqual(t, len(s.Warnings), 200, "else some are not shown")
	pointed(t, s.Warnings, "scenarios.yaml")
	for _, want := range []string{
		`4:22: warning: models.a/small.limits: the bucket holds 100 tokens, and a step of agent once needs 500`,
		`7:9: warning: agents.ever.deadline: a task may take for ever`,
		`10:19: warning: policies.typo.models[0]: no entry describes "anthropic/claude-sonnet-5", so it behaves as "anthropic/*"`,
		`11:60: warning: policies.naive.retry.backoff: retries follow at once`,
		`18:47: warning: scenarios.s.faults[0].when: the fault begins at 2m0s, and the last task arrives at about 1m0s`,
		`19:10: warning: scenarios.s.faults[1]: no policy of this scenario uses a target that "tool/refund" matches`,
		`20:10: warning: scenarios.s.faults[2]: no policy of this scenario uses a target that "primary" matches and that can fail as tool_error`,
		`21:62: warning: scenarios.s.faults[3].when.probability: a fault that never happens`,
		`22:45: warning: scenarios.s.faults[4]: the bucket holds 400 tokens`,
		`24:11: warning: scenarios.s.gates.p[0]: "completion_rate >= 99%" cannot pass with 5 seeds`,
		"20 seeds would do: --seeds 20",
		`24:35: warning: scenarios.s.gates.p[1]: "completion_rate >= 100%" cannot pass`,
		`24:60: warning: scenarios.s.gates.p[2]: no model in the chain of this policy is called "openai/gpt-4o"`,
		`25:7: warning: scenarios.s.gates: the policy "naive" is not tried in this scenario`,
		`27:9: warning: gates: the policy "bare" runs in no scenario`,
	} {
		require.Contains(t, all, want)
	}
	require.NotContains(t, all, `"duplicate_effects == 0" cannot`)

	more, err := scenarios.Load("f", []byte(risky), scenarios.Options{Seeds: 20})
	require.NoError(t, err)
	require.NotContains(t, more.Warnings.Error(), "99%\" cannot pass", "more seeds can decide it")
}
