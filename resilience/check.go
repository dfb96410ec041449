package resilience

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Validate lists the settings that cannot be run, each with its path and what would be right. Nil: the policy may start.
func (p Policy) Validate() []Risk {
	var c checker
	for i, m := range p.Models {
		path := fmt.Sprintf("models[%d]", i)
		c.no(m == "", path, "a model has a name, such as anthropic/claude-sonnet-4")
		c.no(slices.Contains(p.Models[:i], m), path, m+" is in the chain already: to ask it again, raise retry.attempts")
	}
	c.duration("timeout.first_token", p.Timeout.FirstToken)
	c.duration("timeout.idle", p.Timeout.Idle)
	c.duration("timeout.attempt", p.Timeout.Attempt)
	c.duration("hedge.after", p.Hedge.After)
	c.retry(p.Retry)
	c.count("repair.attempts", p.Repair.Attempts)
	if most := max(1, p.Retry.Attempts) * (1 + max(0, p.Repair.Attempts)); p.Retry.Attempts <= MaxAttempts {
		c.no(most > math.MaxUint8, "repair.attempts", fmt.Sprintf(
			"retries and re-asks make up to %d attempts of one call; at most %d can be numbered", most, math.MaxUint8))
	}
	if b := p.RetryBudget; b != nil {
		c.rate("retry_budget.ratio", b.Ratio, math.Inf(1))
		c.rate("retry_budget.min_per_second", b.MinPerSecond, math.Inf(1))
	}
	if p.Breaker != nil {
		c.breaker(*p.Breaker)
	}
	c.count("bulkhead.concurrency", p.Bulkhead.Concurrency)
	c.count("bulkhead.queue", p.Bulkhead.Queue)
	if p.Checkpoint != nil {
		c.count("checkpoint.every", p.Checkpoint.Every)
	}
	c.duration("degrade.reserve", p.Degrade.Reserve)
	c.no(p.Degrade.Reserve > 0 && !p.Degrade.Deadline, "degrade.reserve", "time is kept for a partial result, which degrade.deadline does not ask for")
	c.no(p.Bulkhead.Queue > 0 && p.Bulkhead.Concurrency == 0, "bulkhead.queue", "there is nothing to wait for without a concurrency")
	return c.found
}

type checker struct{ found []Risk }

func (c *checker) no(wrong bool, path, message string) {
	if wrong {
		c.found = append(c.found, Risk{path, message})
	}
}

func (c *checker) duration(path string, d time.Duration) {
	c.no(d < 0, path, fmt.Sprintf("%v is negative", d))
}

func (c *checker) count(path string, n int) {
	c.no(n < 0, path, fmt.Sprintf("%d is negative", n))
}

func (c *checker) rate(path string, x, most float64) {
	c.no(!(x >= 0) || x > most || math.IsInf(x, 0), path, fmt.Sprintf("%v is not between 0 and %v", x, most))
}

func (c *checker) retry(r Retry) {
	c.count("retry.attempts", r.Attempts)
	c.no(r.Attempts > MaxAttempts, "retry.attempts", fmt.Sprintf("%d is above %d", r.Attempts, MaxAttempts))
	c.duration("retry.max_retry_after", r.MaxRetryAfter)
	for i, k := range r.On {
		c.no(final(k) || int(k) >= agentchaos.Kinds, fmt.Sprintf("retry.on[%d]", i), k.String()+" ends a call on its target, it is never tried again")
	}
	b := r.Backoff
	c.duration("retry.backoff.initial", b.Initial)
	c.duration("retry.backoff.max", b.Max)
	c.no(b.Initial == 0 && b != Backoff{}, "retry.backoff.initial", "the first wait is missing; without it there is no wait at all")
	c.no(b.Max > 0 && b.Max < b.Initial, "retry.backoff.max", fmt.Sprintf("%v is below the first wait, %v", b.Max, b.Initial))
	c.no(b.Factor != 0 && !(b.Factor >= 1 && !math.IsInf(b.Factor, 0)), "retry.backoff.factor", fmt.Sprintf("%v is not at least 1", b.Factor))
	j := b.Jitter
	c.no(!(j.Lo >= 0 && j.Lo <= j.Hi && !math.IsInf(j.Hi, 0)), "retry.backoff.jitter",
		fmt.Sprintf("%v to %v is not a range of factors such as 0.75 to 1", j.Lo, j.Hi))
	c.no(j.Decorrelated && (j.Lo != 0 || j.Hi != 0), "retry.backoff.jitter", "decorrelated jitter has no range of factors")
}

func (c *checker) breaker(b Breaker) {
	c.count("breaker.failures", b.Failures)
	c.rate("breaker.failure_rate", b.FailureRate, 1)
	c.duration("breaker.window", b.Window)
	c.count("breaker.min_calls", b.MinCalls)
	c.duration("breaker.recovery", b.Recovery)
	c.count("breaker.probes", b.Probes)
	c.no(b.FailureRate == 0 && b.Window != 0, "breaker.window", "only failure_rate has a window; consecutive failures have none")
	c.no(b.FailureRate == 0 && b.MinCalls != 0, "breaker.min_calls", "only failure_rate asks for a number of calls; consecutive failures do not")
}
