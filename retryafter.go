package agentchaos

import "time"

// Hint is the form in which a provider says when to come back.
type Hint uint8

// The forms of a Retry-After.
const (
	NoHint       Hint = iota // none
	HintSeconds              // Retry-After: whole seconds (RFC 9110 §10.2.3)
	HintMillis               // retry-after-ms, as Azure sends it
	HintDate                 // Retry-After: an HTTP date, of whole seconds
	HintNegative             // Retry-After: -1, which means nothing
	HintFraction             // Retry-After: seconds with a fraction, which RFC 9110 does not have and the SDKs read all the same
	HintZero                 // Retry-After: 0, at once
	HintConflict             // Retry-After in whole seconds, and a retry-after-ms of a tenth of them
)

// RetryAfter is what a refusal says about when to come back: the form and the wait it stands for.
type RetryAfter struct {
	Hint   Hint
	Millis int64
}

// HugeRetryAfter is what `retry_after: huge` sends: a day, which no task outlives.
const HugeRetryAfter = 24 * time.Hour

// After makes the Retry-After header of a wait: whole seconds, rounded up, as providers send it.
func After(d time.Duration) RetryAfter {
	return RetryAfter{HintSeconds, int64((d+time.Second-1)/time.Second) * 1000}
}

// Epoch is the calendar time at which every run begins, in both worlds: what dates on the wire count from.
var Epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Understood is what a strict client makes of it, arriving at time now of the run; 0: nothing. A date has whole seconds, so
// the wait that it stands for is rounded up to the next second of the calendar.
func (r RetryAfter) Understood(now time.Duration) time.Duration {
	d := time.Duration(r.Millis) * time.Millisecond
	switch r.Hint {
	case HintSeconds:
		return (d + time.Second - 1) / time.Second * time.Second
	case HintMillis, HintFraction:
		return d
	case HintConflict: // the SDKs take the milliseconds
		return d / 10
	case HintDate:
		return (now+d+time.Second-1)/time.Second*time.Second - now
	}
	return 0
}
