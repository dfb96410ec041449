package report

import (
	"path"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Price is what a model costs, in nano-dollars per token: US$ 3 per million tokens is 3000; and how much less than a full one
// an answer from it is worth, in millionths.
type Price struct{ Input, Output, Lack int64 }

// target is a dependency that the cell has met, and what its breaker does.
type target struct {
	name    string
	price   Price
	breaker breaker
	away    absence
}

// absence is a time in which others have answered for a model that is the first of a chain: from the end of the first such
// call to that of the latest. Time without a call tells nothing of the model.
type absence struct {
	gone bool
	from time.Duration
}

// targets gives every name a small number. A cell has a handful of them, so comparing beats hashing.
type targets struct {
	list   []target
	prices map[string]Price
	last   int // of the latest answer, which is often the next one's too
}

// reset forgets all names. Prices are looked up once per target: its name, else the longest glob that matches, of equally long
// ones the first in spelling. So the simulated providers find their models.
func (t *targets) reset(prices map[string]Price) {
	*t = targets{list: t.list[:0], prices: prices}
}

// index is the number of name; a new one is taken down.
func (t *targets) index(name string) int {
	if t.last < len(t.list) && t.list[t.last].name == name {
		return t.last
	}
	for i := range t.list {
		if t.list[i].name == name {
			t.last = i
			return i
		}
	}
	t.last = len(t.list)
	t.list = append(t.list, target{name: name, price: t.price(name)})
	return t.last
}

func (t *targets) price(name string) Price {
	if p, ok := t.prices[name]; ok {
		return p
	}
	best := ""
	for glob := range t.prices {
		ok, _ := path.Match(glob, name)
		if ok && (len(glob) > len(best) || len(glob) == len(best) && glob < best) {
			best = glob
		}
	}
	return t.prices[best]
}

// breaker is what the changes say of one target's breaker.
type breaker struct {
	seen       bool
	open, half bool
	since      time.Duration // open: when it opened
	halves     []halfOpen    // in order; a slow probe may end when others have come and gone
	total      time.Duration // open so far, without the half-open times
}

// halfOpen is a time in which a breaker let probes through.
type halfOpen struct{ from, until time.Duration } // until is Forever while it lasts

// move takes down a change of state at now.
func (b *breaker) move(now time.Duration, open, half bool) {
	if b.open {
		b.total += now - b.since
	}
	if b.half && !half {
		b.halves[len(b.halves)-1].until = now
	}
	if half && !b.half {
		b.halves = append(b.halves, halfOpen{now, agentchaos.Forever})
	}
	b.seen, b.open, b.half, b.since = true, open, half, now
}

// probe reports whether an attempt that began at begin was let through by the half-open breaker. The attempt is reported
// before the change that its result makes, or after it.
func (b *breaker) probe(begin time.Duration) bool {
	for i := len(b.halves) - 1; i >= 0; i-- {
		if h := &b.halves[i]; begin >= h.from {
			return begin < h.until
		}
	}
	return false
}
