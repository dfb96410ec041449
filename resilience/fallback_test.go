package resilience_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

// The chain goes on for the kinds of the table, and only for those.
func TestFallbackKinds(t *testing.T) {
	for k := agentchaos.RateLimit; int(k) < agentchaos.Kinds; k++ {
		inWorld(t, func(w *sim.World) {
			visited := []string{}
			call := resilience.Fallback{claude, gpt}.Start(agentchaos.Env{Clock: w})(leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
				visited = append(visited, req.Target)
				return 0, fails(k)
			}))
			_, err := call(w.Background(), request())
			require.ErrorIs(t, err, k)
			if _, on, _ := resilience.Class(k, 0); on {
				require.Equal(t, []string{claude, gpt}, visited, k.String())
			} else {
				require.Equal(t, []string{claude}, visited, k.String())
			}
			_, err = call(w.Background(), &agentchaos.Request{Target: "tool/x", Use: agentchaos.UseRead})
			require.ErrorIs(t, err, k)
			require.Equal(t, "tool/x", visited[len(visited)-1], "tools have no fallback")
		})
	}
}

// Who served, who failed last, and for how long the preferred model has not.
func TestCalled(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var s seen
		down := map[string]bool{}
		call := resilience.Policy{Models: []string{claude, gpt}}.Start(s.env(w))(leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
			if down[req.Target] {
				return time.Second, fails(agentchaos.Overloaded)
			}
			return time.Second, nil
		}))
		for _, broken := range [][]string{{}, {claude}, {claude}, {claude, gpt}, {}, {claude}} {
			clear(down)
			for _, m := range broken {
				down[m] = true
			}
			_, _ = call(w.Background(), request())
		}
		_, _ = call(w.Background(), &agentchaos.Request{Target: "tool/x", Use: agentchaos.UseRead})
		type line struct {
			target, preferred string
			kind              agentchaos.Kind
			end               time.Duration
		}
		var got []line
		for _, c := range s.calls {
			got = append(got, line{c.Target, c.Preferred, c.Kind, c.End / time.Second})
		}
		require.Equal(t, []line{
			{claude, claude, 0, 1}, {gpt, claude, 0, 3}, {gpt, claude, 0, 5}, {gpt, claude, agentchaos.Overloaded, 7},
			{claude, claude, 0, 8}, {gpt, claude, 0, 10}, {"tool/x", "tool/x", 0, 11},
		}, got)
	})
}

// State is fresh per Start, shared by what one Start wraps.
func TestStateIsFreshPerStart(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		p := resilience.Policy{Models: []string{claude}, Breaker: &resilience.Breaker{Failures: 1}}
		m := p.Start(agentchaos.Env{Clock: w})
		bad, well := leaf(w, always(agentchaos.Unavailable)), leaf(w, firstN(0, 0))
		_, err := m(bad)(w.Background(), request())
		require.ErrorIs(t, err, agentchaos.Unavailable)
		_, err = m(well)(w.Background(), request())
		require.ErrorIs(t, err, agentchaos.BreakerOpen)
		_, err = p.Start(agentchaos.Env{Clock: w})(well)(w.Background(), request())
		require.NoError(t, err)
	})
}
