package faults

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/agentchaos/agentchaos"
)

// bucket is a token bucket that refills continuously and starts full, as a generic cell rate algorithm: it is full again at
// one moment, which every token taken moves on by a minute/rate. That moment is kept as whole nanoseconds and a remainder in
// rate-ths of one, so that no rate drifts. The zero value is no limit.
type bucket struct {
	rate uint64 // tokens per minute
	size uint64 // tokens it holds
	full moment
}

// moment is a time of ns + part/rate nanoseconds.
type moment struct {
	ns   int64
	part uint64
}

func (a moment) after(b moment) bool { return a.ns > b.ns || a.ns == b.ns && a.part > b.part }

// longestFill bounds a bucket's size against its rate: above it, the arithmetic of [bucket.span] would not fit.
const longestFill = 1_000_000 // minutes

func checkBucket(name string, rate, burst int64) error {
	switch {
	case rate < 0 || burst < 0:
		return fmt.Errorf("%s and burst are not negative", name)
	case rate > 0 && burst/rate >= longestFill:
		return fmt.Errorf("burst %d is more than %d minutes' worth of %s", burst, longestFill, name)
	}
	return nil
}

func newBucket(perMinute, burst int64) bucket {
	if burst == 0 {
		burst = perMinute
	}
	return bucket{rate: uint64(perMinute), size: uint64(burst)}
}

// span is how long n ≤ size tokens take to come.
func (b *bucket) span(n uint64) moment {
	hi, lo := bits.Mul64(n, uint64(time.Minute))
	q, r := bits.Div64(hi, lo, b.rate)
	return moment{int64(q), r}
}

// wait is how long until a request of that cost conforms, if nobody else comes; 0: it does now.
func (b *bucket) wait(now time.Duration, cost uint64) time.Duration {
	switch {
	case b.rate == 0:
		return 0
	case cost > b.size:
		return never
	}
	missing := moment{b.full.ns - int64(now), b.full.part}
	room := b.span(b.size - cost)
	if !missing.after(room) {
		return 0
	}
	d := missing.ns - room.ns
	if missing.part > room.part {
		d++ // rounded up: honest
	}
	return time.Duration(d)
}

// take is for a request that conforms.
func (b *bucket) take(now time.Duration, cost uint64) {
	if b.rate == 0 {
		return
	}
	if b.full.ns < int64(now) {
		b.full = moment{ns: int64(now)}
	}
	s := b.span(cost)
	b.full.ns += s.ns
	b.full.part += s.part
	if b.full.part >= b.rate {
		b.full.part -= b.rate
		b.full.ns++
	}
}

// never is the wait of what no patience helps: a cost above the bucket's size.
const never = agentchaos.Forever

// buckets are asked together: a request that one of them refuses takes nothing from any.
type buckets []bucket

func (s buckets) wait(now time.Duration, cost []int64) time.Duration {
	w := time.Duration(0)
	for i := range s {
		w = max(w, s[i].wait(now, uint64(cost[i])))
	}
	return w
}

func (s buckets) take(now time.Duration, cost []int64) {
	for i := range s {
		s[i].take(now, uint64(cost[i]))
	}
}

// tokens is a count from outside, which must not be negative.
func tokens(n int) int64 { return int64(max(n, 0)) }
