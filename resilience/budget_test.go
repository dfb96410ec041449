package resilience

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// PUBLISHED.md §3.4, Finagle's RetryBudgetTest: 10 000 times deposit and try, time standing still.
func TestBudgetFinagle(t *testing.T) {
	for _, ratio := range []float64{0.0001, 0.01, 0.1, 0.2, 0.25, 0.5, 0.75, 0.9999} {
		for _, least := range []float64{0, 10} {
			b, granted := newBudget(&RetryBudget{Ratio: ratio, MinPerSecond: least}), 0
			for range 10_000 {
				b.deposit(0)
				if b.spend(0) {
					granted++
				}
			}
			require.InDelta(t, min(10_000, 10_000*ratio+10*least), granted, 1, "%v %v", ratio, least)
		}
	}
	b := newBudget(&RetryBudget{Ratio: 2})
	for range 10_000 {
		b.deposit(0)
	}
	require.EqualValues(t, 20_000, b.balance()/grain)
}

func TestBudgetIsExact(t *testing.T) {
	b := newBudget(&RetryBudget{Ratio: 0.1})
	for i := range 10 {
		require.False(t, b.spend(0), "after %d first attempts at 10%%", i)
		b.deposit(0)
	}
	require.True(t, b.spend(0), "10 × 0.1 is 1")
	require.False(t, b.spend(0))
}

// The window is 10 s, and an event of that age no longer counts.
func TestBudgetWindow(t *testing.T) {
	b := newBudget(&RetryBudget{Ratio: 1})
	b.deposit(0)
	require.True(t, b.spend(10*time.Second-1))
	b = newBudget(&RetryBudget{Ratio: 1})
	b.deposit(0)
	require.False(t, b.spend(10*time.Second))
	b = newBudget(&RetryBudget{MinPerSecond: 0.1}) // one retry in reserve
	require.True(t, b.spend(0))
	require.False(t, b.spend(10*time.Second-1))
	require.True(t, b.spend(10*time.Second))
	require.True(t, (*budget)(nil).spend(0))
}
