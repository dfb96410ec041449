package agentchaos_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

func TestWallKeepsTheClocksPromises(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := ac.NewWall()
		ctx, cancel := w.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.NoError(t, w.Sleep(ctx, time.Second), "a sleep that ends at the deadline has ended")
		require.ErrorIs(t, w.Sleep(ctx, 1), context.DeadlineExceeded)
		require.Equal(t, time.Second, w.Now())

		signal, fire := w.WithTimeout(t.Context(), ac.Forever)
		w.Go(func() { _ = w.Sleep(t.Context(), time.Minute); fire() })
		require.ErrorIs(t, w.Sleep(signal, ac.Forever), context.Canceled)
		require.Equal(t, time.Second+time.Minute, w.Now())
	})
}
