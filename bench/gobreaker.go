package bench

import (
	"context"
	"errors"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/cenkalti/backoff/v5"
	"github.com/sony/gobreaker/v2"
)

// Gobreaker is sony/gobreaker inside cenkalti/backoff's Retry around context.WithTimeout, in a loop over the models: what
// one writes without a library of policies.
func Gobreaker(leaf agentchaos.Call) agentchaos.Call {
	var breakers [len(models)]*gobreaker.CircuitBreaker[response]
	for i, m := range models {
		breakers[i] = gobreaker.NewCircuitBreaker[response](gobreaker.Settings{
			Name: m, MaxRequests: 1, Timeout: recovery,
			ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failures },
			IsExcluded:  func(err error) bool { return err != nil && !counts(err) },
		})
	}
	options := []backoff.RetryOption{backoff.WithBackOff(&backoff.ZeroBackOff{}), backoff.WithMaxTries(attempts), backoff.WithMaxElapsedTime(0)}
	return func(ctx context.Context, req *agentchaos.Request) (resp response, err error) {
		for i, m := range models {
			req.Target = m
			attempt := func() (response, error) { return limited(ctx, context.WithTimeout, req, leaf) }
			resp, err = backoff.Retry(ctx, func() (response, error) {
				resp, err := breakers[i].Execute(attempt)
				switch {
				case err == nil:
					return resp, nil
				case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
					return nil, backoff.Permanent(agentchaos.BreakerOpen)
				case !retried(err):
					return nil, backoff.Permanent(err)
				}
				return nil, err
			}, options...)
			if err == nil || !helped(err) {
				break
			}
		}
		return resp, err
	}
}

// bound is context.WithTimeout, on a clock.
type bound func(context.Context, time.Duration) (context.Context, context.CancelFunc)

// limited is an attempt within its limit; one that ran into it is a timeout, one whose caller has gone is not.
func limited(ctx context.Context, within bound, req *agentchaos.Request, leaf agentchaos.Call) (response, error) {
	mine, cancel := within(ctx, limit)
	defer cancel()
	resp, err := leaf(mine, req)
	if err != nil && mine.Err() != nil && ctx.Err() == nil {
		return nil, agentchaos.Timeout
	}
	return resp, err
}
