package scenarios_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
)

func TestSuite(t *testing.T) {
	s := load(t, string(agentchaos.Suite))
	require.GreaterOrEqual(t, len(s.Scenarios), 15)
	names, policies := map[string]bool{}, map[string]bool{}
	for _, sc := range s.Scenarios {
		names[sc.Name] = true
		require.NotEmpty(t, sc.About, sc.Name)
		require.NotEmpty(t, sc.Faults, sc.Name)
		judged := 0
		for _, a := range sc.Arms {
			policies[a.Policy] = true
			judged += len(a.Gates)
			for _, g := range a.Gates {
				ok, need := report.Decidable(g, s.Seeds, report.Options{PerSeed: 1 / s.HiddenLoss})
				require.True(t, ok, "%s %s: %v needs %d seeds", sc.Name, a.Policy, g, need)
			}
			if a.Policy == "reference" {
				require.NotEmpty(t, a.Gates, "reference holds a gate in %s", sc.Name)
			}
		}
		require.Positive(t, judged, sc.Name)
	}
	for _, n := range []string{"rate-limit-storm", "retry-storm", "ordinary-tuesday", "vendor-outage"} {
		require.Contains(t, names, n)
	}
	for _, n := range []string{"bare", "sdk", "recipe", "reference"} {
		require.Contains(t, policies, n)
	}
	for _, w := range s.Warnings {
		require.True(t, strings.HasPrefix(w.Path, "policies."), "only policies may be risky on purpose: %v", w)
	}
}

// A worker that dies in a loop is tried with and without what it needs to get on, and so is one whose store fails.
func TestSuiteOfAgents(t *testing.T) {
	s := load(t, string(agentchaos.Suite))
	gates := func(scenario, policy string) (out []string) {
		for _, g := range arm(t, s, scenario, policy).Gates {
			out = append(out, g.String())
		}
		return out
	}
	effects := []string{"duplicate_effects == 0", "lost_effects == 0"}
	for _, policy := range []string{"no-checkpoint", "reference"} {
		require.Subset(t, gates("crash-loop", policy), effects)
	}
	require.Contains(t, gates("crash-loop", "no-checkpoint"), "failed_tasks > 0", "max_restarts comes to pass")
	require.Contains(t, gates("crash-loop", "reference"), "completion_rate >= 95%")
	require.Nil(t, arm(t, s, "store-outage", "no-checkpoint").Settings.Checkpoint)
}

// PUBLISHED.md §2.1.
func TestRetryStorm(t *testing.T) {
	s := load(t, string(agentchaos.Suite))
	some, err := s.Select([]string{"retry-storm"}, nil)
	require.NoError(t, err)
	sc := some.Scenarios[0]
	require.Equal(t, 6000, sc.Tasks)
	require.Len(t, sc.Arms, 4)
	stack := arm(t, s, "retry-storm", "stack").Settings
	require.Equal(t, 4, stack.Retry.Attempts)
	require.Equal(t, 0.5, stack.Breaker.FailureRate)
	require.Equal(t, 20, stack.Breaker.MinCalls)
	require.Equal(t, 0.2, stack.RetryBudget.Ratio)
	require.Equal(t, int64(89285714), int64(sc.Agent.Arrivals.Gap), "11.2 a second, to the nanosecond")
	require.Equal(t, "sim/capped: all requests 5 times slower from 60s to 90s", scenarios.Describe(sc.Faults[0]))
}

func TestInit(t *testing.T) {
	s := load(t, string(scenarios.Init()))
	require.Empty(t, s.Warnings, "%v", s.Warnings)
	require.NotEmpty(t, arm(t, s, "my-outage", "ours").Gates)
}

func TestList(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, load(t, string(agentchaos.Suite)).List(&b))
	for _, want := range []string{"SCENARIOS", "retry-storm", "POLICIES", "reference", "FAULTS", "stream_error", "commit_then_timeout", "comes with compare", "METRICS", "completion_rate", "pNN(H)"} {
		require.Contains(t, b.String(), want)
	}
	settings := map[int]string{} // where they begin
	for _, l := range strings.Split(b.String(), "\n") {
		require.Equal(t, strings.TrimRight(l, " "), l)
		for _, list := range []string{"status, delay", "requests_per_minute, tokens", "restart_after, max", "at, hang"} {
			if at := strings.Index(l, "  "+list); at >= 0 {
				settings[utf8.RuneCountInString(l[:at])] += list + "; "
			}
		}
	}
	require.Len(t, settings, 1, "one column, whatever kinds have no settings: %v", settings)
	for _, want := range []string{"no-keys +.*haiku-4  extends reference, without idempotency", "stack +sim/capped  +extends jitter, with its own retry_budget, breaker", "  reference +[a-z4, /-]+"} {
		require.Regexp(t, "(?m)^ *"+want+"$", b.String())
	}
}
