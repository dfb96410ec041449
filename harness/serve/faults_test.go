package serve_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/serve"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// wanted is what a strict client makes of each fault kind in the built-in suite, streamed and plain.
var wanted = map[string][2]agentchaos.Kind{
	"unavailable":  {agentchaos.Unavailable, agentchaos.Unavailable},
	"overloaded":   {agentchaos.Overloaded, agentchaos.Overloaded},
	"quota":        {agentchaos.Quota, agentchaos.Quota},
	"not_found":    {agentchaos.NotFound, agentchaos.NotFound},
	"rate_limit":   {agentchaos.RateLimit, agentchaos.RateLimit},
	"stall":        {agentchaos.Truncated, agentchaos.Reset}, // closed when it has hung for long enough
	"truncated":    {agentchaos.Truncated, agentchaos.Truncated},
	"stream_error": {agentchaos.Overloaded, agentchaos.Overloaded},
	"malformed":    {agentchaos.Malformed, agentchaos.Malformed},
	"timeout":      {agentchaos.Reset, agentchaos.Reset},
	"slow":         {agentchaos.None, agentchaos.None},
}

const sonnet = "anthropic/claude-sonnet-4"

// Every fault on a model in the built-in scenarios, over a socket: the client sees its kind, and the server counts the same.
func TestTheSuitesFaultsOverASocket(t *testing.T) {
	suite, err := scenarios.Load(scenarios.BuiltinName, agentchaos.Suite, scenarios.Options{})
	require.NoError(t, err)
	exec, tried := 0, map[string]bool{}
	for _, sc := range suite.Scenarios {
		if sc.Exec {
			exec++
		}
		for _, rule := range sc.Faults {
			kind := rule.Fault.Kind()
			want, ok := wanted[kind]
			require.True(t, ok || !sc.Exec, "%s: %s: what is it over HTTP?", sc.Name, kind)
			if !ok || kind == "rate_limit" || !rule.Matches(sonnet, sonnet) { // a bucket refuses nobody at first
				continue
			}
			tried[kind] = true
			rule.When = faults.When{}
			alone := sc
			alone.Faults = []faults.Rule{rule}
			for i, stream := range []bool{true, false} {
				t.Run(sc.Name+" "+scenarios.Describe(rule), func(t *testing.T) {
					kindOverASocket(t, &alone, suite.Models, stream, want[i])
				})
			}
		}
	}
	require.NotZero(t, exec)
	require.Greater(t, len(tried), 6)
}

func kindOverASocket(t *testing.T, sc *scenarios.Scenario, models map[string]faults.Model, stream bool, want agentchaos.Kind) {
	v := server(t, serve.Settings{Scenario: sc, Models: models, Seed: 1, TimeScale: 1e5})
	url, stop := running(t, v)
	rt := &http.Transport{}
	defer rt.CloseIdleConnections()
	client := wire.Config{Endpoint: func(string) wire.Endpoint { return wire.Endpoint{URL: url + "/v1", Format: wire.Messages} }}.Client(rt)
	req := &agentchaos.Request{Target: sonnet, Input: 100, Output: 1000, Stream: stream}
	_, err := client(t.Context(), req)
	kind := agentchaos.None
	if e := (*agentchaos.Error)(nil); errors.As(err, &e) {
		kind = e.Kind
	} else {
		require.NoError(t, err)
	}
	n := counted(t, v, stop)
	if want == agentchaos.Malformed && kind == agentchaos.None { // the model's words, which the client does not judge
		want = agentchaos.None
		require.Equal(t, map[string]int{"malformed": 1}, n.Requests)
	} else {
		outcome := "ok"
		if kind != agentchaos.None {
			outcome = kind.String()
		}
		require.Equal(t, map[string]int{outcome: 1}, n.Requests)
	}
	require.Equal(t, want, kind, err)
	require.Equal(t, 1, n.Faults[0].Times)
}

func counted(t *testing.T, v *serve.Server, stop func() error) serve.Counts {
	t.Helper()
	require.NoError(t, stop())
	n := v.Counts()
	law(t, n)
	return n
}

// The client over the server in process, in no time at all: a minute of outage, and a client that comes back after it.
func TestAClientOverTheServerInProcess(t *testing.T) {
	s := settings(t, file("{target: primary, kind: overloaded, retry_after: 1s, when: {first: 2}}"))
	v := server(t, s)
	client := wire.Client(v)
	for i, want := range []error{agentchaos.Overloaded, agentchaos.Overloaded, nil} {
		req := &agentchaos.Request{ID: agentchaos.ID{Task: 5, Step: 1, Attempt: uint8(i + 1)}, Target: "openai/gpt", Input: 10, Output: 1000}
		_, err := client(t.Context(), req)
		require.ErrorIs(t, err, want)
		if e := (*agentchaos.Error)(nil); errors.As(err, &e) {
			require.Equal(t, time.Second, e.RetryAfter)
		}
	}
	n := v.Counts()
	require.Equal(t, map[wire.Sort]int{wire.Named: 2}, n.Retries)
	require.Equal(t, 2, n.Early)
	law(t, n)
}
