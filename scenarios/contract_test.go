package scenarios_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
)

func TestContractSample(t *testing.T) {
	src, err := os.ReadFile("testdata/contract.yaml")
	require.NoError(t, err)
	s := load(t, string(src))
	require.Equal(t, uint64(1), s.Seed)
	require.Equal(t, 20, s.Seeds)
	require.Equal(t, 0.05, s.HiddenLoss)
	require.Len(t, s.SHA256, 64)
	require.Len(t, s.Scenarios, 1)

	sc := s.Scenarios[0]
	require.Equal(t, "rate-limit-storm", sc.Name)
	require.Equal(t, "The primary model gives 60 requests a minute for three minutes.", sc.About)
	require.Equal(t, 0, sc.Tasks, "the scenario's duration replaces the file's tasks")
	require.Equal(t, 6*time.Minute, sc.Duration)
	require.Equal(t, "support", sc.Agent.Name)
	require.Equal(t, scenarios.Arrivals{Gap: 200 * time.Millisecond, Burstiness: 1.2}, sc.Agent.Arrivals)
	require.Equal(t, 3*time.Minute, sc.Agent.Deadline)
	require.Equal(t, []resilience.Step{
		{Input: 1200, Output: 200}, {Use: agentchaos.UseRetrieval, Target: "retrieval/knowledge_base"}, {Use: agentchaos.UseRead, Target: "tool/lookup_order"},
		{Input: 2500, Output: 300}, {Use: agentchaos.UseWrite, Target: "tool/refund"}, {Input: 3000, Output: 150},
	}, sc.Agent.Steps)
	require.Equal(t, []faults.Rule{{
		Name: "rate_limit on primary", Target: "primary", Fault: faults.RateLimit{RequestsPerMinute: 60},
		When: faults.When{From: time.Minute, Until: 4 * time.Minute},
	}}, sc.Faults)
	require.Equal(t, "primary: 60 requests/min from 60s to 240s", scenarios.Describe(sc.Faults[0]))

	m := sc.Models["anthropic/claude-sonnet-4"]
	require.Equal(t, faults.Price{Input: 3000, Output: 15000}, m.Price)
	require.Equal(t, faults.Limits{RequestsPerMinute: 4000, InputTokensPerMinute: 400000, OutputTokensPerMinute: 80000}, m.Limits)
	require.Equal(t, faults.Capacity{Concurrency: 64, Queue: 128}, m.Capacity)
	require.Equal(t, 400*time.Millisecond, time.Duration(m.FirstToken.Value(0)))
	require.Equal(t, 8*time.Millisecond, time.Duration(m.PerToken.Value(0)), "p0 left out is half of p50")
	gpt := sc.Models["openai/gpt-4o"]
	require.Equal(t, agentchaos.Constant(int64(14*time.Millisecond)), gpt.PerToken)
	require.Equal(t, 7010*time.Millisecond, time.Duration(gpt.FirstToken.Max()))
	require.Equal(t, agentchaos.UseWrite, sc.Tools["tool/refund"].Use)

	require.Len(t, sc.Arms, 2)
	require.Equal(t, resilience.Policy{Models: []string{"anthropic/claude-sonnet-4"}}, sc.Arms[0].Settings)
	require.Empty(t, sc.Arms[0].Gates)
	require.Equal(t, resilience.Policy{
		Models:      []string{"anthropic/claude-sonnet-4", "openai/gpt-4o"},
		Timeout:     resilience.Timeout{FirstToken: 20 * time.Second, Idle: 10 * time.Second, Attempt: time.Minute},
		Retry:       resilience.Retry{Attempts: 4, Backoff: resilience.Backoff{Initial: 500 * time.Millisecond, Factor: 2, Max: 30 * time.Second, Jitter: resilience.FullJitter}, MaxRetryAfter: time.Minute},
		RetryBudget: &resilience.RetryBudget{Ratio: 0.2, MinPerSecond: 1},
		Breaker:     &resilience.Breaker{Failures: 5, Recovery: 30 * time.Second, Probes: 1},
		Hedge:       resilience.Hedge{After: 8 * time.Second}, Bulkhead: resilience.Bulkhead{Concurrency: 64}, Repair: resilience.Repair{Attempts: 2},
	}, sc.Arms[1].Settings)
	require.Len(t, sc.Arms[1].Gates, 2)
	require.Equal(t, "p95(task_latency) <= 60s", sc.Arms[1].Gates[1].String())
}

// CONTRACT.md §2: "a team's own settings on the whole built-in suite are".
func TestShortFile(t *testing.T) {
	s := load(t, `version: 1
policies:
  ours: {extends: reference, models: [azure/gpt-4o, anthropic/claude-sonnet-4], retry: {attempts: 3}}
gates: {ours: [completion_rate >= 95%, p95(task_latency) <= 60s]}
`)
	builtin, err := scenarios.Load("suite", agentchaos.Suite, scenarios.Options{})
	require.NoError(t, err)
	require.Len(t, s.Scenarios, len(builtin.Scenarios))
	for i, sc := range s.Scenarios {
		require.Equal(t, builtin.Scenarios[i].Name, sc.Name)
		require.Equal(t, builtin.Scenarios[i].Faults, sc.Faults)
		require.Len(t, sc.Arms, 1, "its own policies only")
		require.Equal(t, "ours", sc.Arms[0].Policy)
		require.Len(t, sc.Arms[0].Gates, 2)
		require.Contains(t, sc.Models, "azure/gpt-4o", "as azure/*")
	}
	reference := arm(t, builtin, "rate-limit-storm", "reference").Settings
	ours := s.Scenarios[0].Arms[0].Settings
	require.Equal(t, []string{"azure/gpt-4o", "anthropic/claude-sonnet-4"}, ours.Models)
	require.Equal(t, reference.Timeout, ours.Timeout)
	require.Equal(t, reference.Retry.Backoff, ours.Retry.Backoff, "maps are merged key by key")
}

func arm(t *testing.T, s *scenarios.Suite, scenario, policy string) scenarios.Arm {
	t.Helper()
	for _, sc := range s.Scenarios {
		for _, a := range sc.Arms {
			if sc.Name == scenario && a.Policy == policy {
				return a
			}
		}
	}
	require.Fail(t, "no arm", "%s %s", scenario, policy)
	return scenarios.Arm{}
}

// CONTRACT.md §2: the form of an error. (Its caret stands one column too far left: here it is under the key.)
func TestProblemForm(t *testing.T) {
	p := scenarios.Problem{File: "scenarios.yaml", Line: 41, Column: 9, Path: "scenarios.rate-limit-storm.faults[0]",
		Message: `unknown key "dealy"`, Source: "        dealy: 250ms", Hint: `did you mean "delay"?`}
	require.Equal(t, `scenarios.yaml:41:9: scenarios.rate-limit-storm.faults[0]: unknown key "dealy"
   41 |         dealy: 250ms
                ^
   did you mean "delay"?`, p.Error())
}
