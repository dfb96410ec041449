package sim

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// script is a world that writes down what happens in it.
type script struct {
	*World
	lines []string
}

func newScript(t *testing.T, options ...Option) *script {
	s := &script{World: New(options...)}
	t.Cleanup(s.Close)
	return s
}

// say writes a line: the time and what is said.
func (s *script) say(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf("%v ", s.Now())+fmt.Sprintf(format, args...))
}

func (s *script) text() string { return strings.Join(s.lines, "\n") }

func (s *script) pause(d time.Duration) error { return s.Sleep(s.Background(), d) }

// inside runs f as the only process of a world to its end.
func inside(t *testing.T, f func(s *script)) *script {
	s := newScript(t, Poison)
	s.GoAt(0, 1, func() { f(s) })
	require.NoError(t, s.Run())
	return s
}

// noGoroutineLeft checks at the end of the test that no more goroutines run than at its beginning; of those some may be the
// last test's, on their way out.
func noGoroutineLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for range 1_000_000 { // one that has said that it is done may take a moment to be gone
			if runtime.NumGoroutine() <= before {
				return
			}
			runtime.Gosched()
		}
		require.LessOrEqual(t, runtime.NumGoroutine(), before, "goroutines")
	})
}

func noFastPath(w *World) { w.slow = true }

// lines is the text of a golden transcript, written indented.
func golden(text string) string {
	var out []string
	for l := range strings.Lines(strings.TrimSpace(text)) {
		out = append(out, strings.TrimSpace(l))
	}
	return strings.Join(out, "\n")
}
