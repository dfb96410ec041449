package sim

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

func TestDeadlockNamesTheParked(t *testing.T) {
	for name, c := range map[string]struct {
		tasks []uint32
		want  string
	}{
		"two": {[]uint32{7, 3}, `sim: deadlock at 10ms: nothing is scheduled and 2 parked forever:
  task 3, coroutine 1, since 3ms, on a context without a deadline that nobody cancels
  task 7, coroutine 1, since 7ms, on a context without a deadline that nobody cancels`},
		"many": {[]uint32{8, 1, 7, 2, 6, 3, 5, 4}, `sim: deadlock at 10ms: nothing is scheduled and 8 parked forever:
  task 1, coroutine 1, since 1ms, on a context without a deadline that nobody cancels
  task 2, coroutine 1, since 2ms, on a context without a deadline that nobody cancels
  task 3, coroutine 1, since 3ms, on a context without a deadline that nobody cancels
  task 4, coroutine 1, since 4ms, on a context without a deadline that nobody cancels
  task 5, coroutine 1, since 5ms, on a context without a deadline that nobody cancels
  and 3 more`},
	} {
		t.Run(name, func(t *testing.T) {
			noGoroutineLeft(t)
			s := newScript(t)
			for _, task := range c.tasks {
				s.GoAt(0, task, func() {
					s.Go(func() {
						_ = s.pause(time.Duration(task) * time.Millisecond)
						_ = s.pause(agentchaos.Forever)
					})
					_ = s.pause(10 * time.Millisecond)
				})
			}
			err := s.Run()
			require.ErrorIs(t, err, ErrDeadlock)
			require.EqualError(t, err, c.want)
		})
	}
}

func TestPanicComesOutOfRunAsItself(t *testing.T) {
	noGoroutineLeft(t)
	s := newScript(t)
	s.GoAt(0, 1, func() { _ = s.pause(time.Hour) })
	s.GoAt(0, 2, func() {
		defer s.say("deferred code runs before Run panics")
		_ = s.pause(1)
		panic(context.Canceled)
	})
	require.PanicsWithValue(t, context.Canceled, func() { _ = s.Run() })
	require.Equal(t, "1ns deferred code runs before Run panics", s.text())
}

// A single coroutine that never gives way to another is on the fast path for ever; it must be stopped as well.
func TestStopFromAnotherGoroutine(t *testing.T) {
	for _, sleepers := range []int{1, 2} {
		noGoroutineLeft(t)
		s := newScript(t)
		var turns atomic.Int64
		for range sleepers {
			s.Go(func() {
				for {
					_ = s.pause(time.Second)
					turns.Add(1)
				}
			})
		}
		go func() {
			for turns.Load() < 1000 { //nolint:revive // it runs on the other goroutine
			}
			s.Stop()
		}()
		require.ErrorIs(t, s.Run(), ErrStopped)
		require.ErrorIs(t, s.Run(), ErrStopped)
		s.Reset()
		require.ErrorIs(t, s.Run(), ErrStopped, "a request is not lost between two runs")
	}
}

// A world goes on when more is put into it.
func TestRunAgain(t *testing.T) {
	s := newScript(t)
	require.NoError(t, s.Run(), "of nothing")
	s.GoAt(time.Second, 1, func() { s.say("one") })
	require.NoError(t, s.Run())
	s.GoAt(0, 2, func() { s.say("two: not before now") })
	s.Go(func() { s.say("zero") })
	require.NoError(t, s.Run())
	require.Equal(t, "1s one\n1s zero\n1s two: not before now", s.text())
}

// Cancels of a former life reach nothing in the next one.
func TestCancelAfterReset(t *testing.T) {
	s := newScript(t)
	var cancels []context.CancelFunc
	for i := range 3 {
		s.Go(func() {
			std, stop := context.WithCancel(s.Background())
			ctx, cancel := s.WithTimeout(std, agentchaos.Forever)
			below, cancelBelow := s.WithTimeout(s.Background(), time.Hour)
			below.Done()
			cancels = append(cancels, stop, cancel, cancelBelow)
			_ = s.Sleep(ctx, time.Duration(i+1)<<60)
		})
	}
	steps(s.World, 3)
	s.Reset()
	require.Empty(t, s.borders)
	s.Go(func() {
		ctx, cancel := s.WithTimeout(s.Background(), time.Second)
		defer cancel()
		for _, late := range cancels {
			late()
		}
		s.say("%v", s.Sleep(ctx, 1))
	})
	require.NoError(t, s.Run())
	require.Equal(t, "1ns <nil>", s.text())
	require.Nil(t, s.root.kids)
}
