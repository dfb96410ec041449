package faults

import (
	"fmt"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
)

// refusals are the kinds of failure that a Refusal can be of.
var refusals = []agentchaos.Kind{
	agentchaos.Quota, agentchaos.Overloaded, agentchaos.Unavailable, agentchaos.Auth, agentchaos.NotFound,
	agentchaos.InvalidRequest, agentchaos.Conflict, agentchaos.ContextLength, agentchaos.ContentFilter,
}

// Refusal is an error of its kind instead of an answer: quota, overloaded, unavailable, auth, not_found, invalid_request,
// conflict, context_length or content_filter. Nothing has been done for it.
type Refusal struct {
	Of         agentchaos.Kind
	Status     int           // the HTTP status; 0: the dialect's
	Delay      time.Duration // until it is answered
	RetryAfter RetryAfter    // default: none
}

// Kind is the name of the kind of failure.
func (f Refusal) Kind() string { return f.Of.String() }

// Check reports settings that make no sense.
func (f Refusal) Check() error {
	if !slices.Contains(refusals, f.Of) {
		return fmt.Errorf("there is no fault of kind %v", f.Of)
	}
	if f.Status != 0 && (f.Status < 400 || f.Status > 599) {
		return fmt.Errorf("status %d is no error of HTTP", f.Status)
	}
	if err := f.RetryAfter.check(); err != nil {
		return err
	}
	return checkPositive("delay", f.Delay)
}

// Start makes every attempt fail so.
func (f Refusal) Start(agentchaos.Seed, string) Injector {
	return ends(agentchaos.Ending{
		Form: agentchaos.Refuse, Kind: f.Of, Status: f.Status, Delay: f.Delay, RetryAfter: f.RetryAfter.fixed(),
	})
}
