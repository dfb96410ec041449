package agentchaos

import "time"

// A Meter is the state of a token bucket as a provider's rate-limit headers show it.
type Meter struct {
	Name      string        // one of the names below
	Limit     int64         // what the bucket holds: a minute's worth, unless it has a burst
	Remaining int64         // whole tokens that could be taken now
	Reset     time.Duration // until the bucket is full again, if nobody takes from it; 0: it is full
}

// The names of meters.
const (
	MeterRequests     = "requests"
	MeterInputTokens  = "input_tokens"
	MeterOutputTokens = "output_tokens"
	MeterTokens       = "tokens" // input and output together
)
