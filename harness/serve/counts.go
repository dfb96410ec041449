package serve

import (
	"maps"
	"sync"

	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/wire"
)

// Counts is what a server has seen so far. Every request that came and is not being answered is in exactly one of Requests,
// Refused, Unread, Aside and Broken.
type Counts struct {
	Received int
	InFlight int
	Requests map[string]int // that the providers have seen, by Outcome
	Refused  map[int]int    // that could not be understood, by status
	Unread   int            // whose client went, or was too slow, before they had come
	Aside    int            // lists of models, embeddings, counts of tokens; and this server's own pages
	Broken   int            // that a defect of this server has ended

	Retries         map[wire.Sort]int
	Early, Hopeless int

	Faults []Fired
}

// Fired is how often a fault has decided an answer, or slowed it.
type Fired struct {
	Fault string
	Times int
}

// counter counts. Whoever looks sees one moment of it.
type counter struct {
	mu     sync.Mutex
	counts Counts
	series map[seriesKey]int
	shapes map[shapeKey]*shape
	open   int // connections
}

// seriesKey is what requests are counted by. Each part takes few values, whatever clients send.
type seriesKey struct {
	shapeKey
	outcome string
	status  int
}

// shapeKey is what times and tokens are counted by.
type shapeKey struct {
	target   string
	format   wire.Format
	streamed bool
}

// shape are times and tokens.
type shape struct {
	duration, first histogram
	input, output   int
}

func newCounter(rules []faults.Rule) *counter {
	c := &counter{series: map[seriesKey]int{}, shapes: map[shapeKey]*shape{}}
	c.counts.Requests, c.counts.Refused, c.counts.Retries = map[string]int{}, map[int]int{}, map[wire.Sort]int{}
	for _, r := range rules {
		c.counts.Faults = append(c.counts.Faults, Fired{Fault: r.Name})
	}
	return c
}

// do changes the counts.
func (c *counter) do(f func(*Counts)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.counts)
}

// look is a copy of them.
func (c *counter) look() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.counts
	out.Requests, out.Refused, out.Retries = maps.Clone(out.Requests), maps.Clone(out.Refused), maps.Clone(out.Retries)
	out.Faults = append([]Fired(nil), out.Faults...)
	return out
}

// ended counts a request that is over.
func (c *counter) ended(x *wire.Exchange, was wire.Repeat, target string) {
	truth := faults.TruthOf(&x.Script, x.After, x.Request.Input)
	outcome := Outcome(x)
	first, begun := firstToken(x)
	key := shapeKey{target, x.Prompt.Format, x.Prompt.Stream}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := &c.counts
	n.InFlight--
	n.Requests[outcome]++
	if was.Sort != wire.Fresh {
		n.Retries[was.Sort]++
	}
	n.Early += one(was.Early)
	n.Hopeless += one(was.Hopeless)
	if truth.EndBy > 0 {
		n.Faults[truth.EndBy-1].Times++
	}
	if truth.SlowBy > 0 && truth.SlowBy != truth.EndBy {
		n.Faults[truth.SlowBy-1].Times++
	}
	c.series[seriesKey{key, outcome, x.Status}]++
	s := c.shapes[key]
	if s == nil {
		s = &shape{}
		c.shapes[key] = s
	}
	s.duration.add(x.After.Seconds())
	if begun {
		s.first.add(first)
	}
	s.input += truth.Input
	s.output += truth.Output
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// edges are the upper ends of the histograms' buckets, in seconds.
var edges = [...]float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600}

type histogram struct {
	counts [len(edges) + 1]uint64
	sum    float64
}

func (h *histogram) add(x float64) {
	i := 0
	for i < len(edges) && x > edges[i] {
		i++
	}
	h.counts[i]++
	h.sum += x
}
