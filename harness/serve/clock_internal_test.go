package serve

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

func TestTheScenariosTimeBeginsWhenItIsFirstAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(agentchaos.NewWall(), 1)
		start := time.Now()
		time.Sleep(time.Hour)
		require.Equal(t, start.Add(time.Second), c.Calendar(time.Second), "nobody has begun it")
		require.Zero(t, c.Now())
		time.Sleep(3 * time.Second)
		require.Equal(t, 3*time.Second, c.Now())
		require.Equal(t, time.Now(), c.Calendar(c.Now()))
	})
}

func TestAFasterClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(agentchaos.NewWall(), 8)
		time.Sleep(time.Minute)
		require.Zero(t, c.Now())
		start := time.Now()
		require.NoError(t, c.Sleep(t.Context(), 8*time.Second))
		require.Equal(t, time.Second, time.Since(start))
		require.Equal(t, 8*time.Second, c.Now())
		require.Equal(t, time.Now(), c.Calendar(c.Now()), "the clients' calendar is nobody's to speed up")
		ctx, stop := c.WithTimeout(t.Context(), 80*time.Second)
		defer stop()
		<-ctx.Done()
		require.Equal(t, 11*time.Second, time.Since(start))
		require.Equal(t, agentchaos.Forever, c.below(agentchaos.Forever))
	})
}

// Who waits for a moment finds that it has come, whatever the scale.
func TestAWaitIsLongEnough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, scale := range []float64{0.3, 1, 3, 7.7, 1e6} {
			c := newClock(agentchaos.NewWall(), scale)
			c.Now()
			for _, d := range []time.Duration{1, 2, 999, time.Microsecond + 1, time.Second - 1, time.Hour + 7} {
				until := c.Now() + d
				require.NoError(t, c.Sleep(t.Context(), d))
				require.GreaterOrEqual(t, c.Now(), until, "%v of %v", d, scale)
			}
		}
	})
}

func TestManyBeginItAtOnce(t *testing.T) {
	c := newClock(agentchaos.NewWall(), 1)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for last := time.Duration(0); last < time.Millisecond; {
				now := c.Now()
				if now < last {
					t.Errorf("%v after %v", now, last)
				}
				last = now
			}
		})
	}
	all.Wait()
}
