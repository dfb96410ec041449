package bench

import (
	"context"
	"errors"

	"github.com/agentchaos/agentchaos"
	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/fallback"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/failsafe-go/failsafe-go/timeout"
)

type (
	response  = *agentchaos.Response
	execution = failsafe.Execution[response]
)

// requestKey is where a fallback, which is built once, finds the request of the call.
type requestKey struct{}

// Failsafe is failsafe-go in the order of its own documentation: Fallback(RetryPolicy(CircuitBreaker(Timeout(fn)))). It
// differs in one thing that no call here shows: what its breaker is told not to handle it takes for a success.
func Failsafe(leaf agentchaos.Call) agentchaos.Call {
	try := func(ctx context.Context, req *agentchaos.Request, model string) (response, error) {
		req.Target = model
		return leaf(ctx, req)
	}
	spare := failsafe.With(guard()...)
	fallBack := fallback.NewBuilderWithFunc(func(e execution) (response, error) {
		req := e.Context().Value(requestKey{}).(*agentchaos.Request)
		return spare.WithContext(e.Context()).GetWithExecution(func(e execution) (response, error) {
			return try(e.Context(), req, models[1])
		})
	}).HandleIf(func(_ response, err error) bool { return helped(named(err)) }).Build()
	all := failsafe.With(append([]failsafe.Policy[response]{fallBack}, guard()...)...)
	return func(ctx context.Context, req *agentchaos.Request) (response, error) {
		resp, err := all.WithContext(context.WithValue(ctx, requestKey{}, req)).GetWithExecution(func(e execution) (response, error) {
			return try(e.Context(), req, models[0])
		})
		return resp, named(err)
	}
}

// guard is what stands around one model.
func guard() []failsafe.Policy[response] {
	retry := retrypolicy.NewBuilder[response]().WithMaxAttempts(attempts).ReturnLastFailure().
		HandleIf(func(_ response, err error) bool { return retried(named(err)) }).Build()
	breaker := circuitbreaker.NewBuilder[response]().WithFailureThreshold(failures).WithSuccessThreshold(1).WithDelay(recovery).
		HandleIf(func(_ response, err error) bool { return counts(named(err)) }).Build()
	return []failsafe.Policy[response]{retry, breaker, timeout.New[response](limit)}
}

// named gives the library's own errors their kind.
func named(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, circuitbreaker.ErrOpen):
		return agentchaos.BreakerOpen
	case errors.Is(err, timeout.ErrExceeded):
		return agentchaos.Timeout
	}
	return err
}
