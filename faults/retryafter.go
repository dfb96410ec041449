package faults

import (
	"fmt"
	"strings"
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
	SayMillis              // in milliseconds, as Azure does: the honest wait of a token bucket, else For
	SayFraction            // in seconds with a fraction: the same
	SayZero                // 0: at once
	SayConflict            // in whole seconds, and in milliseconds a tenth of them: the same
)

// RetryAfter is the retry_after of a fault. The zero value is its default.
type RetryAfter struct {
	Say Say
	For time.Duration // of SayFor, and of SayDate, SayMillis, SayFraction and SayConflict without a token bucket (0: 10s; of the middle two 1.5s)
}

// counts reports whether it says how long the wait of a token bucket is.
func (s Say) counts() bool {
	switch s {
	case SayHonest, SayDate, SayMillis, SayFraction, SayConflict:
		return true
	}
	return false
}

// SayNames are the words for them in scenario files; a duration is SayFor.
var SayNames = []string{"honest", "none", "date", "huge", "negative", "milliseconds", "fraction", "zero", "conflict"}

var sayWords = map[string]Say{
	"honest": SayHonest, "none": SayNone, "date": SayDate, "huge": SayHuge, "negative": SayNegative,
	"milliseconds": SayMillis, "fraction": SayFraction, "zero": SayZero, "conflict": SayConflict,
}

// ParseRetryAfter reads one of SayNames or a Go duration.
func ParseRetryAfter(s string) (RetryAfter, error) {
	if say, ok := sayWords[s]; ok {
		return RetryAfter{Say: say}, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return RetryAfter{}, fmt.Errorf("retry_after %q is none of %s, or a duration", s, strings.Join(SayNames, ", "))
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
	switch {
	case wait != 0:
	case r.Say == SayDate || r.Say == SayConflict:
		wait = 10 * time.Second
	case r.Say == SayMillis || r.Say == SayFraction:
		wait = 1500 * time.Millisecond
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
	case SayMillis:
		return agentchaos.RetryAfter{Hint: agentchaos.HintMillis, Millis: millis(wait)}
	case SayFraction:
		return agentchaos.RetryAfter{Hint: agentchaos.HintFraction, Millis: millis(wait)}
	case SayZero:
		return agentchaos.RetryAfter{Hint: agentchaos.HintZero}
	case SayConflict:
		return agentchaos.RetryAfter{Hint: agentchaos.HintConflict, Millis: agentchaos.After(wait).Millis}
	case SayHuge:
		return agentchaos.After(agentchaos.HugeRetryAfter)
	case SayNegative:
		return agentchaos.RetryAfter{Hint: agentchaos.HintNegative, Millis: -1000}
	}
	return agentchaos.RetryAfter{}
}

// millis is a wait in whole milliseconds, rounded up.
func millis(d time.Duration) int64 { return int64((d + time.Millisecond - 1) / time.Millisecond) }
