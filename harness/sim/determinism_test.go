package sim

import (
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

// The same program gives the same transcript and the same count of events whatever only saves time.
func TestFastPathAndReuseAreInvisible(t *testing.T) {
	plain := newScript(t)
	plain.play()
	require.NoError(t, plain.Run())
	require.Contains(t, plain.text(), "copy answers")
	require.Contains(t, plain.text(), "first answers")
	require.Contains(t, plain.text(), "deadline exceeded")
	for name, options := range map[string][]Option{
		"again": nil, "no fast path": {noFastPath}, "poison": {Poison}, "neither": {noFastPath, Poison},
	} {
		s := newScript(t, options...)
		s.play()
		require.NoError(t, s.Run(), name)
		require.Equal(t, plain.text(), s.text(), name)
		require.Equal(t, plain.Events(), s.Events(), name)
	}
}

func TestResetMakesAFreshWorld(t *testing.T) {
	noGoroutineLeft(t)
	fresh := newScript(t)
	fresh.play()
	require.NoError(t, fresh.Run())

	for name, past := range map[string]func(s *script){
		"nothing":       func(*script) {},
		"finished":      func(s *script) { s.play(); require.NoError(t, s.Run()) },
		"never run":     func(s *script) { s.play() },
		"in the middle": func(s *script) { s.play(); steps(s.World, 20) },
		"a deadlock": func(s *script) {
			s.play()
			s.Go(func() { _ = s.pause(agentchaos.Forever) })
			require.ErrorIs(t, s.Run(), ErrDeadlock)
		},
		"killed": func(s *script) {
			g := s.GoAt(0, 1, func() { s.hedgedTask(1) })
			s.play()
			steps(s.World, 20)
			s.Kill(g)
		},
		"a panic": func(s *script) {
			s.play()
			s.Go(func() { _ = s.pause(1e8); panic("boom") })
			require.PanicsWithValue(t, "boom", func() { _ = s.Run() })
		},
		"closed": func(s *script) { s.play(); s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			for range 2 {
				past(s)
				s.Reset()
				require.Zero(t, s.Now())
				require.Zero(t, s.Events())
				s.lines = nil
				s.play()
				require.NoError(t, s.Run())
				require.Equal(t, fresh.text(), s.text())
				require.Equal(t, fresh.Events(), s.Events())
				s.Reset()
			}
		})
	}
}

func TestResetCountsFromTheBeginning(t *testing.T) {
	s := newScript(t)
	text := func() string {
		s.Go(func() { _ = s.pause(agentchaos.Forever) })
		err := s.Run()
		require.ErrorIs(t, err, ErrDeadlock)
		return err.Error()
	}
	first := text()
	s.Reset()
	require.Equal(t, first, text())
}

// Two worlds side by side, turn by turn, are as two alone.
func TestWorldsShareNothing(t *testing.T) {
	a, b := newScript(t), newScript(t)
	a.play()
	b.play()
	for len(a.queue)+len(b.queue) > 0 {
		steps(a.World, 1)
		steps(b.World, 2)
	}
	require.Equal(t, a.text(), b.text())
	require.Positive(t, strings.Count(a.text(), "\n"))
}

// steps takes up to n events.
func steps(w *World, n int) {
	for range n {
		if len(w.queue) > 0 {
			w.step()
		}
	}
}
