package resilience_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

func TestTimeoutKinds(t *testing.T) {
	s := time.Second
	for name, c := range map[string]struct {
		attempt, deadline, takes time.Duration
		err                      error
		want                     agentchaos.Kind
		at                       time.Duration
	}{
		"in time":                            {5 * s, 9 * s, 5 * s, nil, agentchaos.None, 5 * s},
		"its own limit":                      {5 * s, 9 * s, 6 * s, nil, agentchaos.Timeout, 5 * s},
		"the deadline":                       {9 * s, 5 * s, 6 * s, nil, agentchaos.Cancelled, 5 * s},
		"both at once":                       {5 * s, 5 * s, 6 * s, nil, agentchaos.Cancelled, 5 * s},
		"no limit, the deadline":             {0, 5 * s, 6 * s, nil, agentchaos.Cancelled, 5 * s},
		"the provider's words":               {5 * s, 9 * s, 5 * s, fails(agentchaos.RateLimit), agentchaos.RateLimit, 5 * s},
		"the provider's words, at the end":   {9 * s, 5 * s, 5 * s, fails(agentchaos.RateLimit), agentchaos.RateLimit, 5 * s},
		"the leaf's limit":                   {5 * s, 9 * s, 2 * s, fails(agentchaos.Timeout), agentchaos.Timeout, 2 * s},
		"the leaf's limit, at the deadline":  {9 * s, 2 * s, 2 * s, fails(agentchaos.Timeout), agentchaos.Cancelled, 2 * s},
		"an error that nobody has explained": {5 * s, 9 * s, 2 * s, errors.New("?"), agentchaos.Unavailable, 2 * s},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				call := resilience.Timeout{Attempt: c.attempt, FirstToken: 3 * s, Idle: 4 * s}.Start(agentchaos.Env{Clock: w}, claude)(
					leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
						require.Equal(t, []time.Duration{3 * s, 4 * s}, []time.Duration{req.FirstToken, req.Idle})
						return c.takes, c.err
					}))
				ctx, cancel := w.WithTimeout(w.Background(), c.deadline)
				defer cancel()
				req := request()
				req.FirstToken, req.By = 1, c.deadline
				_, err := call(ctx, req)
				require.Equal(t, c.want, agentchaos.KindOf(err))
				require.Equal(t, c.at, w.Now())
				require.EqualValues(t, 1, req.FirstToken, "restored")
				require.Zero(t, req.Idle)
			})
		})
	}
}

// What a leaf had received is kept, whoever ended it.
func TestTimeoutKeepsWhatCame(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		call := resilience.Timeout{Attempt: time.Second}.Start(agentchaos.Env{Clock: w}, claude)(
			func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
				err := w.Sleep(ctx, time.Minute)
				return nil, &agentchaos.Error{Kind: agentchaos.Cancelled, Status: 200, Got: 7, First: 3, Err: err}
			})
		_, err := call(w.Background(), request())
		var e *agentchaos.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, agentchaos.Error{Kind: agentchaos.Timeout, Status: 200, Target: claude, Got: 7, First: 3, Err: context.DeadlineExceeded}, *e)
	})
}
