package resilience_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

// What the leaf keeps of an answer comes through every policy, though nothing could compare it: of a write too, which is
// logged.
func TestPoliciesPassRawOn(t *testing.T) {
	for _, use := range []agentchaos.Use{agentchaos.UseModel, agentchaos.UseWrite} {
		inWorld(t, func(w *sim.World) {
			p := everything()
			p.Idempotency, p.Degrade = &resilience.Idempotency{}, resilience.Degrade{Tool: true}
			call := p.Start(agentchaos.Env{Clock: w})(func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
				resp, err := secondTime(ctx, req)
				if resp != nil {
					resp = &agentchaos.Response{Target: resp.Target, Content: good.Content, Raw: []any{req.ID.Attempt}}
				}
				return resp, err
			})
			req := request()
			req.Use, req.Target = use, "tool/refund"
			resp, err := call(w.Background(), req)
			require.NoError(t, err)
			require.Equal(t, []any{uint8(2)}, resp.Raw)
		})
	}
}
