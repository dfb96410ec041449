package agentchaos_test

import (
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func drawEffect(t *rapid.T, name string) ac.Effect {
	return ac.Effect{
		End: ac.Ending{
			Form: ac.Form(rapid.IntRange(0, int(ac.NoStore)).Draw(t, name+" form")),
			At:   int64(rapid.IntRange(0, 3).Draw(t, name+" at")) * 250,
			By:   uint8(rapid.IntRange(0, 5).Draw(t, name+" by")),
		},
		Slow:   int64(rapid.IntRange(0, 3).Draw(t, name+" slow")) * 1000,
		SlowBy: uint8(rapid.IntRange(0, 5).Draw(t, name+" slow by")),
	}
}

func TestEffectsAreAMonoid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// What Merge makes is in normal form; the law is about those.
		norm := func(e ac.Effect) ac.Effect { return e.Merge(ac.Effect{}) }
		a, b, c := norm(drawEffect(t, "a")), norm(drawEffect(t, "b")), norm(drawEffect(t, "c"))
		require.Equal(t, a.Merge(b).Merge(c), a.Merge(b.Merge(c)))
		require.Equal(t, a, a.Merge(ac.Effect{}))
	})
}

func TestMergeTakesWhatShowsFirst(t *testing.T) {
	refuse := ac.Effect{End: ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded, By: 1}}
	silent := ac.Effect{End: ac.Ending{Form: ac.Silence, By: 2}}
	early := ac.Effect{End: ac.Ending{Form: ac.CutEOF, At: 300, By: 3}}
	late := ac.Effect{End: ac.Ending{Form: ac.Stall, At: 700, By: 4}}
	garbled := ac.Effect{End: ac.Ending{Form: ac.Garbled, Variant: ac.HTML, By: 5}}
	slow := ac.Effect{Slow: 4000, SlowBy: 6}
	require.Equal(t, refuse, refuse.Merge(silent), "of equals the left")
	require.Equal(t, silent, silent.Merge(refuse), "of equals the left")
	require.Equal(t, refuse, early.Merge(refuse))
	require.Equal(t, early.End, late.Merge(early).End)
	require.Equal(t, late.End, garbled.Merge(late).End)
	require.Equal(t, garbled.End, slow.Merge(garbled).End)
	require.Equal(t, int64(4000), slow.Merge(garbled).Slow)
	require.Zero(t, slow.Merge(refuse).Slow, "what ends before the first token is not slowed")
	require.Equal(t, slow, slow.Merge(ac.Effect{Slow: 4000, SlowBy: 7}), "of equals the left")
}

// Token i arrives by one integer formula; the last one at first + generation, whatever the number.
func TestTokensArriveInOrderAndOnTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := ac.Script{
			Wait: time.Duration(rapid.Int64Range(0, 1e10).Draw(t, "wait")), First: time.Duration(rapid.Int64Range(0, 1e10).Draw(t, "first")),
			Gen: time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "gen")), N: rapid.IntRange(2, 5000).Draw(t, "n"),
		}
		require.Equal(t, s.Wait+s.First, s.Tick(0))
		require.Equal(t, s.Wait+s.First+s.Gen, s.Tick(s.N-1))
		i := rapid.IntRange(1, s.N-1).Draw(t, "i")
		gap, mean := s.Tick(i)-s.Tick(i-1), s.Gen/time.Duration(s.N-1)
		require.True(t, gap == mean || gap == mean+1, "gaps differ by a nanosecond at most")
	})
}
