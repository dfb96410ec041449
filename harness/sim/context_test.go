package sim

import (
	"context"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

// A sleep and a timeout that begin together: who wins.
func TestSleepAgainstDeadline(t *testing.T) {
	for _, c := range []struct {
		name           string
		timeout, sleep time.Duration
		want           error
		at             time.Duration
	}{
		{"sleep is shorter", 3, 2, nil, 2},
		{"both at once: the sleep has ended", 2, 2, nil, 2},
		{"timeout is shorter", 2, 3, context.DeadlineExceeded, 2},
		{"no timeout", agentchaos.Forever, 3, nil, 3},
		{"sleep without end", 2, agentchaos.Forever, context.DeadlineExceeded, 2},
		{"sleep almost without end", 2, agentchaos.Forever - 1, context.DeadlineExceeded, 2},
		{"timeout of nothing", 0, 0, context.DeadlineExceeded, 0},
		{"timeout before now", -1, 1, context.DeadlineExceeded, 0},
		{"sleep of nothing", 1, 0, nil, 0},
		{"sleep of less than nothing", 1, -5, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, option := range []Option{Poison, noFastPath} {
				s := newScript(t, option)
				s.GoAt(0, 1, func() {
					require.NoError(t, s.pause(7)) // into the class of completions
					ctx, cancel := s.WithTimeout(s.Background(), c.timeout)
					defer cancel()
					require.Equal(t, c.want, s.Sleep(ctx, c.sleep))
					require.Equal(t, 7+c.at, s.Now())
				})
				require.NoError(t, s.Run())
			}
		})
	}
}

func TestContextAnswersLikeAnyOther(t *testing.T) {
	inside(t, func(s *script) {
		type key struct{}
		ctx, cancel := s.WithTimeout(context.WithValue(s.Background(), key{}, "v"), time.Minute)
		require.Equal(t, "v", ctx.Value(key{}))
		require.Nil(t, ctx.Value("other"))
		at, bounded := ctx.Deadline()
		require.True(t, bounded)
		require.Equal(t, "2200-01-01T00:01:00Z", at.Format(time.RFC3339))
		require.NoError(t, ctx.Err())

		child, cancelChild := s.WithTimeout(ctx, time.Hour)
		defer cancelChild()
		childAt, _ := child.Deadline()
		require.Equal(t, at, childAt, "the earlier of its own and its parent's")

		done := ctx.Done()
		require.NotNil(t, done)
		select {
		case <-done:
			t.Error("done too early")
		default:
		}
		cancel()
		cancel()
		require.Equal(t, context.Canceled, ctx.Err())
		require.Equal(t, context.Canceled, child.Err())
		<-done
		<-child.Done() // asked for after the end
		require.Equal(t, context.Canceled, context.Cause(child))

		background := s.Background()
		_, bounded = background.Deadline()
		require.False(t, bounded)
		require.Nil(t, background.Done())
		require.NoError(t, background.Err())
	})
}

func TestCancelTree(t *testing.T) {
	s := inside(t, func(s *script) {
		root, cancel := s.WithTimeout(s.Background(), agentchaos.Forever)
		for i := range 5 {
			s.Go(func() {
				ctx, cancel := s.WithTimeout(root, time.Duration(i+1)*time.Minute)
				defer cancel()
				s.say("%d %v", i, s.Sleep(ctx, time.Hour))
			})
		}
		_ = s.Sleep(root, 150*time.Second)
		cancel()
		cancel()
		ctx, cancelLate := s.WithTimeout(root, time.Minute)
		defer cancelLate()
		s.say("born dead: %v", ctx.Err())
	})
	require.Equal(t, golden(`
		1m0s 0 context deadline exceeded
		2m0s 1 context deadline exceeded
		2m30s born dead: context canceled
		2m30s 2 context canceled
		2m30s 3 context canceled
		2m30s 4 context canceled`), s.text())
	require.Nil(t, s.root.kids)
	require.Nil(t, s.root.sleepers)
}

// An end that nobody looked at keeps its reason, whatever comes after.
func TestFirstEndCounts(t *testing.T) {
	inside(t, func(s *script) {
		expired, cancel := s.WithTimeout(s.Background(), time.Second)
		require.NoError(t, s.pause(time.Minute))
		cancel()
		require.Equal(t, context.DeadlineExceeded, expired.Err())

		parent, cancelParent := s.WithTimeout(s.Background(), time.Hour)
		child, cancelChild := s.WithTimeout(parent, time.Second)
		defer cancelChild()
		require.NoError(t, s.pause(time.Minute))
		cancelParent()
		require.Equal(t, context.Canceled, parent.Err())
		require.Equal(t, context.DeadlineExceeded, child.Err())
	})
}

// WithTimeout(ctx, Forever) is a one-shot signal: its cancel wakes all who sleep on it, in this instant.
func TestContextAsSignal(t *testing.T) {
	s := inside(t, func(s *script) {
		signal, fire := s.WithTimeout(s.Background(), agentchaos.Forever)
		for i := range 3 {
			s.Go(func() { s.say("%d %v", i, s.Sleep(signal, agentchaos.Forever)) })
		}
		_ = s.pause(time.Second)
		fire()
		s.say("fired")
	})
	require.Equal(t, golden("1s fired\n1s 0 context canceled\n1s 1 context canceled\n1s 2 context canceled"), s.text())
}

// The event of a deadline that has become pointless does not move time.
func TestDoneOfACancelledContextLeavesNothing(t *testing.T) {
	s := inside(t, func(s *script) {
		ctx, cancel := s.WithTimeout(s.Background(), time.Hour)
		ctx.Done()
		require.Len(t, s.queue, 1)
		require.NoError(t, s.Sleep(ctx, time.Second))
		cancel()
	})
	require.Equal(t, time.Second, s.Now())
}

// A deadline costs no event: after a thousand timeouts around short sleeps the queue is empty.
func TestDeadlinesAreLazy(t *testing.T) {
	s := inside(t, func(s *script) {
		for range 1000 {
			ctx, cancel := s.WithTimeout(s.Background(), time.Hour)
			require.NoError(t, s.Sleep(ctx, 1))
			require.Empty(t, s.queue)
			cancel()
		}
	})
	require.EqualValues(t, 1001, s.Events())
}

func TestMisuseIsExplained(t *testing.T) {
	other := New()
	defer other.Close()
	inside(t, func(s *script) {
		require.PanicsWithValue(t, otherWorld, func() { _ = s.Sleep(other.Background(), 1) })
		require.PanicsWithValue(t, otherWorld, func() { _, _ = s.WithTimeout(other.Background(), 1) })
		require.PanicsWithValue(t, "sim: Run inside a coroutine of the world", func() { _ = s.Run() })
		require.PanicsWithValue(t, "sim: Close or Reset inside a coroutine of the world", s.Reset)
	})
	w := New()
	require.PanicsWithValue(t, "sim: Sleep outside of the world's coroutines; start the function with Go or GoAt", func() { _ = w.Sleep(w.Background(), 1) })
	w.Close()
	w.Close()
	require.PanicsWithValue(t, "sim: Run of a closed world", func() { _ = w.Run() })
	require.PanicsWithValue(t, "sim: GoAt in a closed world", func() { w.Go(func() {}) })
}
