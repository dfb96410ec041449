package resilience

import (
	"math"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Backoff is the wait between the attempts of a call: after failed attempt n, from 1, it is Initial·Factor^(n−1), at most
// Max, times the jitter. The zero value is no wait at all.
type Backoff struct {
	Initial time.Duration // the first wait; 0: no wait, whatever the other fields say
	Factor  float64       // at least 1; 0: 2
	Max     time.Duration // of a wait before jitter; 0: no limit
	Jitter  Jitter        // zero: none, waits are exact
}

// Jitter spreads waits, so that clients that failed together do not come back together. It is uniform over the factors
// from Lo to Hi of the wait; both 0 is none. Decorrelated draws each wait from Initial to three times the wait before it,
// which is Initial at first, and cuts it at Max; Factor, Lo and Hi mean nothing then. Marc Brooker, "Exponential Backoff
// And Jitter", AWS Architecture Blog, 2015.
type Jitter struct {
	Lo, Hi       float64
	Decorrelated bool
}

// The jitters that have names.
var (
	NoJitter           = Jitter{}
	FullJitter         = Jitter{Hi: 1}
	EqualJitter        = Jitter{Lo: 0.5, Hi: 1}
	DecorrelatedJitter = Jitter{Decorrelated: true}
)

// longest is the longest wait there is, about 73 years: three of them do not overflow.
const longest = time.Duration(1 << 61)

// waits is a Backoff ready for use: integers only, so that waits are the same bytes on every processor.
type waits struct {
	initial, limit time.Duration
	decorrelated   bool
	jittered       bool
	lo, span       []time.Duration // after attempt n, at n-1: the shortest wait, and what is drawn on top
}

func (b Backoff) waits(attempts int) waits {
	w := waits{initial: min(b.Initial, longest), limit: longest, decorrelated: b.Jitter.Decorrelated, jittered: b.Jitter != NoJitter}
	if b.Max > 0 {
		w.limit = min(b.Max, longest)
	}
	if b.Initial <= 0 || w.decorrelated {
		return w
	}
	factor, lo, hi := b.Factor, b.Jitter.Lo, b.Jitter.Hi
	if factor == 0 {
		factor = 2
	}
	if !w.jittered {
		lo, hi = 1, 1
	}
	for x := float64(b.Initial); len(w.lo) < attempts-1; x = float64(x * factor) {
		base := math.Min(x, float64(w.limit))
		from := nanos(base * lo)
		w.lo, w.span = append(w.lo, from), append(w.span, nanos(base*hi)-from)
	}
	return w
}

func nanos(x float64) time.Duration { return time.Duration(math.Round(math.Min(x, float64(longest)))) }

// after is the wait after failed attempt n, from 1. prev is the wait before it; u is the luck, uniform over 64 bits.
func (w *waits) after(n int, prev time.Duration, u uint64) time.Duration {
	switch {
	case w.initial <= 0:
		return 0
	case w.decorrelated:
		return min(w.limit, w.initial+share(max(0, 3*prev-w.initial), u))
	}
	return w.lo[n-1] + share(w.span[n-1], u)
}

func share(d time.Duration, u uint64) time.Duration {
	return time.Duration(agentchaos.Fraction(int64(d), u))
}
