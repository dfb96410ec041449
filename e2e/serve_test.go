package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/agentchaos/agentchaos/harness/serve"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// served is a scenario whose every call fails once, as one that passes. Nobody says what the models say: it is made up.
const served = `
version: 1
models: {openai/*: {}, anthropic/*: {}}
agents: {a: {arrivals: {rate: 1/s}, steps: [model: {output_tokens: 1}]}}
policies: {p: {models: [openai/gpt]}}
scenarios: {s: {agent: a, policies: [p], faults: [{target: "*/*", kind: overloaded, retry_after: 0s, should_retry: true, when: {call_first: 1}}]}}
`

func server(t *testing.T) *serve.Server {
	t.Helper()
	suite, err := scenarios.Load("served.yaml", []byte(served), scenarios.Options{})
	require.NoError(t, err)
	v, err := serve.New(serve.Settings{Scenario: &suite.Scenarios[0], Models: suite.Models, Seed: 1})
	require.NoError(t, err)
	return v
}

// madeUp is what an SDK must have got of an answer that the server has made up.
func madeUp(t *testing.T, m Mode, r Result) {
	t.Helper()
	require.Nil(t, r.Error)
	require.True(t, r.OK)
	switch m {
	case Models, Embeddings, CountTokens:
	case Tools, StreamTools, HelperTools:
		require.Len(t, r.ToolCalls, 1)
		require.Equal(t, toolName, r.ToolCalls[0].Name)
		fits(t, r.ToolCalls[0].Args, "city", "unit")
	case Structured:
		fits(t, []byte(r.Text), "city", "degrees", "sky")
	case Loop:
		require.Contains(t, r.Text, toolName, "it closes with what it has called")
	default:
		require.NotEmpty(t, r.Text)
	}
}

// fits says that a document has exactly these fields; package author's own tests hold it to the schema.
func fits(t *testing.T, doc []byte, names ...string) {
	t.Helper()
	var fields map[string]any
	require.NoError(t, json.Unmarshal(doc, &fields), "%s", doc)
	require.Len(t, fields, len(names), "%s", doc)
	for _, n := range names {
		require.Contains(t, fields, n)
	}
}

// Every call fails once, and its SDK asks again: whatever is asked, half of the requests that models have seen are retries.
func counted(t *testing.T, v *serve.Server) {
	t.Helper()
	n := v.Counts()
	require.Equal(t, n.Requests["ok"], n.Requests["overloaded"], "%+v", n)
	retries := 0
	for sort, times := range n.Retries {
		if sort.String() == "sdk" || sort.String() == "outer" {
			retries += times
		}
	}
	require.Equal(t, n.Requests["ok"], retries, "%+v", n)
	require.Zero(t, n.Early+n.Hopeless+n.Broken+n.InFlight)
}

func TestEveryGoSDKThroughServe(t *testing.T) {
	for _, c := range goClients() {
		t.Run(c.Name, func(t *testing.T) {
			v := server(t)
			s := httptest.NewServer(v.Handler())
			defer s.Close()
			for _, m := range c.Modes {
				madeUp(t, m, c.Play(context.Background(), Case{Mode: m, Base: s.URL, Key: "k-" + string(m), Transport: s.Client().Transport}))
			}
			counted(t, v)
		})
	}
}

func TestEveryJavaScriptSDKThroughServe(t *testing.T) {
	v := server(t)
	s := httptest.NewServer(v.Handler())
	defer s.Close()
	var input bytes.Buffer
	var modes []Mode
	for _, c := range withModes(t) {
		for _, m := range c.Modes {
			id := strconv.Itoa(len(modes))
			modes = append(modes, m)
			require.NoError(t, json.NewEncoder(&input).Encode(Case{ID: id, Client: c.Name, Mode: m, Base: s.URL, Key: "k-" + id, GuardMs: nodeGuard.Milliseconds()}))
		}
	}
	d := json.NewDecoder(bytes.NewReader(probe(t, nodeAtOnce, input.Bytes())))
	for _, m := range modes {
		var r Result
		require.NoError(t, d.Decode(&r))
		madeUp(t, m, r)
	}
	counted(t, v)
}
