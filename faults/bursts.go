package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// bursts is the process of healthy and faulty periods of one rule. Period n is the n-th draw of the rule's own stream, so
// that it is the same whatever attempts there are, and asked for whatever moment from now on: some ask for when their work
// will begin. A time before the first period that is remembered (two goroutines on the wall clock) counts as in it.
type bursts struct {
	luck     agentchaos.Seed
	up, down agentchaos.Shape
	first    uint64          // the period that ends at ends[0]; the even ones are healthy
	ends     []time.Duration // of the periods from the present one to the furthest that was asked for
}

func newBursts(luck agentchaos.Seed, b Bursts) *bursts {
	p := &bursts{luck: luck, up: agentchaos.Exponential(int64(b.Up)), down: agentchaos.Exponential(int64(b.Down))}
	p.ends = append(p.ends, p.length(0))
	return p
}

func (b *bursts) length(period uint64) time.Duration {
	shape := &b.up
	if period&1 == 1 {
		shape = &b.down
	}
	return time.Duration(shape.Value(b.luck.Nth(period)))
}

// faulty reports whether a moment, not before now, is in a faulty period; a period begins at its first moment and ends
// before the next.
func (b *bursts) faulty(now, at time.Duration) bool {
	for last := len(b.ends) - 1; at >= b.ends[last]; last++ {
		b.ends = append(b.ends, b.ends[last]+b.length(b.first+uint64(last)+1))
	}
	past := 0
	for now >= b.ends[past] {
		past++
	}
	if past > 0 {
		b.first, b.ends = b.first+uint64(past), append(b.ends[:0], b.ends[past:]...)
	}
	i := uint64(0)
	for at >= b.ends[i] {
		i++
	}
	return (b.first+i)&1 == 1
}
