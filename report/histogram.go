package report

import (
	"math/bits"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Limits of the histograms: microseconds, two significant figures (a bucket is at most 0.8 % wide), one day. What is longer
// has a bucket of its own and counts in Clipped; count, sum, least and greatest are exact whatever the buckets say.
const (
	hdrUnit    = time.Microsecond
	hdrHighest = int64(24 * time.Hour / hdrUnit)
	hdrFigures = 2
)

// Histogram is how long things took: the sealed form, of which only the non-empty buckets are kept. The zero value is
// empty.
type Histogram struct {
	Count   int64
	Clipped int64         // longer than a day: they count as the longest of them
	Sum     time.Duration // at most 292 years, where it stays
	Min     time.Duration // 0 when empty
	Max     time.Duration // 0 when empty
	Buckets []Bucket      // sorted, none empty, at most one for each bucket of the geometry
}

// Bucket is one bucket of a Histogram, named by the longest time that it holds, rounded up to a microsecond: what ran into a
// limit of 180 s is shown, and judged, as 180 s, and nothing as shorter than it was.
type Bucket struct {
	Micros int64 // microseconds
	Count  int64
}

// dense is a histogram that is being filled: one per worker and kind of latency, reset between cells.
type dense struct {
	slots    []slot // by bucketOf
	clipped  int64
	count    int64
	sum      time.Duration
	min, max time.Duration
}

// slot is a bucket that is being filled.
type slot struct {
	count   int64
	longest int64 // microseconds
}

func newDense() *dense { return &dense{slots: make([]slot, buckets())} }

// bucketOf is the library's bucket of v microseconds, v ≥ 0: two figures are 256 buckets of a microsecond, and 128 for every
// octave above them. What is longer than a day is in the last one.
func bucketOf(v int64) int {
	if v > hdrHighest {
		return buckets() - 1
	}
	octave := bits.Len64(uint64(v)|255) - 8
	return octave<<7 + int(v>>octave)
}

// record counts d; a negative one is a broken clock and counts as 0.
func (h *dense) record(d time.Duration) {
	d = max(d, 0)
	if h.count == 0 || d < h.min {
		h.min = d
	}
	h.max = max(h.max, d)
	h.count++
	h.sum = addTime(h.sum, d)
	v := micros(d)
	if v > hdrHighest {
		h.clipped++
	}
	s := &h.slots[bucketOf(v)]
	s.count++
	s.longest = max(s.longest, v)
}

// seal returns what was recorded and begins anew.
func (h *dense) seal() Histogram {
	s := Histogram{Count: h.count, Clipped: h.clipped, Sum: h.sum, Min: h.min, Max: h.max}
	used, n := h.used(), 0
	for i := range used {
		if used[i].count > 0 {
			n++
		}
	}
	if n > 0 {
		s.Buckets = make([]Bucket, 0, n)
	}
	for _, b := range used {
		if b.count > 0 {
			s.Buckets = append(s.Buckets, Bucket{b.longest, b.count})
		}
	}
	h.reset()
	return s
}

// used are the slots from the first that is not empty to the last.
func (h *dense) used() []slot {
	if h.count == 0 {
		return nil
	}
	return h.slots[bucketOf(micros(h.min)) : bucketOf(micros(h.max))+1]
}

func (h *dense) reset() {
	clear(h.used())
	*h = dense{slots: h.slots}
}

// micros is d ≥ 0 in microseconds, rounded up: nothing is longer than the bucket that holds it says.
func micros(d time.Duration) int64 {
	v := int64(d / hdrUnit)
	if d%hdrUnit > 0 {
		v++
	}
	return v
}

// buckets is how many there are: those of the library up to a day, which must be those of bucketOf, and one for what is longer.
var buckets = sync.OnceValue(func() int {
	snapshot := hdrhistogram.New(1, hdrHighest, hdrFigures).Export()
	for i := range snapshot.Counts {
		snapshot.Counts[i] = 1
	}
	for i, bar := range hdrhistogram.Import(snapshot).Distribution() {
		if bar.From > hdrHighest {
			return i + 1
		}
		if octave := bits.Len64(uint64(bar.To)|255) - 8; octave<<7+int(bar.To>>octave) != i {
			panic("report: the histogram library has other buckets than bucketOf")
		}
	}
	panic("report: the histogram library knows no day")
})

// addTime adds without wrapping round: what is too long stays at the longest.
func addTime(a, b time.Duration) time.Duration {
	if s := a + b; s >= a {
		return s
	}
	return 1<<63 - 1
}

// Merge is both histograms in one: what falls into the same bucket is named by the longest of it. The order of merging is
// irrelevant.
func (h Histogram) Merge(o Histogram) Histogram {
	if o.Count == 0 {
		return h
	}
	if h.Count == 0 {
		return o
	}
	m := Histogram{
		Count: h.Count + o.Count, Clipped: h.Clipped + o.Clipped, Sum: addTime(h.Sum, o.Sum),
		Min: min(h.Min, o.Min), Max: max(h.Max, o.Max),
		Buckets: make([]Bucket, 0, len(h.Buckets)+len(o.Buckets)),
	}
	for a, b := h.Buckets, o.Buckets; len(a) > 0 || len(b) > 0; {
		if len(b) == 0 || len(a) > 0 && a[0].Micros <= b[0].Micros {
			m.add(a[0])
			a = a[1:]
		} else {
			m.add(b[0])
			b = b[1:]
		}
	}
	return m
}

// add appends a bucket that is not before the last one, or adds it to that if they are one.
func (h *Histogram) add(b Bucket) {
	if n := len(h.Buckets); n > 0 && bucketOf(h.Buckets[n-1].Micros) == bucketOf(b.Micros) {
		last := &h.Buckets[n-1]
		last.Micros, last.Count = b.Micros, last.Count+b.Count
		return
	}
	h.Buckets = append(h.Buckets, b)
}

// Total is how many there are; with AtMost and Bounds a Histogram is [Counts], in microseconds.
func (h Histogram) Total() int64 { return h.Count }

// AtMost is how many took at most so many microseconds. A bucket counts when all of it does, so an upper bound is never met
// by rounding, and a limit that many ran into is met exactly.
func (h Histogram) AtMost(micros int64) int64 {
	n := int64(0)
	for _, b := range h.Buckets {
		if b.Micros > micros {
			break
		}
		n += b.Count
	}
	return n
}

// Bounds are the names of the buckets, rising.
func (h Histogram) Bounds() []int64 {
	b := make([]int64, len(h.Buckets))
	for i := range b {
		b[i] = h.Buckets[i].Micros
	}
	return b
}

// Quantile is the shortest time that at least the share q (0 to 1) took at most, to the width of a bucket; 0 when empty.
func (h Histogram) Quantile(q float64) time.Duration {
	need := float64(q*float64(h.Count)) - float64(1e-9*float64(h.Count)) // 0.95 x 20 is 19, whatever the last bit says
	seen := int64(0)
	for _, b := range h.Buckets {
		if seen += b.Count; float64(seen) >= need {
			if b.Micros >= micros(h.Max) {
				return h.Max
			}
			return max(h.Min, time.Duration(b.Micros)*hdrUnit)
		}
	}
	return h.Max
}

// Mean is exact; 0 when empty.
func (h Histogram) Mean() time.Duration {
	if h.Count == 0 {
		return 0
	}
	return time.Duration(float64(h.Sum) / float64(h.Count))
}
