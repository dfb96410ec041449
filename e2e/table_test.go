package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestACellSaysOnceWhatAllDo(t *testing.T) {
	cell := func(texts ...string) string {
		return merge([]Variant{
			{"chat", Plain, texts[0]}, {"chat", Stream, texts[1]}, {"responses", Plain, texts[2]}, {"responses", Stream, texts[3]},
		})
	}
	require.Equal(t, "a", cell("a", "a", "a", "a"))
	require.Equal(t, "*plain:* a<br>*stream:* b", cell("a", "b", "a", "b"))
	require.Equal(t, "*chat:* a<br>*responses:* b", cell("a", "a", "b", "b"))
	require.Equal(t, "*plain, chat stream:* a<br>*responses stream:* b", cell("a", "a", "a", "b"))
	require.Equal(t, "*chat plain, responses stream:* a<br>*chat stream, responses plain:* b", cell("a", "b", "b", "a"))
}

func TestAWaitIsAFigureOrALimit(t *testing.T) {
	ms := func(all ...int) (d []time.Duration) {
		for _, n := range all {
			d = append(d, time.Duration(n)*time.Millisecond)
		}
		return d
	}
	for _, x := range []struct {
		n    int
		d    []time.Duration
		date time.Duration
		want string
	}{
		{0, ms(375, 500, 431), 0, "0.38–0.5 s"},
		{1, ms(760), 0, "0.75–1 s"},
		{1, ms(4000, 4000), 0, "4 s"},
		{0, ms(2500), 0, "2.5 s"},
		{0, ms(90_000), 0, "90 s"},
		{0, ms(86_400_000), 0, "24 h"},
		{0, ms(29_700, 30_900), 30 * time.Second, "30 s"},
	} {
		got, err := wait(x.n, x.d, x.date)
		require.NoError(t, err)
		require.Equal(t, x.want, got)
	}
	_, err := wait(0, ms(400, 501), 0)
	require.ErrorContains(t, err, "no rule")
	_, err = wait(0, ms(20_000, 30_000), 30*time.Second)
	require.Error(t, err)
}
