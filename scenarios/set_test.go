package scenarios_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/scenarios"
)

const setFile = `version: 1
models:
  openai/gpt-4.1: {first_token: 1s, price: {input: 1}}
policies:
  ours: {extends: reference, models: [openai/gpt-4.1], retry: {attempts: 3}}
scenarios:
  s: {agent: one-call, policies: [ours, reference], faults: [{target: primary, kind: stall}]}
`

func TestSet(t *testing.T) {
	s, err := scenarios.Load("f", []byte(setFile), scenarios.Options{Set: []string{
		"policies.ours.retry.attempts=6",
		"policies.ours.hedge=null",
		"policies.reference.breaker=null",
		"policies.reference.timeout={attempt: 9s}",
		"models.openai/gpt-4.1.price.output=2.5",
		`models."openai/gpt-4.1".first_token={p50: 2s, max: 3s}`,
		"scenarios.s.faults[0].kind=timeout",
		"scenarios.s.faults.0.when.from=5s",
		"agents.one-call.deadline=7s",
		"models.openai/gpt-4o.first_token.exponential=2s",
		"seeds=3",
	}})
	require.NoError(t, err)
	require.Len(t, s.Scenarios, 1)
	sc := s.Scenarios[0]
	ours, reference := arm(t, s, "s", "ours").Settings, arm(t, s, "s", "reference").Settings
	require.Equal(t, 6, ours.Retry.Attempts)
	require.Zero(t, ours.Hedge)
	require.Nil(t, ours.Breaker, "ours extends reference as --set has changed it")
	require.Nil(t, reference.Breaker)
	require.Equal(t, 9*time.Second, reference.Timeout.Attempt)
	require.Zero(t, reference.Timeout.Idle, "a map given whole replaces the map")
	require.Equal(t, faults.Price{Input: 1000, Output: 2500}, sc.Models["openai/gpt-4.1"].Price)
	first := sc.Models["openai/gpt-4.1"].FirstToken
	require.Equal(t, 3*time.Second, time.Duration(first.Max()))
	require.Equal(t, "timeout on primary", sc.Faults[0].Name)
	require.Equal(t, 5*time.Second, sc.Faults[0].When.From)
	require.Equal(t, 7*time.Second, sc.Agent.Deadline)
	require.Equal(t, agentchaos.Exponential(2e9).Quantiles(), s.Models["openai/gpt-4o"].FirstToken, "it stands in for the table")
	require.Equal(t, 3, s.Seeds)
}

// Setting something of a built-in entry copies it, and does not add it to what runs.
func TestSetDoesNotAddArms(t *testing.T) {
	s, err := scenarios.Load("f", []byte("version: 1\npolicies: {ours: {models: [openai/gpt-4o]}}\n"), scenarios.Options{Set: []string{
		"policies.reference.breaker=null", "scenarios.full-outage.tasks=5",
	}})
	require.NoError(t, err)
	require.Greater(t, len(s.Scenarios), 10)
	for _, sc := range s.Scenarios {
		require.Len(t, sc.Arms, 1)
		if sc.Name == "full-outage" {
			require.Equal(t, 5, sc.Tasks)
		}
	}
}

func TestSetProblems(t *testing.T) {
	for option, want := range map[string]string{
		"seeds":                              "--set:1:1: want PATH=VALUE",
		"policies.ours.retry.atempts=6":      `--set:1:21: policies.ours.retry: unknown key "atempts"`,
		"policies.ours.retry.attempts=six":   `--set:1:30: policies.ours.retry.attempts: "six" is not a whole number`,
		"policies.ours.retry.attempts.x=6":   `--set:1:30: policies.ours.retry.attempts: is "3" and has no keys`,
		"scenarios.s.faults[4].kind=timeout": `--set:1:19: the list has the elements 0 to 0, not "4"`,
		"policies.our.retry.attempts=6":      `--set:1:10: policies: unknown policy "our"`,
		"policies.recip.retry.attempts=6":    `did you mean "recipe"?`,
		"tools.x.latency=1s":                 `unknown tool "x"`,
		"models.openai/gpt-9.price.input=1":  `--set:1:8: models: unknown model "openai/gpt-9"`,
		"policies..x=1":                      "--set:1:10: a name is missing in the path",
		"policies.ours.models=[a":            "--set:1:",
	} {
		ps := problems(t, setFile, scenarios.Options{Set: []string{option}})
		require.Contains(t, ps.Error(), want, option)
		require.Contains(t, ps.Error(), "    1 | "+option)
	}
}
