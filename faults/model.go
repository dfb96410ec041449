package faults

import (
	"fmt"
	"math"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Model is how a simulated model behaves when it is healthy. The zero value answers at once, without limits, for nothing.
type Model struct {
	FirstToken agentchaos.Quantiles // ns from the start of the work to the first token
	PerToken   agentchaos.Quantiles // ns per output token; one draw for a whole answer
	Limits     Limits
	Capacity   Capacity
	Price      Price
	Quality    *float64           // weight of an answer from this model, 0 to 1; nil: 1
	Dialect    agentchaos.Dialect // Plain (0): by the target's name
}

// Lack is what an answer from it is worth less than a full one, in millionths.
func (m *Model) Lack() int64 {
	if m.Quality == nil {
		return 0
	}
	return int64(math.Round((1 - *m.Quality) * 1e6))
}

// Limits are token buckets that refill continuously and start full. 0: none.
type Limits struct {
	RequestsPerMinute     int64
	InputTokensPerMinute  int64
	OutputTokensPerMinute int64 // charged when the request is admitted, for all the output it asks for
	Burst                 int64 // requests that the request bucket holds; 0: a minute's worth
}

func (l Limits) check() error {
	if l.Burst != 0 && l.RequestsPerMinute == 0 {
		return fmt.Errorf("burst needs requests_per_minute")
	}
	for _, b := range []struct {
		name        string
		rate, burst int64
	}{
		{"requests_per_minute", l.RequestsPerMinute, l.Burst},
		{"input_tokens_per_minute", l.InputTokensPerMinute, 0},
		{"output_tokens_per_minute", l.OutputTokensPerMinute, 0},
	} {
		if err := checkBucket(b.name, b.rate, b.burst); err != nil {
			return err
		}
	}
	return nil
}

// Capacity is how many requests a provider works on at a time, and what that does to each of them.
type Capacity struct {
	Concurrency int       // 0: no limit
	Queue       int       // how many more may wait; above that overloaded, at once. 0: nobody waits
	Abandoned   Abandoned // what becomes of the work of a client that has gone

	// Slowdown is what contention costs, by a linear model: the first token of a request comes later by Slowdown times the
	// number of requests at work when its own work begins, itself included. It counts as work: it fills the capacity, and
	// a slow fault multiplies it with the rest. How long a request takes is fixed when it arrives, so one that will wait
	// in line reckons with those that are there before it; one that comes later and begins earlier, in the place of
	// somebody who has left, is not among them. 0: none.
	Slowdown time.Duration
}

func (c Capacity) check() error {
	switch {
	case c.Concurrency < 0 || c.Queue < 0:
		return fmt.Errorf("concurrency and queue are not negative")
	case c.Queue > 0 && c.Concurrency == 0:
		return fmt.Errorf("queue needs concurrency: without it nobody ever waits")
	case c.Slowdown < 0:
		return fmt.Errorf("slowdown %v is negative", c.Slowdown)
	}
	return nil
}

// Abandoned says what a client's leaving does to its request.
type Abandoned uint8

const (
	// Run: the request keeps its place and its slot to the end, and all its output is paid for.
	Run Abandoned = iota
	// Cancel: its place in the line and the rest of its time in the slot are free for requests that arrive later. The start
	// of every request is fixed when it arrives, so those already in line do not move up, and time in a slot with somebody
	// scheduled behind it is lost. It slows nobody any more.
	Cancel
)

// AbandonedNames are the settings as written in scenario files, by value.
var AbandonedNames = [...]string{"run", "cancel"}

// String is the setting as written in scenario files.
func (a Abandoned) String() string { return AbandonedNames[a] }

// Price is in nano-dollars per token: 3.00 US$ per million tokens are 3000.
type Price struct{ Input, Output int64 }

// Tool is how a simulated tool or retrieval index behaves when it is healthy. The zero value is a model's Use: set it.
type Tool struct {
	Use     agentchaos.Use
	Latency agentchaos.Quantiles // ns to the answer
	NoKeys  bool                 // of a write tool: it knows no idempotency keys and does everything it is asked
	Expiry  time.Duration        // for how long it keeps a key; 0: 24h
}

// keep is for how long it keeps keys; 0: it knows none.
func (t *Tool) keep() time.Duration {
	switch {
	case t.NoKeys:
		return 0
	case t.Expiry == 0:
		return keep
	}
	return t.Expiry
}
