package report

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/agentchaos/agentchaos"
)

// The JSON of a cell: integers only, times in nanoseconds but for histogram buckets (microseconds), zeros left out.

type cellJSON struct {
	Seed uint64 `json:"seed"`
	numbersJSON
	During   *numbersJSON       `json:"during_faults,omitempty"`
	After    *numbersJSON       `json:"after_faults,omitempty"`
	Away     time.Duration      `json:"away_ns,omitempty"`
	Gap      time.Duration      `json:"gap_ns,omitempty"`
	Breakers []string           `json:"breakers,omitempty"`
	Worst    map[string]taskRef `json:"worst,omitempty"`
}

type numbersJSON struct {
	Counts     map[string]int64         `json:"counts"`
	Sums       map[string]int64         `json:"sums"`
	Histograms map[string]histogramJSON `json:"histograms"`
	Errors     map[string]errorJSON     `json:"errors,omitempty"`
	Served     map[string]int64         `json:"served_by,omitempty"`
	Faults     []map[string]any         `json:"faults,omitempty"`
}

type errorJSON struct {
	Attempts int64 `json:"attempts"`
	Failures int64 `json:"failures"`
	Refused  int64 `json:"refused,omitempty"`
	Store    int64 `json:"store,omitempty"` // operations of the agent's store
}

type histogramJSON struct {
	Count   int64      `json:"count"`
	Clipped int64      `json:"clipped,omitempty"`
	Sum     int64      `json:"sum_ns"`
	Min     int64      `json:"min_ns"`
	Max     int64      `json:"max_ns"`
	Buckets [][2]int64 `json:"buckets"`
}

type taskRef struct {
	Task     uint32        `json:"task"`
	Score    int64         `json:"score"`
	Latency  time.Duration `json:"latency_ns"`
	Outcome  string        `json:"outcome"`
	Kind     string        `json:"kind,omitempty"`
	Step     uint16        `json:"step"`
	Attempts int64         `json:"attempts"`
	Fault    string        `json:"fault,omitempty"`
	Hits     int64         `json:"hits,omitempty"`
}

// MarshalJSON writes the cell with sorted keys.
func (c Cell) MarshalJSON() ([]byte, error) {
	out := cellJSON{
		Seed: c.Seed, numbersJSON: *encodeNumbers(&c.Numbers), Away: c.Away, Gap: c.Gap, Breakers: c.Breakers,
		During: encodeNumbers(c.During), After: encodeNumbers(c.After), Worst: map[string]taskRef{},
	}
	for i, w := range c.Worst {
		if w.Task != 0 {
			out.Worst[worstNames[i]] = taskRef{
				w.Task, w.Score, w.Latency, w.Outcome.String(), kindName(w.Kind), w.Step, w.Attempts, w.Fault, w.Hits,
			}
		}
	}
	return sorted(out)
}

// sorted marshals v with the keys of all objects sorted.
func sorted(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	tree, err := decodeTree(b)
	if err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

func encodeNumbers(n *Numbers) *numbersJSON {
	if n == nil {
		return nil
	}
	out := &numbersJSON{
		Counts: map[string]int64{}, Sums: map[string]int64{}, Histograms: map[string]histogramJSON{},
		Errors: map[string]errorJSON{}, Served: map[string]int64{},
	}
	for i, v := range n.Counts {
		switch c := Count(i); {
		case v == 0:
		case c.sum():
			out.Sums[c.String()] = v
		default:
			out.Counts[c.String()] = v
		}
	}
	for i := range n.Attempts {
		if e := n.errors(i); e != (errorJSON{}) {
			out.Errors[agentchaos.Kind(i).String()] = e
		}
	}
	for _, s := range n.Served {
		out.Served[s.Model] = s.Calls
	}
	for _, f := range n.Faults {
		out.Faults = append(out.Faults, encodeFault(f))
	}
	for i, h := range n.Latency {
		if h.Count > 0 {
			e := histogramJSON{h.Count, h.Clipped, int64(h.Sum), int64(h.Min), int64(h.Max), nil}
			for _, b := range h.Buckets {
				e.Buckets = append(e.Buckets, [2]int64{b.Micros, b.Count})
			}
			out.Histograms[latencyNames[i]] = e
		}
	}
	return out
}

// errors is what there is of kind k.
func (n *Numbers) errors(k int) errorJSON {
	return errorJSON{n.Attempts[k], n.Failures[k], n.Refused[k], n.Store[k]}
}

func encodeFault(f FaultCount) map[string]any {
	m := map[string]any{"fault": f.Fault, "fired": f.Fired()}
	for i, n := range f.Fates {
		m[fateNames[i]] = n
	}
	return m
}

// UnmarshalJSON reads what MarshalJSON writes. A name that it does not know is an error: nothing is lost quietly.
func (c *Cell) UnmarshalJSON(b []byte) error {
	var in cellJSON
	if err := strict(b, &in); err != nil {
		return err
	}
	*c = Cell{Seed: in.Seed, Away: in.Away, Gap: in.Gap, Breakers: in.Breakers}
	whole, err := in.numbersJSON.decode()
	if err != nil {
		return fmt.Errorf("cell of seed %d: %w", in.Seed, err)
	}
	c.Numbers = *whole
	if c.During, err = in.During.decode(); err != nil {
		return err
	}
	if c.After, err = in.After.decode(); err != nil {
		return err
	}
	for name, w := range in.Worst {
		i, err := place(worstNames[:], name)
		if err != nil {
			return err
		}
		o, err := parseOutcome(w.Outcome)
		if err != nil {
			return err
		}
		k, err := parseKind(w.Kind)
		if err != nil {
			return err
		}
		c.Worst[i] = WorstTask{w.Task, w.Score, w.Latency, o, k, w.Step, w.Attempts, w.Fault, w.Hits}
	}
	return nil
}

func (in *numbersJSON) decode() (*Numbers, error) {
	if in == nil {
		return nil, nil
	}
	n := &Numbers{}
	for _, m := range []map[string]int64{in.Counts, in.Sums} {
		for name, v := range m {
			i, err := place(countNames[:], name)
			if err != nil {
				return nil, err
			}
			n.Counts[i] = v
		}
	}
	for name, e := range in.Errors {
		k, err := parseKind(name)
		if err != nil {
			return nil, err
		}
		n.Attempts[k], n.Failures[k], n.Refused[k], n.Store[k] = e.Attempts, e.Failures, e.Refused, e.Store
	}
	for model, calls := range in.Served {
		n.Served = append(n.Served, Served{model, calls})
	}
	sortServed(n.Served)
	for _, m := range in.Faults {
		f := FaultCount{}
		f.Fault, _ = m["fault"].(string)
		for i, name := range fateNames {
			if v, ok := m[name].(json.Number); ok {
				f.Fates[i], _ = v.Int64()
			}
		}
		n.Faults = append(n.Faults, f)
	}
	for name, e := range in.Histograms {
		i, err := place(latencyNames[:], name)
		if err != nil {
			return nil, err
		}
		h := Histogram{Count: e.Count, Clipped: e.Clipped, Sum: time.Duration(e.Sum), Min: time.Duration(e.Min), Max: time.Duration(e.Max)}
		for _, b := range e.Buckets {
			h.Buckets = append(h.Buckets, Bucket{b[0], b[1]})
		}
		n.Latency[i] = h
	}
	return n, nil
}

// place is where name stands in names.
func place(names []string, name string) (int, error) {
	for i, n := range names {
		if n == name {
			return i, nil
		}
	}
	return 0, fmt.Errorf("unknown name %q: was the file written by a newer version?", name)
}

// kindName is "" for no failure.
func kindName(k agentchaos.Kind) string {
	if k == agentchaos.None {
		return ""
	}
	return k.String()
}

// parseKind reads kindName's, and "none".
func parseKind(s string) (agentchaos.Kind, error) {
	if s == "" || s == agentchaos.None.String() {
		return agentchaos.None, nil
	}
	return agentchaos.ParseKind(s)
}

func parseOutcome(s string) (agentchaos.Outcome, error) {
	for o := agentchaos.Completed; o <= agentchaos.Failed; o++ {
		if o.String() == s {
			return o, nil
		}
	}
	return 0, fmt.Errorf("unknown outcome %q", s)
}
