package scenarios_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
)

func TestExtends(t *testing.T) {
	s := load(t, `version: 1
policies:
  a:
    models: [openai/gpt-4o]
    retry: {attempts: 4, backoff: {initial: 1s, factor: 3}, max_retry_after: 5s}
    breaker: {failures: 5, recovery: 7s}
    hedge: {after: 8s}
  b: {extends: a, retry: {backoff: {factor: null, max: 9s}}, hedge: null, bulkhead: null}
  c: {extends: b, retry: {retries: 1}, breaker: {failure_rate: 50%}, models: [openai/gpt-4o-mini]}
  bare: {extends: bare, timeout: {attempt: 5s}}
scenarios: {s: {agent: one-call}}
`)
	a, b, c, bare := arm(t, s, "s", "a").Settings, arm(t, s, "s", "b").Settings, arm(t, s, "s", "c").Settings, arm(t, s, "s", "bare").Settings
	require.Equal(t, 8*time.Second, a.Hedge.After)
	require.Equal(t, resilience.Retry{Attempts: 4, Backoff: resilience.Backoff{Initial: time.Second, Max: 9 * time.Second}, MaxRetryAfter: 5 * time.Second}, b.Retry)
	require.Zero(t, b.Hedge)
	require.Equal(t, a.Breaker, b.Breaker)
	require.Equal(t, 2, c.Retry.Attempts, "retries of the extending entry stands in for attempts of the other")
	require.Equal(t, &resilience.Breaker{FailureRate: 0.5, Recovery: 7 * time.Second}, c.Breaker)
	require.Equal(t, []string{"openai/gpt-4o-mini"}, c.Models, "lists are replaced")
	require.Equal(t, []string{"anthropic/claude-sonnet-4"}, bare.Models, "an own entry may begin from the built-in one of its name")
	require.Equal(t, 5*time.Second, bare.Timeout.Attempt)
}

// An exponential latency stands in for a table, and a table for an exponential latency.
func TestExtendsALatency(t *testing.T) {
	s := load(t, `version: 1
models:
  a/table: {first_token: {p50: 1s, max: 3s}, per_token: {exponential: 10ms}}
  a/exponential: {extends: a/table, first_token: {exponential: 2s}, per_token: {p50: 20ms}}
  a/again: {extends: a/exponential, first_token: {max: 5s, p50: 4s}}
policies: {p: {models: [a/exponential, a/again]}}
scenarios: {s: {agent: one-call}}
`)
	m, again := s.Models["a/exponential"], s.Models["a/again"]
	require.Equal(t, agentchaos.Exponential(2e9).Quantiles(), m.FirstToken)
	require.EqualValues(t, 20e6, m.PerToken.Max())
	require.EqualValues(t, 5e9, again.FirstToken.Max())
}

func TestOwnEntryReplacesWhole(t *testing.T) {
	s := load(t, "version: 1\npolicies: {reference: {models: [openai/gpt-4o]}}\nscenarios: {s: {agent: one-call, policies: [reference, bare]}}\n")
	require.Equal(t, resilience.Policy{Models: []string{"openai/gpt-4o"}}, arm(t, s, "s", "reference").Settings)
}

func TestAnchorsMergesNotes(t *testing.T) {
	s := load(t, `version: 1
x-note: {any: [thing, 1]}
x-slow: &slow {timeout: {attempt: 50s}, hedge: {after: 3s}}
x-fast: &fast {timeout: {attempt: 1s}}
policies:
  a: {<<: *slow, models: &chain [openai/gpt-4o], x-why: because}
  b: {<<: [*fast, *slow], models: *chain}
  c: {<<: *slow, hedge: {after: 9s}, models: *chain}
scenarios: {s: {agent: one-call}}
`)
	a, b, c := arm(t, s, "s", "a").Settings, arm(t, s, "s", "b").Settings, arm(t, s, "s", "c").Settings
	require.Equal(t, 50*time.Second, a.Timeout.Attempt)
	require.Equal(t, time.Second, b.Timeout.Attempt, "the earlier map wins")
	require.Equal(t, 3*time.Second, b.Hedge.After)
	require.Equal(t, 9*time.Second, c.Hedge.After, "own keys win")
	require.Equal(t, a.Models, c.Models)
}

func TestLength(t *testing.T) {
	text := `version: 1
scenarios:
  neither: {agent: one-call, policies: [bare]}
  until:
    agent: one-call
    policies: [bare]
    faults:
      - {target: primary, kind: timeout, when: {until: 90s}}
      - {target: primary, kind: overloaded, when: {from: 10s, until: 30s}}
  tasks: {agent: one-call, policies: [bare], tasks: 7}
  duration: {agent: one-call, policies: [bare], duration: 2m}
`
	type length struct {
		tasks    int
		duration time.Duration
	}
	lengths := func(s *scenarios.Suite) map[string]length {
		out := map[string]length{}
		for _, sc := range s.Scenarios {
			out[sc.Name] = length{sc.Tasks, sc.Duration}
		}
		return out
	}
	require.Equal(t, map[string]length{"neither": {300, 0}, "until": {300, 150 * time.Second}, "tasks": {7, 0}, "duration": {0, 2 * time.Minute}}, lengths(load(t, text)))
	require.Equal(t, map[string]length{"neither": {50, 0}, "until": {50, 0}, "tasks": {7, 0}, "duration": {0, 2 * time.Minute}}, lengths(load(t, text+"tasks: 50\n")))
	s, err := scenarios.Load("f", []byte(text), scenarios.Options{Tasks: 9})
	require.NoError(t, err)
	for _, l := range lengths(s) {
		require.Equal(t, length{9, 0}, l)
	}
}

func TestGates(t *testing.T) {
	text := `version: 1
policies: {a: {models: [openai/gpt-4o]}, b: {models: [openai/gpt-4o]}}
gates: {"*": [failed_tasks == 0], b: [completion_rate >= 90%], agent: [early_retries == 0]}
scenarios:
  list: {agent: one-call, gates: [completion_rate >= 95%]}
  map: {agent: one-call, gates: {a: completion_rate >= 80%, "*": [failed_tasks == 0]}}
`
	s, err := scenarios.Load("f", []byte(text), scenarios.Options{Gates: []string{"amplification <= 3"}})
	require.NoError(t, err)
	gates := func(scenario, policy string) string {
		var out []string
		for _, g := range arm(t, s, scenario, policy).Gates {
			out = append(out, g.String())
		}
		return strings.Join(out, "; ")
	}
	require.Equal(t, "completion_rate >= 95%; failed_tasks == 0; amplification <= 3", gates("list", "a"))
	require.Equal(t, "completion_rate >= 95%; failed_tasks == 0; amplification <= 3; completion_rate >= 90%", gates("list", "b"))
	require.Equal(t, "failed_tasks == 0; completion_rate >= 80%; amplification <= 3", gates("map", "a"), "the same gate once")

	s, err = scenarios.Load("f", []byte(text), scenarios.Options{Gates: []string{"completion_rate>=0.95", "after faults completion_rate >= 95%", "completion_rate > 95%"}})
	require.NoError(t, err)
	require.Equal(t, "completion_rate >= 95%; failed_tasks == 0; after faults completion_rate >= 95%; completion_rate > 95%", gates("list", "a"), "the same by meaning is the same")

	ps := problems(t, text, scenarios.Options{Gates: []string{"failed_tasks == 0", "completion_rate"}})
	require.Len(t, ps, 1)
	require.Equal(t, "--gate", ps[0].File)
	require.Equal(t, 2, ps[0].Line)
	require.Contains(t, ps[0].Hint, "shell")
}

func TestSelect(t *testing.T) {
	s := load(t, "version: 1\nscenarios: {a1: {agent: one-call, policies: [bare, sdk]}, a2: {agent: one-call, policies: [sdk]}, b: {agent: one-call, policies: [bare]}}\n")
	names := func(s *scenarios.Suite) (out []string) {
		for _, sc := range s.Scenarios {
			for _, a := range sc.Arms {
				out = append(out, sc.Name+" "+a.Policy)
			}
		}
		return out
	}
	all, err := s.Select(nil, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"a1 bare", "a1 sdk", "a2 sdk", "b bare"}, names(all))
	some, err := s.Select([]string{"a*"}, []string{"bare"})
	require.NoError(t, err)
	require.Equal(t, []string{"a1 bare"}, names(some))
	require.Equal(t, []string{"a1 bare", "a1 sdk", "a2 sdk", "b bare"}, names(s), "the suite itself is not changed")

	for want, globs := range map[string][2]string{
		`--scenario "c*" matches nothing: the scenarios are a1, a2, b`: {"c*", "*"},
		`--policy "baer" matches nothing: did you mean "bare"?`:        {"*", "baer"},
		`--policy "[" is no glob: syntax error in pattern`:             {"*", "["},
		"no chosen policy is tried in a chosen scenario":               {"a2", "bare"},
	} {
		_, err := s.Select([]string{globs[0]}, []string{globs[1]})
		require.EqualError(t, err, want)
	}
}
