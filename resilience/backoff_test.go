package resilience

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
)

func TestWaitsWithoutJitterAreExact(t *testing.T) {
	table := func(b Backoff, attempts int) (out []time.Duration) {
		w := b.waits(attempts)
		for n := 1; n < attempts; n++ {
			out = append(out, w.after(n, 0, ^uint64(0)))
		}
		return out
	}
	ms := time.Millisecond
	require.Equal(t, []time.Duration{500 * ms, 1000 * ms, 2000 * ms, 3000 * ms, 3000 * ms}, table(Backoff{Initial: 500 * ms, Max: 3000 * ms}, 6))
	require.Equal(t, []time.Duration{100 * ms, 110 * ms, 121 * ms, 133100 * time.Microsecond}, table(Backoff{Initial: 100 * ms, Factor: 1.1}, 5))
	require.Equal(t, []time.Duration{7, 7, 7}, table(Backoff{Initial: 7, Factor: 1}, 4))
	require.Equal(t, []time.Duration{0, 0}, table(Backoff{Factor: 3, Jitter: DecorrelatedJitter}, 3), "no initial wait: no wait")
	last := table(Backoff{Initial: time.Hour}, 200)[198]
	require.Equal(t, longest, last, "bounded, so that nothing overflows")
}

func TestJitterRanges(t *testing.T) {
	for _, c := range []struct {
		jitter Jitter
		lo, hi time.Duration
	}{
		{NoJitter, 4 * time.Second, 4 * time.Second}, {FullJitter, 0, 4 * time.Second}, {EqualJitter, 2 * time.Second, 4 * time.Second},
		{Jitter{Lo: 0.75, Hi: 1}, 3 * time.Second, 4 * time.Second}, {Jitter{Lo: 0.8, Hi: 1.2}, 3200 * time.Millisecond, 4800 * time.Millisecond},
	} {
		w := Backoff{Initial: time.Second, Jitter: c.jitter}.waits(4)
		require.Equal(t, c.lo, w.after(3, 0, 0))
		require.InDelta(t, c.hi, w.after(3, 0, ^uint64(0)), 1)
		sum, n := 0.0, 40_000
		for i := range n {
			sum += float64(w.after(3, 0, agentchaos.Seed(1).Nth(uint64(i))))
		}
		sd := float64(c.hi-c.lo) / math.Sqrt(12)
		require.InDelta(t, float64(c.lo+c.hi)/2, sum/float64(n), 4*sd/math.Sqrt(float64(n))+1)
	}
}

// U(initial, 3·previous) at most max: the first is U(1, 3), of mean 2; the second's mean is (1 + 3·2) / 2 = 3.5.
func TestDecorrelatedJitter(t *testing.T) {
	w := Backoff{Initial: time.Second, Jitter: DecorrelatedJitter}.waits(3)
	require.Equal(t, time.Second, w.after(1, time.Second, 0))
	require.InDelta(t, 3*time.Second, w.after(1, time.Second, ^uint64(0)), 1)
	const n = 40_000
	first, second, squares := 0.0, 0.0, 0.0
	for i := range uint64(n) {
		a := w.after(1, time.Second, agentchaos.Seed(1).Nth(i))
		b := w.after(2, a, agentchaos.Seed(2).Nth(i))
		first, second, squares = first+a.Seconds(), second+b.Seconds(), squares+b.Seconds()*b.Seconds()
	}
	require.InDelta(t, 2, first/n, 4*math.Sqrt(4.0/12/n))
	mean := second / n
	require.InDelta(t, 3.5, mean, 4*math.Sqrt((squares/n-mean*mean)/n))
	w = Backoff{Initial: time.Second, Max: 2 * time.Second, Jitter: DecorrelatedJitter}.waits(3)
	require.Equal(t, 2*time.Second, w.after(2, 2*time.Second, ^uint64(0)))
}
