package resilience_test

import (
	"context"
	"io"
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/stretchr/testify/require"
)

// A stream that ended cleanly in the middle: the strict stack says so, the trusting one takes it for an answer. What broke
// off before the first token, or not cleanly, is an error to both.
func TestTrustTakesCutStreamsForAnswers(t *testing.T) {
	for _, c := range []struct {
		name     string
		err      agentchaos.Error
		answered bool
	}{
		{"cut in the middle", agentchaos.Error{Kind: agentchaos.Truncated, Status: 200, Got: 20}, true},
		{"cut before the first token", agentchaos.Error{Kind: agentchaos.Truncated, Status: 200}, false},
		{"closed in the middle of a chunk", agentchaos.Error{Kind: agentchaos.Truncated, Status: 200, Got: 20, Err: io.ErrUnexpectedEOF}, false},
		{"reset in the middle", agentchaos.Error{Kind: agentchaos.Reset, Status: 200, Got: 20}, false},
		{"an error event in the middle", agentchaos.Error{Kind: agentchaos.Overloaded, Status: 200, Got: 20}, false},
	} {
		for _, trusting := range []bool{true, false} {
			w := sim.New()
			leaf := func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) { e := c.err; return nil, &e }
			call := resilience.Policy{Models: []string{"x/a"}, TrustAnswers: trusting}.Start(agentchaos.Env{Clock: w})(leaf)
			w.Go(func() {
				resp, err := call(w.Background(), &agentchaos.Request{Stream: true, Output: 50})
				if trusting && c.answered {
					require.NoError(t, err, c.name)
					require.Equal(t, 20, resp.Output, c.name)
				} else {
					require.ErrorIs(t, err, c.err.Kind, c.name)
				}
			})
			require.NoError(t, w.Run())
			w.Close()
		}
	}
}
