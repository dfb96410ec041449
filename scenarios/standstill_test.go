package scenarios_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// closed is a closed loop in which one fault meets one policy.
const closed = `version: 1
models: {sim/m: {first_token: 1s}, sim/n: {first_token: 1s}}
tools: {quick: {kind: read}, slow: {kind: read, latency: 1ms}}
agents:
  w: {arrivals: {workers: 20}, deadline: 60s, steps: [%s]}
scenarios: {s: {agent: w, %s, policies: [p], faults: [{target: %s}]}}
policies: {p: {models: [%s], timeout: {attempt: 5s}, retry_budget: {ratio: 1%%}, retry: {%s}}}
`

// Workers whose tasks are refused at once burn them all at one instant, or take new ones there for ever.
func TestWorkersThatBurnTasks(t *testing.T) {
	const model, once, tasks, long = "model: {}", "attempts: 1", "tasks: 400", "duration: 60s"
	const backoff = "attempts: 3, backoff: {initial: 1s, jitter: equal}"
	for _, c := range []struct {
		steps, length, fault, chain, retry string
		want                               string // of the message; "": no warning
		mend                               string
	}{
		{model, tasks, "primary, kind: unavailable, when: {from: 10s, until: 20s}", "sim/m", once, "burn their tasks at one instant", "give the fault a delay"},
		{model, long, "primary, kind: reset", "sim/m", once, "the duration is never over", "give the fault a delay"},
		{model, long, "primary, kind: rate_limit, requests_per_minute: 60", "sim/m", once, "the duration is never over", "give the policy a backoff"},
		{model, tasks, "primary, kind: rate_limit", "sim/m", "attempts: 3", "burn", "give the policy a backoff"},
		{model, tasks, "sim/*, kind: auth", "sim/m, sim/n", backoff, "burn", "give the fault a delay"}, // not tried again
		{model, tasks, "primary, kind: content_filter", "sim/m, sim/n", once, "burn", "give the fault a delay"},
		{model, tasks, "primary, kind: unavailable, when: {call_first: 3}", "sim/m", "attempts: 3", "burn", "give the fault a delay"},
		{"tool: quick, " + model, tasks, "tool/quick, kind: tool_error", "sim/m", once, "burn", "give the fault a delay"},
		{"tool: quick, " + model, tasks, "primary, kind: reset", "sim/m", once, "burn", "give the fault a delay"},

		{model, tasks, "primary, kind: unavailable, delay: 100ms", "sim/m", once, "", ""},
		{model, tasks, "primary, kind: unavailable", "sim/m", backoff, "", ""},
		{model, tasks, "primary, kind: rate_limit, requests_per_minute: 60", "sim/m", "attempts: 3", "", ""}, // an honest Retry-After is waited for
		{model, tasks, "primary, kind: unavailable", "sim/m, sim/n", once, "", ""},
		{model, tasks, "primary, kind: unavailable, when: {probability: 40%}", "sim/m", once, "", ""},
		{model, tasks, "primary, kind: unavailable, when: {every: 2}", "sim/m", once, "", ""},
		{model, tasks, "primary, kind: unavailable, when: {call_first: 2}", "sim/m", "attempts: 3", "", ""},
		{model, tasks, "primary, kind: timeout", "sim/m", once, "", ""},
		{"tool: slow, " + model, tasks, "primary, kind: reset", "sim/m", once, "", ""},
	} {
		steps := strings.Split(c.steps, ", ")
		for i := range steps {
			steps[i] = "{" + steps[i] + "}"
		}
		s := load(t, fmt.Sprintf(closed, strings.Join(steps, ", "), c.length, c.fault, c.chain, c.retry))
		found := ""
		for _, w := range s.Warnings {
			if strings.Contains(w.Message, "refuses at once") {
				require.Equal(t, "scenarios.s.faults[0]", w.Path)
				found = w.Message + " / " + w.Hint
			}
		}
		if c.want == "" {
			require.Empty(t, found, "%v", c)
			continue
		}
		require.Contains(t, found, c.want, "%v", c)
		require.Contains(t, found, c.mend, "%v", c)
	}
}

// The fault of a built-in scenario that the file's closed loop meets is told of at the file's agent.
func TestWorkersInBuiltinScenario(t *testing.T) {
	s := load(t, `version: 1
agents:
  support: {arrivals: {workers: 3}, deadline: 1m, steps: [model: {output_tokens: 10}]}
scenarios: {full-outage: {extends: full-outage, policies: [bare]}}
`)
	require.Len(t, s.Warnings, 1)
	require.Equal(t, "agents.support.arrivals", s.Warnings[0].Path)
	require.Equal(t, 3, s.Warnings[0].Line)
}
