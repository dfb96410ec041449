package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Event is one record of a cell, for event logs and timelines.
type Event struct {
	Scenario, Policy string // "": not said
	Seed             uint64
	Record           any // agentchaos.Attempt, agentchaos.Called, agentchaos.Task, agentchaos.Change or Arrival

	// Of an attempt, the names of the faults that decided how it ended and that slowed it, so that a log can be read without
	// its scenario; of a crash, and of a store that failed, that of the fault behind it. "": none, or not said.
	Fault, SlowFault string
}

// Named is the event with the names of its faults, which are given by their place from 1, as in Truth.
func (e Event) Named(faults []string) Event {
	switch r := e.Record.(type) {
	case agentchaos.Attempt:
		e.Fault, e.SlowFault = faultName(faults, r.Truth.EndBy), faultName(faults, r.Truth.SlowBy)
	case agentchaos.Change:
		e.Fault = faultName(faults, r.By)
	}
	return e
}

// faultName is the name of the fault in that place from 1; "": there is none.
func faultName(faults []string, by uint8) string {
	if by == 0 || int(by) > len(faults) {
		return ""
	}
	return faults[by-1]
}

// Arrival is the arrival of a task.
type Arrival struct {
	Task uint32
	At   time.Duration
}

// At is when the record was made: for what takes time, when it ended.
func (e Event) At() time.Duration {
	switch r := e.Record.(type) {
	case agentchaos.Attempt:
		return r.End
	case agentchaos.Called:
		return r.End
	case agentchaos.Task:
		return r.End
	case agentchaos.Change:
		return r.At
	case Arrival:
		return r.At
	}
	return 0
}

// Task is the task that the record is of.
func (e Event) Task() uint32 {
	switch r := e.Record.(type) {
	case agentchaos.Attempt:
		return r.ID.Task
	case agentchaos.Called:
		return r.ID.Task
	case agentchaos.Task:
		return r.Task
	case agentchaos.Change:
		return r.ID.Task
	case Arrival:
		return r.Task
	}
	return 0
}

// SortEvents brings the events of a cell into the order of logs: by time, then by task; what one task did at one instant
// stays as it is.
func SortEvents(events []Event) {
	slices.SortStableFunc(events, func(a, b Event) int {
		if x, y := a.At(), b.At(); x != y {
			if x < y {
				return -1
			}
			return 1
		}
		return int(int64(a.Task()) - int64(b.Task()))
	})
}

// eventJSON is a line of an event log. Which fields it has depends on "event"; what is zero is left out.
type eventJSON struct {
	Event      string        `json:"event"` // arrival, attempt, call, task, or the change: retry_wait, fell_back, …
	Scenario   string        `json:"scenario,omitempty"`
	Policy     string        `json:"policy,omitempty"`
	Seed       uint64        `json:"seed,omitempty"`
	At         time.Duration `json:"at_ns"`
	Task       uint32        `json:"task,omitempty"`
	Step       uint16        `json:"step,omitempty"`
	Attempt    uint8         `json:"attempt,omitempty"`
	Copy       uint8         `json:"copy,omitempty"`
	Target     string        `json:"target,omitempty"`
	Preferred  string        `json:"preferred,omitempty"`
	Use        string        `json:"use,omitempty"`
	Begin      time.Duration `json:"begin_ns,omitempty"`
	First      time.Duration `json:"first_ns,omitempty"`
	Kind       string        `json:"kind,omitempty"`
	Variant    string        `json:"variant,omitempty"`
	Status     int           `json:"status,omitempty"`
	RetryAfter time.Duration `json:"retry_after_ns,omitempty"`
	Got        int           `json:"got,omitempty"`
	EndBy      uint8         `json:"end_by,omitempty"`
	SlowBy     uint8         `json:"slow_by,omitempty"`
	Fault      string        `json:"fault,omitempty"`
	SlowFault  string        `json:"slow_fault,omitempty"`
	Wrong      bool          `json:"wrong,omitempty"`
	Cut        bool          `json:"cut,omitempty"`
	Replayed   bool          `json:"replayed,omitempty"`
	Input      int           `json:"input,omitempty"`
	Output     int           `json:"output,omitempty"`
	Outcome    string        `json:"outcome,omitempty"`
	Steps      uint16        `json:"steps,omitempty"`
	Without    uint16        `json:"without,omitempty"`
	For        time.Duration `json:"for_ns,omitempty"`
}

// MarshalJSON writes the event as one line of a log.
func (e Event) MarshalJSON() ([]byte, error) {
	j := eventJSON{Scenario: e.Scenario, Policy: e.Policy, Seed: e.Seed, At: e.At(), Task: e.Task()}
	switch r := e.Record.(type) {
	case agentchaos.Attempt:
		j.Event, j.Step, j.Attempt, j.Copy = "attempt", r.ID.Step, r.ID.Attempt, r.ID.Copy
		j.Target, j.Use, j.Begin, j.First = r.Target, r.Use.String(), r.Begin, r.First
		j.Kind, j.Variant, j.Status, j.RetryAfter = kindName(r.Kind), r.Variant.String(), r.Status, r.RetryAfter
		j.Got, j.EndBy, j.SlowBy, j.Wrong, j.Cut = r.Got, r.Truth.EndBy, r.Truth.SlowBy, r.Truth.Wrong, r.Truth.Cut
		j.Fault, j.SlowFault = e.Fault, e.SlowFault
		j.Input, j.Output, j.Replayed = r.Truth.Input, r.Truth.Output, r.Truth.Replayed
	case agentchaos.Called:
		j.Event, j.Step, j.Attempt, j.Copy = "call", r.ID.Step, r.ID.Attempt, r.ID.Copy
		j.Target, j.Preferred, j.Use = r.Target, r.Preferred, r.Use.String()
		j.Begin, j.Kind = r.Begin, kindName(r.Kind)
	case agentchaos.Task:
		j.Event, j.Begin, j.Outcome, j.Kind, j.Step, j.Steps = "task", r.Begin, r.Outcome.String(), kindName(r.Kind), r.Step, r.Steps
		j.Without = r.Without
	case agentchaos.Change:
		j.Event, j.Step, j.Attempt, j.Copy = r.What.String(), r.ID.Step, r.ID.Attempt, r.ID.Copy
		j.Target, j.Kind, j.Variant, j.For = r.Target, kindName(r.Kind), r.Variant.String(), r.For
		j.EndBy, j.Fault = r.By, e.Fault
	case Arrival:
		j.Event = "arrival"
	default:
		return nil, fmt.Errorf("no record to log: %T", e.Record)
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes; unknown words are errors.
func (e *Event) UnmarshalJSON(b []byte) error {
	var j eventJSON
	if err := strict(b, &j); err != nil {
		return err
	}
	kind, err := parseKind(j.Kind)
	if err != nil {
		return err
	}
	variant := agentchaos.NoVariant
	if j.Variant != "" {
		if variant, err = agentchaos.ParseVariant(j.Variant); err != nil {
			return err
		}
	}
	*e = Event{Scenario: j.Scenario, Policy: j.Policy, Seed: j.Seed}
	id := agentchaos.ID{Task: j.Task, Step: j.Step, Attempt: j.Attempt, Copy: j.Copy}
	switch j.Event {
	case "arrival":
		e.Record = Arrival{j.Task, j.At}
	case "attempt":
		use, err := parseUse(j.Use)
		e.Fault, e.SlowFault = j.Fault, j.SlowFault
		e.Record = agentchaos.Attempt{
			ID: id, Target: j.Target, Use: use, Begin: j.Begin, End: j.At, First: j.First, Kind: kind, Variant: variant,
			Status: j.Status, RetryAfter: j.RetryAfter, Got: j.Got,
			Truth: agentchaos.Truth{EndBy: j.EndBy, SlowBy: j.SlowBy, Wrong: j.Wrong, Cut: j.Cut, Replayed: j.Replayed, Input: j.Input, Output: j.Output},
		}
		return err
	case "call":
		use, err := parseUse(j.Use)
		e.Record = agentchaos.Called{
			ID: id, Target: j.Target, Preferred: j.Preferred, Use: use, Begin: j.Begin, End: j.At, Kind: kind,
		}
		return err
	case "task":
		o, err := parseOutcome(j.Outcome)
		e.Record = agentchaos.Task{Task: j.Task, Begin: j.Begin, End: j.At, Outcome: o, Kind: kind, Step: j.Step, Steps: j.Steps, Without: j.Without}
		return err
	default:
		for w := range agentchaos.Whats {
			if w.String() == j.Event {
				e.Fault = j.Fault
				e.Record = agentchaos.Change{At: j.At, What: w, ID: id, Target: j.Target, Kind: kind, Variant: variant, For: j.For, By: j.EndBy}
				return nil
			}
		}
		return fmt.Errorf("unknown event %q", j.Event)
	}
	return nil
}

func parseUse(s string) (agentchaos.Use, error) {
	for u := agentchaos.UseModel; u <= agentchaos.UseRetrieval; u++ {
		if u.String() == s {
			return u, nil
		}
	}
	return 0, fmt.Errorf("unknown use %q", s)
}

// WriteEvents writes a log: one JSON object to a line.
func WriteEvents(w io.Writer, events []Event) error {
	b := bufio.NewWriter(w)
	for i := range events {
		line, err := json.Marshal(events[i])
		if err != nil {
			return err
		}
		if _, err := b.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return b.Flush()
}

// ReadEvents reads a log. The error names the line.
func ReadEvents(r io.Reader) ([]Event, error) {
	var events []Event
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for n := 1; s.Scan(); n++ {
		if len(s.Bytes()) == 0 {
			continue
		}
		var e Event
		if err := json.Unmarshal(s.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		events = append(events, e)
	}
	return events, s.Err()
}
