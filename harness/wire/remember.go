package wire

import "time"

const (
	usualForget = 10 * time.Minute
	usualMost   = 100_000
)

// askings is a list in the order of their last use.
type askings struct{ oldest, newest *asking }

func (l *askings) push(a *asking) {
	a.older, a.newer = l.newest, nil
	if l.newest != nil {
		l.newest.newer = a
	} else {
		l.oldest = a
	}
	l.newest = a
}

func (l *askings) remove(a *asking) {
	if a.older != nil {
		a.older.newer = a.newer
	} else {
		l.oldest = a.newer
	}
	if a.newer != nil {
		a.newer.older = a.older
	} else {
		l.newest = a.older
	}
}

// asking is what is known of a request.
func (y *Identity) asking(hash uint64, now time.Duration) *asking {
	a := y.known[hash]
	if a != nil && y.stale(a, now) {
		y.drop(a)
		a = nil
	}
	if a != nil {
		y.touch(a, now)
		return a
	}
	if y.known == nil {
		y.known = map[uint64]*asking{}
	}
	a = &asking{hash: hash, used: now}
	y.known[hash] = a
	y.order.push(a)
	y.held++
	return a
}

func (y *Identity) touch(a *asking, now time.Duration) {
	a.used = now
	if y.order.newest != a {
		y.order.remove(a)
		y.order.push(a)
	}
}

func (y *Identity) drop(a *asking) {
	a.gone = true
	delete(y.known, a.hash)
	y.order.remove(a)
	y.held -= 1 + len(a.failed)
}

// stale reports whether nobody has asked for so long that it is forgotten. What is being answered is remembered.
func (y *Identity) stale(a *asking, now time.Duration) bool {
	limit := y.Forget
	if limit <= 0 {
		limit = usualForget
	}
	return a.live == 0 && now-a.used > limit
}

// forget lets go of what is too old or too much. The newest stays.
func (y *Identity) forget(now time.Duration) {
	most := y.Most
	if most <= 0 {
		most = usualMost
	}
	for a := y.order.oldest; a != y.order.newest && (y.held > most || y.stale(a, now)); a = y.order.oldest {
		y.drop(a)
	}
}
