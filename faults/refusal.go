package faults

import (
	"fmt"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
)

// The kinds that are refusals. Quota has next to no settings: nothing about it passes.
var (
	_ = refusal(agentchaos.Quota, "429 that will never succeed: the money is spent", "should_retry")
	_ = refusal(agentchaos.Overloaded, "no capacity for anybody: 529 at Anthropic, 503 elsewhere", refusalSettings...)
	_ = refusal(agentchaos.Unavailable, "500: the provider is broken", refusalSettings...)
	_ = refusal(agentchaos.Auth, "401: the key is wrong", refusalSettings...)
	_ = refusal(agentchaos.NotFound, "404: the model or tool is gone", refusalSettings...)
	_ = refusal(agentchaos.InvalidRequest, "400: the request is wrong", refusalSettings...)
	_ = refusal(agentchaos.Conflict, "409: somebody else is at it", refusalSettings...)
	_ = refusal(agentchaos.ContextLength, "400: the prompt is too long for the model", refusalSettings...)
	_ = refusal(agentchaos.ContentFilter, "400: refused for its content", refusalSettings...)
)

var refusalSettings = []string{"status", "delay", "retry_after", "should_retry"}

func refusal(of agentchaos.Kind, doc string, settings ...string) Info {
	refusals = append(refusals, of)
	return kind(Info{Kind: of.String(), Doc: doc, Settings: settings, Make: func(g Given) Fault {
		return Refusal{Of: of, Status: g.Status, Delay: g.Delay, RetryAfter: g.RetryAfter, Advice: g.Advice}
	}})
}

// refusals are the kinds of failure that a Refusal can be of.
var refusals []agentchaos.Kind

// Refusal is an error of its kind instead of an answer: quota, overloaded, unavailable, auth, not_found, invalid_request,
// conflict, context_length or content_filter. Nothing has been done for it.
type Refusal struct {
	Of         agentchaos.Kind
	Status     int           // the HTTP status; 0: the dialect's. At a model it decides the kind where its error body does not: invalid_request with 404 is not_found
	Delay      time.Duration // until it is answered
	RetryAfter RetryAfter    // default: none
	Advice     agentchaos.Advice
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
		Form: agentchaos.Refuse, Kind: f.Of, Status: f.Status, Delay: f.Delay, RetryAfter: f.RetryAfter.fixed(), Advice: f.Advice,
	})
}

// Describe is what it does, for reports.
func (f Refusal) Describe(subject func(string) string) string {
	return subject("requests") + " fail as " + f.Kind()
}
