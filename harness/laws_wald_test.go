package harness_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// independentFile is a world in which every attempt fails with the same probability p, whoever makes it and when; the policy
// retries, waits, falls back, breaks and budgets as it likes. It copies nothing: a copy's original is asked whether it fails
// before that is known.
func independentFile() *rapid.Generator[independent] {
	return rapid.Custom(func(t *rapid.T) independent {
		p := pen{t}
		w := independent{percent: p.whole(10, 90)}
		chain := []string{"x/a", "x/b", "x/c"}[:p.whole(1, 3)]
		kind := one(p, "unavailable", "overloaded, retry_after: 2s", "reset, delay: 100ms", "rate_limit", "quota", "truncated, at: 30%", "stream_error", "malformed, variant: html", "malformed, variant: missing_field")
		layers := without(p.layers(), "hedge", "validate", "degrade")
		w.text = file(fmt.Sprintf(`version: 1
seed: %d
seeds: 2
models: {x/a: {first_token: 200ms}, x/b: {first_token: 300ms, per_token: 10ms}, x/c: {}}
agents: {a: {arrivals: {rate: 10/s, burstiness: 1}, steps: [{model: {input_tokens: 10, output_tokens: 10}}, {model: {output_tokens: 20, stream: false}}]}}
policies:
  p:
    models: [%s]
    %s
scenarios:
  s: {agent: a, tasks: 1000, policies: [p], faults: [{target: "x/*", kind: %s, when: {probability: %d%%}}]}
`, p.whole(1, 1_000_000), strings.Join(chain, ", "), strings.Join(layers, "\n    "), kind, w.percent))
		return w
	})
}

type independent struct {
	percent int
	text    file
}

// without leaves out the lines of these keys.
func without(lines []string, keys ...string) (out []string) {
	for _, line := range lines {
		key, _, _ := strings.Cut(line, ":")
		if !strings.Contains(" "+strings.Join(keys, " ")+" ", " "+key+" ") {
			out = append(out, line)
		}
	}
	return out
}

// Wald's equation (1944): if every attempt fails with probability p, independently, then under any policy the share of calls
// that are answered is (1−p) × amplification, for a call stops at its first good answer, and what a policy does next may
// depend on what has happened and on nothing else. The number of good answers less (1−p) × attempts is a martingale of
// variance p(1−p) × attempts; the tolerance is four and a half of its standard deviations.
//
// The worlds are drawn by number and not by luck: one in a hundred thousand would fail rightly.
func TestLawOfWald(t *testing.T) {
	worlds, retried, refused := 60, 0, 0
	if testing.Short() {
		worlds = 6
	}
	for n := range worlds {
		w := independentFile().Example(n)
		suite, err := scenarios.Load("independent.yaml", []byte(w.text), scenarios.Options{})
		require.NoError(t, err, w.text)
		played, err := harness.Run(t.Context(), harness.Jobs(suite), harness.Options{})
		require.NoError(t, err, w.text)
		c := harness.Assemble(suite, played).Arms[0].Total.Counts
		calls, attempts := float64(c[report.Calls]), float64(c[report.Attempts])
		q := 1 - float64(w.percent)/100
		share, amplification := float64(c[report.CallsAnswered])/calls, attempts/calls
		tolerance := 4.5 * math.Sqrt(q*(1-q)*attempts) / calls
		require.InDelta(t, q*amplification, share, tolerance, "world %d:\n%s", n, w.text)
		retried += btoi(amplification > 1.2)
		refused += btoi(amplification < 0.9)
	}
	require.NotZero(t, retried, "a policy must have asked more than once")
	require.True(t, refused > 0 || testing.Short(), "and another must have refused to ask")
}
