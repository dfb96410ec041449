package faults

import (
	"math/bits"
	"time"

	"github.com/agentchaos/agentchaos"
)

// metered is a Fault with token buckets, which rate-limit headers tell of like the model's own.
type metered interface {
	// begin is Start, and the buckets that the Injector takes from, by faultMeters.
	begin() (Injector, buckets)
}

var (
	modelMeters = [...]string{agentchaos.MeterRequests, agentchaos.MeterInputTokens, agentchaos.MeterOutputTokens}
	faultMeters = [...]string{agentchaos.MeterRequests, agentchaos.MeterTokens}
)

// gauge is the buckets of a fault on one target, and the window in which they are asked.
type gauge struct {
	from, until time.Duration
	limits      buckets
}

// begin gives a fault fresh state for one target of one run.
func begin(f Fault, seed agentchaos.Seed, target string) (Injector, buckets) {
	if m, ok := f.(metered); ok {
		return m.begin()
	}
	return f.Start(seed, target), nil
}

// Meters are the token buckets of a target as its rate-limit headers show them at that time: the model's own limits, and the
// buckets of the rate_limit faults whose From and Until hold then, whatever else they ask. Of two of a name it is the one with
// fewer tokens left, of equals the smaller. Nothing is taken; a target that has never been asked has full buckets.
func (p *Providers) Meters(now time.Duration, target string) []agentchaos.Meter {
	return p.AppendMeters(nil, now, target)
}

// AppendMeters is [Providers.Meters] at the end of dst.
func (p *Providers) AppendMeters(dst []agentchaos.Meter, now time.Duration, target string) []agentchaos.Meter {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.targets[target]
	if t == nil {
		t = p.fresh(target)
	}
	first := len(dst)
	for i := range t.limits {
		dst = t.limits[i].show(dst, first, modelMeters[i], now)
	}
	for _, g := range t.gauges {
		for i := range g.limits {
			if g.from <= now && now < g.until {
				dst = g.limits[i].show(dst, first, faultMeters[i], now)
			}
		}
	}
	return dst
}

// show adds a meter to those from first on, or puts it in the place of one of its name that is less tight.
func (b *bucket) show(dst []agentchaos.Meter, first int, name string, now time.Duration) []agentchaos.Meter {
	if b.rate == 0 {
		return dst
	}
	m := agentchaos.Meter{Name: name, Limit: int64(b.size), Remaining: int64(b.left(now)), Reset: b.reset(now)}
	for i := first; i < len(dst); i++ {
		if d := &dst[i]; d.Name == name {
			if m.Remaining < d.Remaining || m.Remaining == d.Remaining && m.Limit < d.Limit {
				*d = m
			}
			return dst
		}
	}
	return append(dst, m)
}

// left is the greatest cost that conforms now: what the bucket holds, less the tokens of which a part at least has still to
// come.
func (b *bucket) left(now time.Duration) uint64 {
	missing := moment{b.full.ns - int64(now), b.full.part}
	switch {
	case missing.ns < 0:
		return b.size
	case missing.after(b.span(b.size)): // asked about a time before the last request
		return 0
	}
	hi, lo := bits.Mul64(uint64(missing.ns), b.rate)
	lo, carry := bits.Add64(lo, missing.part, 0)
	hi += carry
	lo, carry = bits.Add64(lo, uint64(time.Minute)-1, 0) // rounded up
	hi += carry
	coming, _ := bits.Div64(hi, lo, uint64(time.Minute))
	return b.size - min(coming, b.size)
}

// reset is how long until the bucket is full, if nobody comes.
func (b *bucket) reset(now time.Duration) time.Duration {
	d := time.Duration(b.full.ns) - now
	if b.full.part > 0 {
		d++ // rounded up: honest
	}
	return max(d, 0)
}
