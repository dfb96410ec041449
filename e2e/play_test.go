package e2e

import (
	"context"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// simulated is a host that nobody looks up.
const simulated = "https://agentchaos.invalid"

// guard is how long an SDK may take in a bubble, where time costs nothing: longer than any wait that a provider asks for.
const guard = 30 * 24 * time.Hour

// TestMain keeps what is set for the person at the machine out of the tests.
func TestMain(m *testing.M) {
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "OPENAI_") || strings.HasPrefix(name, "ANTHROPIC_") {
			_ = os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}

// inProcess plays a case without a socket, in a bubble: waits are exact, and cost nothing.
func inProcess(t *testing.T, c *Client, m Mode, f Fault, timeout time.Duration) (r Result, p *Provider) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		p = newProvider(f)
		ctx, stop := context.WithTimeout(context.Background(), guard)
		defer stop()
		r = c.Play(ctx, Case{Mode: m, Base: simulated, Key: "sk-test", TimeoutMs: timeout.Milliseconds(), Transport: p})
		r.Hung = ctx.Err() != nil
	})
	return r, p
}

// overLoopback plays a case over a real connection, on the real clock.
func overLoopback(t *testing.T, c *Client, m Mode, f Fault) (Result, *Provider) {
	t.Helper()
	p := newProvider(f)
	s := httptest.NewServer(p)
	defer s.Close()
	return c.Play(context.Background(), Case{Mode: m, Base: s.URL, Key: "sk-test", Transport: s.Client().Transport}), p
}
