package faults

import (
	"fmt"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Say is a way to say when to come back.
type Say uint8

// The ways.
const (
	SayDefault  Say = iota // Honest for a token bucket, None for every other fault
	SayHonest              // when the request would conform, if nobody else came; token buckets only
	SayNone                // nothing
	SayFor                 // a fixed wait, in whole seconds rounded up
	SayDate                // as an HTTP date: the honest wait of a token bucket, else For
	SayHuge                // a day
	SayNegative            // -1, which means nothing
)

// RetryAfter is the retry_after of a fault. The zero value is its default.
type RetryAfter struct {
	Say Say
	For time.Duration // of SayFor, and of SayDate without a token bucket (0: 10s)
}

var sayWords = map[string]Say{"honest": SayHonest, "none": SayNone, "date": SayDate, "huge": SayHuge, "negative": SayNegative}

// ParseRetryAfter reads honest, none, date, huge, negative or a Go duration.
func ParseRetryAfter(s string) (RetryAfter, error) {
	if say, ok := sayWords[s]; ok {
		return RetryAfter{Say: say}, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return RetryAfter{}, fmt.Errorf("retry_after %q is none of honest, none, date, huge, negative, or a duration", s)
	}
	return RetryAfter{SayFor, d}, nil
}

// check is for faults without a token bucket.
func (r RetryAfter) check() error {
	switch {
	case r.Say == SayHonest:
		return fmt.Errorf("retry_after: honest needs a token bucket: nothing else knows when it ends")
	case r.For < 0:
		return fmt.Errorf("retry_after %v is negative: write negative", r.For)
	}
	return nil
}

// fixed is what a fault without a token bucket says.
func (r RetryAfter) fixed() agentchaos.RetryAfter {
	wait := r.For
	if r.Say == SayDate && wait == 0 {
		wait = 10 * time.Second
	}
	return r.says(wait)
}

// says gives a wait the form that was asked for.
func (r RetryAfter) says(wait time.Duration) agentchaos.RetryAfter {
	switch r.Say {
	case SayHonest, SayFor:
		return agentchaos.After(wait)
	case SayDate:
		return agentchaos.RetryAfter{Hint: agentchaos.HintDate, Millis: agentchaos.After(wait).Millis}
	case SayHuge:
		return agentchaos.After(agentchaos.HugeRetryAfter)
	case SayNegative:
		return agentchaos.RetryAfter{Hint: agentchaos.HintNegative, Millis: -1000}
	}
	return agentchaos.RetryAfter{}
}
