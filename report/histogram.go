package report

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Limits of the histograms: microseconds, two significant figures (a bucket is at most 0.8 % wide), one day. What is longer
// counts in the last bucket and in Clipped; count, sum, least and greatest are exact whatever the buckets say.
const (
	hdrUnit    = time.Microsecond
	hdrHighest = int64(24 * time.Hour / hdrUnit)
	hdrFigures = 2
)

// Histogram is how long things took: the sealed form, of which only the non-empty buckets are kept. The zero value is
// empty.
type Histogram struct {
	Count   int64
	Clipped int64         // longer than a day, counted in the last bucket
	Sum     time.Duration // at most 292 years, where it stays
	Min     time.Duration // 0 when empty
	Max     time.Duration // 0 when empty
	Buckets []Bucket      // sorted, none empty
}

// Bucket is one bucket of a Histogram, named by the longest time it holds, so that no reader needs to know the geometry.
// The last bucket of a cell is named by the longest time that came: what ran into a limit of 180 s is shown as 180 s.
type Bucket struct {
	Micros int64 // microseconds
	Count  int64
}

// dense is a histogram that is being filled: one per worker and kind of latency, reset between cells.
type dense struct {
	hdr      *hdrhistogram.Histogram
	clipped  int64
	count    int64
	sum      time.Duration
	min, max time.Duration
}

func newDense() *dense {
	return &dense{hdr: hdrhistogram.New(1, hdrHighest, hdrFigures)}
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
	v := int64(d / hdrUnit)
	if v > hdrHighest {
		v = hdrHighest
		h.clipped++
	}
	if err := h.hdr.RecordValue(v); err != nil {
		panic(err) // v is within the range
	}
}

// seal returns what was recorded and begins anew.
func (h *dense) seal() Histogram {
	s := Histogram{Count: h.count, Clipped: h.clipped, Sum: h.sum, Min: h.min, Max: h.max}
	if h.count == 0 {
		return s
	}
	counts := h.hdr.Export().Counts
	n := 0
	for _, c := range counts {
		if c > 0 {
			n++
		}
	}
	s.Buckets = make([]Bucket, 0, n)
	for i, bound := range bounds() {
		if counts[i] > 0 {
			s.Buckets = append(s.Buckets, Bucket{bound, counts[i]})
		}
	}
	s.Buckets[n-1].Micros = micros(h.max)
	h.reset()
	return s
}

// micros is d in microseconds, rounded up: nothing is longer than the bucket that holds it says.
func micros(d time.Duration) int64 { return int64((d + hdrUnit - 1) / hdrUnit) }

func (h *dense) reset() {
	if h.count > 0 {
		h.hdr.Reset()
	}
	*h = dense{hdr: h.hdr}
}

// bounds are the greatest values of all buckets, in order, as the library itself reports them.
var bounds = sync.OnceValue(func() []int64 {
	snapshot := hdrhistogram.New(1, hdrHighest, hdrFigures).Export()
	for i := range snapshot.Counts {
		snapshot.Counts[i] = 1
	}
	var b []int64
	for _, bar := range hdrhistogram.Import(snapshot).Distribution() {
		b = append(b, bar.To)
	}
	return b
})

// addTime adds without wrapping round: what is too long stays at the longest.
func addTime(a, b time.Duration) time.Duration {
	if s := a + b; s >= a {
		return s
	}
	return 1<<63 - 1
}

// Merge is both histograms in one. The order of merging is irrelevant.
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
	a, b := h.Buckets, o.Buckets
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].Micros < b[0].Micros:
			m.Buckets, a = append(m.Buckets, a[0]), a[1:]
		case a[0].Micros > b[0].Micros:
			m.Buckets, b = append(m.Buckets, b[0]), b[1:]
		default:
			m.Buckets = append(m.Buckets, Bucket{a[0].Micros, a[0].Count + b[0].Count})
			a, b = a[1:], b[1:]
		}
	}
	m.Buckets = append(append(m.Buckets, a...), b...)
	return m
}

// Total is how many there are; with AtMost and Bounds a Histogram is [Counts], in microseconds.
func (h Histogram) Total() int64 { return h.Count }

// AtMost is how many took at most so many microseconds. A bucket counts when all of it does, so an upper bound is never met
// by rounding.
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
	need := q*float64(h.Count) - 1e-9*float64(h.Count) // 0.95 x 20 is 19, whatever the last bit says
	seen := int64(0)
	for _, b := range h.Buckets {
		if seen += b.Count; float64(seen) >= need {
			return max(h.Min, min(h.Max, time.Duration(b.Micros)*hdrUnit))
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
