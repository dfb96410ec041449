package agentchaos_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

func TestEveryErrorHasOneKind(t *testing.T) {
	limited := &ac.Error{Kind: ac.RateLimit, Status: 429, Target: "openai/gpt-4o", RetryAfter: 12 * time.Second}
	for _, c := range []struct {
		err  error
		want ac.Kind
	}{
		{nil, ac.None},
		{limited, ac.RateLimit},
		{fmt.Errorf("step 3: %w", limited), ac.RateLimit},
		{fmt.Errorf("refused: %w", ac.BreakerOpen), ac.BreakerOpen},
		{context.Canceled, ac.Cancelled},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), ac.Timeout},
		{errors.New("what is this"), ac.Unavailable},
	} {
		require.Equal(t, c.want, ac.KindOf(c.err), fmt.Sprint(c.err))
	}
}

func TestErrorsAreMatchedByKindAndUnwrap(t *testing.T) {
	last := &ac.Error{Kind: ac.Overloaded, Status: 529, Target: "anthropic/x"}
	err := fmt.Errorf("call: %w", &ac.Error{Kind: ac.BudgetExhausted, Target: "anthropic/x", Err: last})
	require.ErrorIs(t, err, ac.BudgetExhausted)
	require.ErrorIs(t, err, ac.Overloaded) // the cause
	require.NotErrorIs(t, err, ac.Timeout)
	require.EqualError(t, err, "call: anthropic/x: budget_exhausted: anthropic/x: overloaded (status 529)")
}

func TestKindsAndVariantsHaveNamesThatParse(t *testing.T) {
	for k := ac.RateLimit; int(k) < ac.Kinds; k++ {
		got, err := ac.ParseKind(k.String())
		require.NoError(t, err)
		require.Equal(t, k, got)
	}
	for v := ac.HTML; int(v) < ac.Variants; v++ {
		got, err := ac.ParseVariant(v.String())
		require.NoError(t, err)
		require.Equal(t, v, got)
	}
	_, err := ac.ParseKind("none")
	require.ErrorContains(t, err, "rate_limit, quota, ")
	_, err = ac.ParseVariant("")
	require.Error(t, err)
}

func TestRetryAfterIsWhatTheWireCanCarry(t *testing.T) {
	s, ms := time.Second, time.Millisecond
	for _, c := range []struct {
		r    ac.RetryAfter
		now  time.Duration
		want time.Duration
	}{
		{ac.RetryAfter{}, 0, 0},
		{ac.After(2500 * ms), 0, 3 * s},
		{ac.After(3 * s), 0, 3 * s},
		{ac.After(1), 0, s},
		{ac.RetryAfter{Hint: ac.HintMillis, Millis: 250}, 0, 250 * ms},
		{ac.RetryAfter{Hint: ac.HintDate, Millis: 10_000}, 0, 10 * s},
		{ac.RetryAfter{Hint: ac.HintDate, Millis: 10_000}, 300 * ms, 10*s + 700*ms}, // the date is of whole seconds
		{ac.RetryAfter{Hint: ac.HintNegative, Millis: -1000}, 0, 0},
		{ac.RetryAfter{Hint: ac.HintFraction, Millis: 1500}, 0, 1500 * time.Millisecond},
		{ac.RetryAfter{Hint: ac.HintZero}, 0, 0},
		{ac.RetryAfter{Hint: ac.HintConflict, Millis: 10_000}, 0, time.Second},
	} {
		require.Equal(t, c.want, c.r.Understood(c.now), fmt.Sprint(c.r, c.now))
	}
}
