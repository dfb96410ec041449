package sim

import (
	"context"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

func TestCoroutinesAreReused(t *testing.T) {
	s := newScript(t)
	ended := 0
	s.Go(func() {
		for range 1000 {
			s.Go(func() { ended++ })
			_ = s.pause(1)
		}
	})
	require.NoError(t, s.Run())
	require.Equal(t, 1000, ended)
	require.Len(t, s.coroutines, 2)
}

// A context is reused when the last coroutine of its process has ended, and not before: not at cancel, not when the
// coroutine that made it ends.
func TestContextsAreReusedWhenTheirProcessEnds(t *testing.T) {
	s := newScript(t)
	var first context.Context
	s.GoAt(0, 1, func() {
		s.Go(func() {
			first, _ = s.WithTimeout(s.Background(), time.Hour) // never cancelled
		})
		_ = s.pause(2)
	})
	s.GoAt(1, 2, func() {
		require.Nil(t, s.free)
		require.NoError(t, first.Err())
	})
	s.GoAt(3, 3, func() {
		second, cancel := s.WithTimeout(s.Background(), time.Minute)
		defer cancel()
		require.Same(t, first, second)
		require.NoError(t, second.Err())
		at, _ := second.Deadline()
		require.Equal(t, 1, at.Minute())
	})
	require.NoError(t, s.Run())
	require.Nil(t, s.root.kids)
}

func TestDoubleCancelIsHarmless(t *testing.T) {
	for _, option := range []Option{Poison, noFastPath} {
		s := newScript(t, option)
		s.Go(func() {
			_, cancel := s.WithTimeout(s.Background(), time.Hour)
			cancel()
			other, cancelOther := s.WithTimeout(s.Background(), time.Hour)
			defer cancelOther()
			cancel()
			s.Go(func() { _ = s.pause(1); cancel(); require.NoError(t, other.Err()) })
			_ = s.pause(2)
			cancel()
		})
		require.NoError(t, s.Run())
	}
}

// What somebody can still look at is not reused.
func TestWhatIsLookedAtIsNotReused(t *testing.T) {
	s := newScript(t)
	var asked, sleptOn context.Context
	s.GoAt(0, 1, func() {
		asked, _ = s.WithTimeout(s.Background(), time.Hour)
		asked.Done()
		sleptOn, _ = s.WithTimeout(s.Background(), time.Hour)
		_ = s.pause(2)
	})
	s.GoAt(1, 2, func() {
		require.Equal(t, context.Canceled, s.Sleep(sleptOn, time.Hour), "its process has ended")
		require.EqualValues(t, 2, s.Now())
	})
	require.NoError(t, s.Run())
	require.Nil(t, s.free)
	<-asked.Done()
	require.Equal(t, context.Canceled, asked.Err())
}

func TestPoisonFindsLateUse(t *testing.T) {
	s := newScript(t, Poison)
	var ctx context.Context
	var cancel context.CancelFunc
	s.GoAt(0, 1, func() { ctx, cancel = s.WithTimeout(s.Background(), time.Hour) })
	s.GoAt(1, 2, func() {
		for name, use := range map[string]func(){
			"cancel":      func() { cancel() },
			"Err":         func() { _ = ctx.Err() },
			"Done":        func() { ctx.Done() },
			"Deadline":    func() { ctx.Deadline() },
			"Value":       func() { ctx.Value(key{}) },
			"Sleep":       func() { _ = s.Sleep(ctx, 1) },
			"WithTimeout": func() { _, _ = s.WithTimeout(ctx, 1) },
			"child":       func() { _ = s.Sleep(context.WithValue(ctx, key{}, 1), 1) },
		} {
			require.Panics(t, use, name)
		}
		again, cancelAgain := s.WithTimeout(s.Background(), time.Hour)
		defer cancelAgain()
		require.NotSame(t, ctx, again)
	})
	require.NoError(t, s.Run())
}

// A process that never ends lets go of its ended contexts and keeps the others.
func TestLongLivedProcessIsSwept(t *testing.T) {
	s := newScript(t)
	var g *Group
	g = s.GoAt(0, 1, func() {
		var live []context.Context
		for i := range 20 * firstSweep {
			ctx, cancel := s.WithTimeout(s.Background(), time.Hour)
			switch i % 10 {
			case 0:
				live = append(live, ctx)
			case 1: // expires and is never looked at
				short, _ := s.WithTimeout(ctx, 1)
				_ = short
				_ = s.pause(1)
				cancel()
			default:
				cancel()
			}
		}
		require.Less(t, g.made, 2*len(live)+firstSweep)
		for _, ctx := range live {
			require.NoError(t, ctx.Err())
		}
	})
	require.NoError(t, s.Run())
	require.Nil(t, s.root.kids)
}

func TestNothingIsAllocatedInTheSteadyState(t *testing.T) {
	s := newScript(t)
	task := func() {
		ctx, cancel := s.WithTimeout(s.Background(), time.Second)
		_ = s.Sleep(ctx, time.Minute)
		cancel()
		signal, fire := s.WithTimeout(ctx, agentchaos.Forever)
		_ = s.Sleep(signal, 1)
		fire()
	}
	once := func() {
		for n := range uint32(10) {
			s.GoAt(s.Now(), n+1, task)
		}
		_ = s.Run()
	}
	once()
	require.LessOrEqual(t, testing.AllocsPerRun(100, once), 10.0, "one Group a task")
}
