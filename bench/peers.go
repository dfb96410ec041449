// Package bench measures the reference stack beside its peers: one composition (fallback, retry, breaker, timeout) four
// times, behind one signature. It is a module of its own, so that what it compares with is no dependency of agentchaos.
//
// A test shows that the four make the same attempts and give the same answers, and that their benchmarks compare like with
// like.
package bench

import (
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// The settings of all four: two models, each with a breaker of its own.
const (
	attempts = 3                // of a call on a model, without backoff
	failures = 5                // in a row open a breaker
	recovery = 30 * time.Second // until it lets one probe through
	limit    = time.Minute      // of an attempt
)

var models = [...]string{"anthropic/claude-sonnet-4", "openai/gpt-4o"}

// A Peer builds the composition around a leaf, with fresh state.
type Peer func(leaf agentchaos.Call) agentchaos.Call

// Peers are the four, ours first.
var Peers = []struct {
	Name string
	Make Peer
}{{"agentchaos", Ours}, {"failsafe-go", Failsafe}, {"gobreaker + backoff", Gobreaker}, {"by hand", ByHand}}

// Which failures are tried again, fall back and count is one table for all: that of the reference stack.

func retried(err error) bool {
	retry, _, _ := resilience.Class(agentchaos.KindOf(err), agentchaos.NoVariant)
	return retry
}

func helped(err error) bool {
	_, fallBack, _ := resilience.Class(agentchaos.KindOf(err), agentchaos.NoVariant)
	return fallBack
}

func counts(err error) bool {
	_, _, breaker := resilience.Class(agentchaos.KindOf(err), agentchaos.NoVariant)
	return breaker
}
