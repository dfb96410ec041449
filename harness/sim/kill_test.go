package sim

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

// A task is killed at each of its events and started anew. Nothing of the first life runs after that, no deferred code until
// the world is closed, no goroutine is left, and it is the same twice over.
func TestKillAtEveryEvent(t *testing.T) {
	noGoroutineLeft(t)
	play := func(at int) (s *script, before, after []string, killed bool) {
		s = newScript(t, noFastPath)
		s.GoAt(0, 2, func() { s.hedgedTask(2) })
		g := s.GoAt(0, 1, func() { s.hedgedTask(1) })
		steps(s.World, at)
		before = append(before, s.lines...)
		killed = g.first != nil
		s.Kill(g)
		s.GoAt(s.Now()+time.Hour, 1, func() { s.hedgedTask(1) })
		require.NoError(t, s.Run())
		return s, before, s.lines[len(before):], killed
	}
	alone := newScript(t)
	alone.hedgedAlone(t)
	for at := 0; ; at++ {
		s, before, after, killed := play(at)
		if !killed {
			require.Greater(t, at, 20, "the program has events")
			return
		}
		again, _, _, _ := play(at)
		require.Equal(t, s.text(), again.text())
		var successor []string
		for _, l := range after {
			if speaker(l) == "1:" {
				require.True(t, strings.HasPrefix(l, "1h"), "the dead speak at event %d: %s", at, l)
				successor = append(successor, l)
			}
		}
		require.Len(t, successor, len(alone.lines), "the successor does all its work")

		open := len(s.lines)
		unwound := slices.ContainsFunc(before, func(l string) bool { return speaker(l) == "1:" })
		s.Close()
		if unwound {
			require.Contains(t, strings.Join(s.lines[open:], "\n"), "1: deferred code runs", "killed at event %d", at)
		}
	}
}

func (s *script) hedgedAlone(t *testing.T) {
	s.GoAt(0, 1, func() { s.hedgedTask(1) })
	require.NoError(t, s.Run())
}

func TestKilledContextsReportIt(t *testing.T) {
	s := newScript(t)
	var before, never, std context.Context
	victim := s.GoAt(0, 1, func() {
		before, _ = s.WithTimeout(s.Background(), 1)
		never, _ = s.WithTimeout(s.Background(), agentchaos.Forever)
		var cancel context.CancelFunc
		std, cancel = context.WithCancel(never)
		defer cancel()
		s.Go(func() { _ = s.Sleep(never, time.Hour); s.say("the dead speak") })
		_ = s.Sleep(never, time.Hour)
		s.say("the dead speak")
	})
	s.GoAt(0, 2, func() {
		_ = s.pause(time.Second)
		s.Go(func() { s.say("waiting for the dead: %v", s.Sleep(never, time.Minute)) })
		_ = s.pause(time.Second)
		s.Kill(victim)
		s.Kill(victim)
		require.Equal(t, context.DeadlineExceeded, before.Err(), "that had ended before")
		for _, ctx := range []context.Context{never, std} {
			require.Equal(t, ErrKilled, ctx.Err())
			require.Equal(t, agentchaos.Crash, agentchaos.KindOf(ctx.Err()))
		}
		<-std.Done()
	})
	require.NoError(t, s.Run(), "the dead are not parked")
	require.Equal(t, "2s waiting for the dead: sim: the process was killed: crash", s.text())
	require.Equal(t, 2*time.Second, s.Now(), "their events do not move time")
}

func TestKillOfOneself(t *testing.T) {
	s := newScript(t)
	var g *Group
	g = s.GoAt(0, 1, func() {
		defer s.say("deferred")
		s.Go(func() { s.say("a coroutine that never begins") })
		s.Kill(g)
		s.say("Kill has returned")
	})
	s.GoAt(time.Second, 2, func() { s.say("other") })
	require.NoError(t, s.Run())
	require.Equal(t, "1s other", s.text())
}

func TestKillBeforeTheBeginningAndAfterTheEnd(t *testing.T) {
	s := newScript(t)
	s.Kill(s.GoAt(time.Minute, 1, func() { s.say("born dead") }))
	ended := s.GoAt(0, 2, func() { s.say("two") })
	s.GoAt(1, 3, func() { s.Kill(ended); s.say("three") })
	require.NoError(t, s.Run())
	require.Equal(t, "0s two\n1ns three", s.text())
}

// In a world that is being closed, deferred code comes to an end at its first Sleep and starts nothing.
func TestDeferredCodeInAClosedWorld(t *testing.T) {
	noGoroutineLeft(t)
	s := newScript(t)
	s.GoAt(0, 1, func() {
		defer s.say("outer")
		defer func() {
			ctx, cancel := s.WithTimeout(s.Background(), time.Hour)
			defer cancel()
			s.Go(func() { s.say("started") })
			s.GoAt(0, 7, func() { s.say("started") })
			s.say("inner: %v", ctx.Err())
			_ = s.Sleep(ctx, 1)
			s.say("Sleep has returned")
		}()
		defer func() { s.say("recovered: %v", recover()) }()
		_ = s.pause(agentchaos.Forever)
	})
	require.ErrorIs(t, s.Run(), ErrDeadlock)
	s.Close()
	require.Equal(t, golden("0s recovered: <nil>\n0s inner: context canceled\n0s outer"), s.text())
}

func TestPanicInDeferredCodeComesOutOfClose(t *testing.T) {
	noGoroutineLeft(t)
	s := newScript(t)
	for i := range 3 {
		s.GoAt(0, 1, func() {
			defer func() { s.say("%d", i); panic(i) }()
			_ = s.pause(agentchaos.Forever)
		})
	}
	require.Error(t, s.Run())
	require.PanicsWithValue(t, 0, s.Close)
	require.Equal(t, "0s 0\n0s 1\n0s 2", s.text(), "all are collected")
	s.Close()
}

// speaker is the second word of a line.
func speaker(line string) string { return strings.Fields(line)[1] }
