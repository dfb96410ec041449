package faults

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// bursts is the process of healthy and faulty periods of one rule. Period n is the n-th draw of the rule's own stream, so
// that it is the same whatever attempts there are. It is followed forwards; a time before the present period (two
// goroutines on the wall clock) counts as in it.
type bursts struct {
	luck     agentchaos.Seed
	up, down agentchaos.Shape
	period   uint64 // from 0; the even ones are healthy
	end      time.Duration
}

func newBursts(luck agentchaos.Seed, b Bursts) *bursts {
	p := &bursts{luck: luck, up: agentchaos.Exponential(int64(b.Up)), down: agentchaos.Exponential(int64(b.Down))}
	p.end = p.length(0)
	return p
}

func (b *bursts) length(period uint64) time.Duration {
	shape := &b.up
	if period&1 == 1 {
		shape = &b.down
	}
	return time.Duration(shape.Value(b.luck.Nth(period)))
}

// faulty reports whether now is in a faulty period; a period begins at its first moment and ends before the next.
func (b *bursts) faulty(now time.Duration) bool {
	for now >= b.end {
		b.period++
		b.end += b.length(b.period)
	}
	return b.period&1 == 1
}
