package report

import "time"

// The recovery of a cell is the start of the first recoveryWindow after the last fault in which tasks completed are at
// least nine tenths of tasks arrived. Windows begin a whole number of seconds after the fault's end and end before the
// last arrival: when arrivals stop, a drained queue looks like health (PUBLISHED.md §2.4, 5).
const recoveryWindow = 15 // seconds

// recovery counts arrivals and completions by the second since the fault's end.
type recovery struct {
	wanted bool
	from   time.Duration
	last   time.Duration // the latest arrival
	bins   []recoveryBin
}

type recoveryBin struct{ arrived, completed uint32 }

func (r *recovery) reset(wanted bool, from time.Duration) {
	*r = recovery{wanted: wanted, from: from, bins: r.bins[:0]}
}

// bin is the second that t is in, nil for one before the fault's end.
func (r *recovery) bin(t time.Duration) *recoveryBin {
	if !r.wanted || t < r.from {
		return nil
	}
	i := int((t - r.from) / time.Second)
	for len(r.bins) <= i {
		r.bins = append(r.bins, recoveryBin{})
	}
	return &r.bins[i]
}

func (r *recovery) arrived(t time.Duration) {
	r.last = max(r.last, t)
	if b := r.bin(t); b != nil {
		b.arrived++
	}
}

func (r *recovery) completed(t time.Duration) {
	if b := r.bin(t); b != nil {
		b.completed++
	}
}

// time is the recovery time; ok is false if it never came. measured is false if no window fits between the fault's end
// and the last arrival: then there is nothing to say. A window without arrivals shows nothing.
func (r *recovery) time() (d time.Duration, ok, measured bool) {
	var arrived, completed uint64
	for i, b := range r.bins {
		arrived, completed = arrived+uint64(b.arrived), completed+uint64(b.completed)
		if i >= recoveryWindow {
			old := r.bins[i-recoveryWindow]
			arrived, completed = arrived-uint64(old.arrived), completed-uint64(old.completed)
		}
		start := i + 1 - recoveryWindow
		if start < 0 {
			continue
		}
		if r.from+time.Duration(i+1)*time.Second >= r.last {
			break
		}
		if measured = true; arrived > 0 && 10*completed >= 9*arrived {
			return time.Duration(start) * time.Second, true, true
		}
	}
	return 0, false, measured
}

// gap is the longest time without a completed task: from the first arrival, from one completion to the next, and to the
// last arrival.
type gap struct {
	any         bool
	since       time.Duration // the first arrival, or the latest completion
	longest     time.Duration
	lastArrival time.Duration
}

func (g *gap) arrived(t time.Duration) {
	if !g.any {
		g.any, g.since = true, t
	}
	g.lastArrival = t
}

func (g *gap) completed(t time.Duration) {
	if g.any {
		g.longest, g.since = max(g.longest, t-g.since), t
	}
}

func (g *gap) total() time.Duration { return max(g.longest, g.lastArrival-g.since) }
