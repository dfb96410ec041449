package agentchaos

import (
	"context"
	"errors"
	"strconv"
	"time"
)

// An Error is a failed attempt or a refused call.
type Error struct {
	Kind       Kind
	Variant    Variant       // of Malformed
	Status     int           // HTTP status: 200 after the headers, 0 where there were none
	RetryAfter time.Duration // what a strict client understands from the provider's Retry-After; 0: none
	Target     string
	Got        int           // output tokens received before it failed
	First      time.Duration // when the first of them came, since the attempt began; 0: none came
	Err        error         // the cause: for BudgetExhausted the last failure; io.ErrUnexpectedEOF for a Truncated of which the transport knows; nil: none
}

// Error names the target, the kind, and what the wire said.
func (e *Error) Error() string {
	s := e.Kind.String()
	if e.Target != "" {
		s = e.Target + ": " + s
	}
	if e.Variant != NoVariant {
		s += " " + e.Variant.String()
	}
	if e.Status != 0 {
		s += " (status " + strconv.Itoa(e.Status) + ")"
	}
	if e.RetryAfter != 0 {
		s += ", retry after " + e.RetryAfter.String()
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Is matches the error's Kind, so that errors.Is(err, agentchaos.Timeout) works.
func (e *Error) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == e.Kind
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is total: every error has one kind, nil is None, an expired context is Timeout, and what nobody has classified is
// Unavailable.
func KindOf(err error) Kind {
	if err == nil {
		return None
	}
	if e, ok := err.(*Error); ok { // the path of every simulated attempt
		return e.Kind
	}
	var e *Error
	var k Kind
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.As(err, &k):
		return k
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.Is(err, context.Canceled):
		return Cancelled
	}
	return Unavailable
}
