package serve_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos/harness/serve"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// file is a scenario file around faults.
func file(faults string) string {
	return `version: 1
models: {"anthropic/*": {}, "openai/*": {}, anthropic/claude: {}, openai/gpt: {}, acme/own: {}, acme/two: {}, other/two: {}}
agents: {one: {arrivals: {rate: 1/s}, steps: [{model: {output_tokens: 5}}]}}
policies: {bare: {models: [openai/gpt]}}
scenarios: {s: {agent: one, about: A test., faults: [` + faults + `]}}
`
}

// settings are those of the first scenario of a file.
func settings(t *testing.T, src string) serve.Settings {
	t.Helper()
	suite, err := scenarios.Load("test.yaml", []byte(src), scenarios.Options{})
	require.NoError(t, err)
	return serve.Settings{Scenario: &suite.Scenarios[0], Models: suite.Models, Seed: suite.Seed}
}

func server(t *testing.T, s serve.Settings) *serve.Server {
	t.Helper()
	v, err := serve.New(s)
	require.NoError(t, err)
	return v
}

// running is a server on a port of its own. What is returned ends it and gives Run's error.
func running(t *testing.T, v *serve.Server) (url string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- v.Run(ctx, l, nil) }()
	stopped := false
	stop = func() error {
		cancel()
		if stopped {
			return nil
		}
		stopped = true
		return <-done
	}
	t.Cleanup(func() { _ = stop() })
	return "http://" + l.Addr().String(), stop
}

const chat = `{"model":"gpt","messages":[{"role":"user","content":"Hello"}]}`

// asking is a request, with headers in pairs.
func asking(t *testing.T, url, body string, header ...string) *http.Request {
	t.Helper()
	hr, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i+1 < len(header); i += 2 {
		hr.Header.Set(header[i], header[i+1])
	}
	return hr
}

// exchange sends a body and reads the answer away.
func exchange(t *testing.T, rt http.RoundTripper, url, body string, header ...string) *http.Response {
	t.Helper()
	r, err := rt.RoundTrip(asking(t, url, body, header...))
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, r.Body)
	require.NoError(t, err)
	require.NoError(t, r.Body.Close())
	return r
}

// post sends a body and reads the answer.
func post(t *testing.T, rt http.RoundTripper, url, body string, header ...string) (int, string) {
	t.Helper()
	r, err := rt.RoundTrip(asking(t, url, body, header...))
	if err != nil {
		return 0, err.Error()
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return r.StatusCode, err.Error()
	}
	return r.StatusCode, string(b)
}
