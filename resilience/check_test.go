package resilience_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

func paths(risks []resilience.Risk) (out []string) {
	for _, r := range risks {
		out = append(out, r.Path)
	}
	return out
}

// reference is CONTRACT.md §2's policy "ours".
func reference() resilience.Policy {
	return resilience.Policy{
		Models:  []string{claude, gpt},
		Timeout: resilience.Timeout{FirstToken: 20 * time.Second, Idle: 10 * time.Second, Attempt: time.Minute},
		Retry: resilience.Retry{
			Attempts: 4, Backoff: resilience.Backoff{Initial: 500 * time.Millisecond, Factor: 2, Max: 30 * time.Second, Jitter: resilience.FullJitter},
			MaxRetryAfter: time.Minute,
		},
		RetryBudget: &resilience.RetryBudget{Ratio: 0.2, MinPerSecond: 1},
		Breaker:     &resilience.Breaker{Failures: 5, Recovery: 30 * time.Second, Probes: 1},
		Hedge:       resilience.Hedge{After: 8 * time.Second},
		Bulkhead:    resilience.Bulkhead{Concurrency: 64},
		Repair:      resilience.Repair{Attempts: 2},
	}
}

func TestReferenceIsSound(t *testing.T) {
	require.Empty(t, reference().Validate())
	require.Empty(t, reference().Risks())
	require.Empty(t, resilience.Policy{}.Validate())
	require.Empty(t, resilience.Policy{Models: []string{claude}}.Risks(), "a bare policy is a baseline")
	require.Empty(t, reference().RisksWith(resilience.Agent{Deadline: 3 * time.Minute, Steps: make([]resilience.Step, 2)}))
}

func TestRisks(t *testing.T) {
	for path, change := range map[string]func(*resilience.Policy){
		"timeout.attempt":      func(p *resilience.Policy) { p.Timeout.Attempt = 0 },
		"retry.backoff":        func(p *resilience.Policy) { p.Retry.Backoff = resilience.Backoff{} },
		"retry.backoff.jitter": func(p *resilience.Policy) { p.Retry.Backoff.Jitter = resilience.NoJitter },
		"retry.attempts":       func(p *resilience.Policy) { p.Retry.Attempts = 8 },
		"retry_budget":         func(p *resilience.Policy) { p.RetryBudget, p.Hedge.After = nil, 0 },
		"breaker":              func(p *resilience.Policy) { p.RetryBudget, p.Breaker, p.Hedge.After, p.Retry.Attempts = nil, nil, 0, 3 },
		"breaker.recovery":     func(p *resilience.Policy) { p.Breaker.Recovery = 20*time.Second - 1 },
		"hedge":                func(p *resilience.Policy) { p.RetryBudget, p.Retry.Attempts = nil, 3 },
		"hedge.after":          func(p *resilience.Policy) { p.Hedge.After = 20 * time.Second },
		"validate":             func(p *resilience.Policy) { p.TrustAnswers, p.Repair.Attempts = true, 0 },
		"repair":               func(p *resilience.Policy) { p.TrustAnswers = true },
	} {
		p := reference()
		change(&p)
		require.Empty(t, p.Validate(), path)
		require.Equal(t, []string{path}, paths(p.Risks()))
	}
	p := reference()
	p.RetryBudget = &resilience.RetryBudget{}
	require.Equal(t, []string{"retry_budget"}, paths(p.Risks()))
	p.Timeout.Attempt, p.Bulkhead.Queue, p.RetryBudget = 0, 5, &resilience.RetryBudget{Ratio: 1}
	require.Equal(t, []string{"timeout.attempt", "bulkhead.queue"}, paths(p.Risks()))
}

func TestRisksWithAgent(t *testing.T) {
	write := resilience.Agent{Deadline: 3500 * time.Millisecond, Steps: []resilience.Step{{Use: agentchaos.UseWrite, Target: "tool/refund"}}}
	require.Equal(t, []string{"retry.backoff", "timeout.attempt", "retry.attempts"}, paths(reference().RisksWith(write)))
	require.Equal(t, []string{"deadline"}, paths(reference().RisksWith(resilience.Agent{})))
}

func TestValidateSettings(t *testing.T) {
	for path, change := range map[string]func(*resilience.Policy){
		"models[1]":                   func(p *resilience.Policy) { p.Models[1] = claude },
		"models[0]":                   func(p *resilience.Policy) { p.Models[0] = "" },
		"timeout.first_token":         func(p *resilience.Policy) { p.Timeout.FirstToken = -1 },
		"timeout.idle":                func(p *resilience.Policy) { p.Timeout.Idle = -1 },
		"timeout.attempt":             func(p *resilience.Policy) { p.Timeout.Attempt = -1 },
		"retry.attempts":              func(p *resilience.Policy) { p.Retry.Attempts = 201 },
		"retry.max_retry_after":       func(p *resilience.Policy) { p.Retry.MaxRetryAfter = -1 },
		"retry.on[0]":                 func(p *resilience.Policy) { p.Retry.On = []agentchaos.Kind{agentchaos.BreakerOpen} },
		"retry.backoff.initial":       func(p *resilience.Policy) { p.Retry.Backoff.Initial = 0 },
		"retry.backoff.max":           func(p *resilience.Policy) { p.Retry.Backoff.Max = 1 },
		"retry.backoff.factor":        func(p *resilience.Policy) { p.Retry.Backoff.Factor = 0.5 },
		"retry.backoff.jitter":        func(p *resilience.Policy) { p.Retry.Backoff.Jitter.Lo = 2 },
		"retry_budget.ratio":          func(p *resilience.Policy) { p.RetryBudget.Ratio = math.NaN() },
		"retry_budget.min_per_second": func(p *resilience.Policy) { p.RetryBudget.MinPerSecond = math.Inf(1) },
		"breaker.failures":            func(p *resilience.Policy) { p.Breaker.Failures = -1 },
		"breaker.failure_rate":        func(p *resilience.Policy) { p.Breaker.FailureRate = 1.1 },
		"breaker.window":              func(p *resilience.Policy) { p.Breaker.Window = 1 },
		"breaker.min_calls":           func(p *resilience.Policy) { p.Breaker.MinCalls = 1 },
		"breaker.recovery":            func(p *resilience.Policy) { p.Breaker.Recovery = -1 },
		"breaker.probes":              func(p *resilience.Policy) { p.Breaker.Probes = -1 },
		"hedge.after":                 func(p *resilience.Policy) { p.Hedge.After = -1 },
		"bulkhead.concurrency":        func(p *resilience.Policy) { p.Bulkhead.Concurrency = -1 },
		"bulkhead.queue":              func(p *resilience.Policy) { p.Bulkhead = resilience.Bulkhead{Queue: 1} },
		"repair.attempts":             func(p *resilience.Policy) { p.Repair.Attempts = 63 },
	} {
		p := reference()
		change(&p)
		require.Equal(t, []string{path}, paths(p.Validate()))
	}
	p := reference()
	p.Retry.Attempts, p.Repair.Attempts = 200, 0
	require.Empty(t, p.Validate())
	p.Retry.Attempts, p.Repair.Attempts = 85, 2
	require.Empty(t, p.Validate(), "255 attempts in all")
}
