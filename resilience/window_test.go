package resilience

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The window against a list of everything that ever happened.
func TestWindowIsAList(t *testing.T) {
	type event struct {
		at   time.Duration
		a, b int
	}
	rapid.Check(t, func(t *rapid.T) {
		w := window{width: time.Duration(rapid.IntRange(1, 40).Draw(t, "width"))}
		var all []event
		now := time.Duration(0)
		for range rapid.IntRange(1, 120).Draw(t, "events") {
			now += time.Duration(rapid.IntRange(0, 5).Draw(t, "gap"))
			e := event{now, rapid.IntRange(0, 3).Draw(t, "a"), rapid.IntRange(0, 3).Draw(t, "b")}
			all = append(all, e)
			w.add(e.at, e.a, e.b)
			a, b := 0, 0
			for _, e := range all {
				if now-e.at < w.width {
					a, b = a+e.a, b+e.b
				}
			}
			require.Equal(t, []int{a, b}, []int{w.a, w.b})
		}
	})
}
