package sim

import (
	"context"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

type key struct{}

func TestWallDeadlinePanics(t *testing.T) {
	inside(t, func(s *script) {
		virtual, cancel := s.WithTimeout(s.Background(), time.Second)
		defer cancel()
		for name, parent := range map[string]context.Context{
			"of a virtual one": virtual, "of the root": s.Background(), "of none": context.Background(),
			"behind a value": context.WithValue(virtual, key{}, 1),
		} {
			ctx, cancel := context.WithTimeout(parent, time.Hour) // an hour of wall time, a second of virtual time
			defer cancel()
			below, cancelBelow := context.WithCancel(context.WithValue(ctx, key{}, 2))
			defer cancelBelow()
			for _, ctx := range []context.Context{ctx, below} {
				require.PanicsWithValue(t, wallDeadline, func() { _ = s.Sleep(ctx, time.Minute) }, name)
				require.PanicsWithValue(t, wallDeadline, func() { _, _ = s.WithTimeout(ctx, time.Minute) }, name)
			}
		}
	})
}

// A child made by the standard library ends with its virtual parent, at the same instant, with the same error.
func TestStandardChildrenEndWithTheirParent(t *testing.T) {
	noGoroutineLeft(t)
	for name, make := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"value": func(c context.Context) (context.Context, context.CancelFunc) {
			return context.WithValue(c, key{}, 1), func() {}
		},
		"cancel": context.WithCancel,
		"cancel below value": func(c context.Context) (context.Context, context.CancelFunc) {
			return context.WithCancel(context.WithValue(c, key{}, 1))
		},
		"value below cancel": func(c context.Context) (context.Context, context.CancelFunc) {
			c, f := context.WithCancel(c)
			return context.WithValue(c, key{}, 1), f
		},
	} {
		t.Run(name, func(t *testing.T) {
			inside(t, func(s *script) {
				parent, cancel := s.WithTimeout(s.Background(), time.Second)
				defer cancel()
				ctx, stop := make(parent)
				defer stop()
				require.NoError(t, s.Sleep(ctx, time.Second), "both at once: the sleep has ended")
				require.Equal(t, context.DeadlineExceeded, s.Sleep(ctx, time.Second))
				require.Equal(t, time.Second, s.Now())
				require.Equal(t, context.DeadlineExceeded, context.Cause(ctx))

				signal, fire := s.WithTimeout(s.Background(), agentchaos.Forever)
				ctx, stop = make(signal)
				defer stop()
				s.Go(func() { _ = s.pause(time.Second); fire() })
				require.Equal(t, context.Canceled, s.Sleep(ctx, agentchaos.Forever))
				require.Equal(t, 2*time.Second, s.Now())
			})
		})
	}
}

// The standard library ends a context without telling the world; sleepers and virtual children see it all the same.
func TestStandardCancelWakesInThisInstant(t *testing.T) {
	noGoroutineLeft(t)
	s := inside(t, func(s *script) {
		std, cancel := context.WithCancel(context.WithValue(s.Background(), key{}, 1))
		s.Go(func() { s.say("on it: %v", s.Sleep(std, time.Hour)) })
		s.Go(func() {
			ctx, cancel := s.WithTimeout(std, time.Minute)
			defer cancel()
			s.say("below it: %v", s.Sleep(ctx, agentchaos.Forever))
		})
		s.Go(func() {
			ctx, cancel := s.WithTimeout(std, time.Millisecond)
			defer cancel()
			s.say("own deadline: %v", s.Sleep(ctx, agentchaos.Forever))
		})
		s.Go(func() { s.say("short: %v", s.Sleep(std, time.Millisecond)) })
		s.Go(func() {
			s.say("not on it: %v", s.Sleep(context.WithoutCancel(std), 2*time.Second))
		})
		require.NoError(t, s.pause(time.Second))
		cancel()
		s.say("cancelled")
	})
	require.Equal(t, golden(`
		1ms short: <nil>
		1ms own deadline: context deadline exceeded
		1s cancelled
		1s on it: context canceled
		1s below it: context canceled
		2s not on it: <nil>`), s.text())
	require.Empty(t, s.borders)
}

// What ended a context first counts, though nobody looked before the other came.
func TestStandardCancelNoticedLate(t *testing.T) {
	inside(t, func(s *script) {
		std, cancel := context.WithCancel(s.Background())
		ctx, cancelCtx := s.WithTimeout(std, 2*time.Second)
		defer cancelCtx()
		child, cancelChild := s.WithTimeout(ctx, time.Second)
		defer cancelChild()
		require.NoError(t, s.pause(1))
		cancel()
		require.NoError(t, s.pause(time.Minute))
		require.Equal(t, context.Canceled, child.Err())
		require.Equal(t, context.Canceled, ctx.Err())
	})
}

func TestDetachedContextHasNoDeadline(t *testing.T) {
	inside(t, func(s *script) {
		bounded, cancel := s.WithTimeout(s.Background(), time.Second)
		defer cancel()
		signal, fire := s.WithTimeout(s.Background(), agentchaos.Forever)
		s.Go(func() { _ = s.pause(time.Millisecond); fire() })
		for _, parent := range []context.Context{bounded, signal} {
			detached := context.WithoutCancel(parent)
			require.NoError(t, s.Sleep(detached, time.Minute))
			again, cancelAgain := context.WithCancel(detached)
			defer cancelAgain()
			require.NoError(t, s.Sleep(again, time.Minute))
			child, cancelChild := s.WithTimeout(again, time.Hour)
			defer cancelChild()
			require.NoError(t, s.Sleep(child, time.Minute))
		}
		require.Equal(t, 6*time.Minute, s.Now())
	})
}
