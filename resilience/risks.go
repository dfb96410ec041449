package resilience

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Risk is a setting that works and is known to hurt: where it stands, and what would mend it.
type Risk struct {
	Path    string // such as "retry.backoff"
	Message string
}

// patience is how long a call may spend waiting between attempts on one model while another could be asked. Longer than
// the p99 of a first token at any vendor (WEATHER.md), and half of the usual max_retry_after.
const patience = 30 * time.Second

// Risks lists what is risky about the policy by itself, in the order of its settings. A policy of nothing but models is a
// baseline on purpose and has none.
func (p Policy) Risks() []Risk {
	bare := Policy{Models: p.Models}
	if p.Timeout == bare.Timeout && p.Retry.Attempts <= 1 && p.RetryBudget == nil && p.Breaker == nil &&
		p.Hedge == bare.Hedge && p.Bulkhead == bare.Bulkhead && p.Repair == bare.Repair && !p.TrustAnswers &&
		p.Idempotency == nil && p.Checkpoint == nil && !p.Degrade.skips() && !p.Degrade.Deadline {
		return nil
	}
	var c checker
	p.answerRisks(&c)
	p.timeoutRisks(&c)
	p.retryRisks(&c)
	p.breakerRisks(&c)
	p.hedgeRisks(&c)
	return c.found
}

// RisksWith lists what is risky about the policy under the agent's tasks, on top of [Policy.Risks].
func (p Policy) RisksWith(a Agent) []Risk {
	var c checker
	// The wait for a provider that does not answer ends with the task, or never (WIRE.md §5, deadline propagation).
	c.no(a.Deadline == 0, "deadline", "a task may take for ever: give the agent a deadline")
	waits := p.Retry.longestWait()
	c.no(a.Deadline > 0 && waits >= a.Deadline, "retry.backoff",
		fmt.Sprintf("the waits add up to %v, and the task's deadline is %v: retry less often, or lower backoff.max", waits, a.Deadline))
	c.no(a.Deadline > 0 && p.Timeout.Attempt >= a.Deadline, "timeout.attempt",
		fmt.Sprintf("one attempt may use up the whole deadline of %v: nothing is left for a retry or for the next model", a.Deadline))
	p.writeRisks(&c, a)
	c.no(p.Degrade.Deadline && a.Deadline > 0 && p.Degrade.Reserve >= a.Deadline, "degrade.reserve",
		fmt.Sprintf("the whole deadline of %v is kept for the result: no step is ever begun", a.Deadline))
	return c.found
}

// without is what is risky about leaving out a write.
const without = "has a side effect, and the task is served without it: can the user do without?"

// writeRisks are about side effects. A timeout does not say whether the tool did its work, nor does a crash (agent-framework
// issue 3938; Stripe, "Designing robust and predictable APIs with idempotency").
func (p Policy) writeRisks(c *checker, a Agent) {
	target := ""
	Each(a.Steps, func(s *Step) {
		if s.Use == agentchaos.UseWrite && target == "" {
			target = s.Target
		}
	})
	bare := target != "" && p.Idempotency == nil
	c.no(bare && p.Retry.Attempts > 1, "retry.attempts", target+" has a side effect, and a lost answer makes it happen twice: repeat writes under an idempotency key only (idempotency: {})")
	c.no(bare && p.Checkpoint != nil, "checkpoint", target+" has a side effect, and a crash between it and the checkpoint makes it happen twice: add idempotency: {}")
	for _, name := range slices.Sorted(maps.Keys(p.Degrade.Tools)) {
		write := false
		Each(a.Steps, func(s *Step) { write = write || s.Target == name && s.Use == agentchaos.UseWrite })
		c.no(write && p.Degrade.Tools[name], "degrade.tools", name+" "+without)
	}
	kinds, later := numbered(a.Steps), drawnWrite(a.Steps)
	for _, n := range slices.Sorted(maps.Keys(p.Degrade.Steps)) {
		switch {
		case n == 0 || !p.Degrade.Steps[n]:
		case int(n) > len(kinds):
			c.no(later != "" && int(n) <= Most(a.Steps), "degrade.steps", fmt.Sprintf("step %d may be %s, which %s", n, later, without))
		default:
			s := kinds[n-1]
			c.no(s.Use == agentchaos.UseWrite, "degrade.steps", fmt.Sprintf("step %d, %s, %s", n, s.Target, without))
		}
	}
}

// drawnWrite is the first target with a side effect among the steps whose numbers are not the same for every task; "": none.
func drawnWrite(steps []Step) (target string) {
	first := slices.IndexFunc(steps, func(s Step) bool { return drawn([]Step{s}) })
	if first < 0 {
		return ""
	}
	Each(steps[first:], func(s *Step) {
		if s.Use == agentchaos.UseWrite && target == "" {
			target = s.Target
		}
	})
	return target
}

// longestWait is the sum of all waits of a call on one target, at their longest.
func (s Retry) longestWait() time.Duration {
	if s.Attempts <= 1 || s.Backoff.Initial <= 0 {
		return 0
	}
	w, sum, prev := s.Backoff.waits(s.Attempts), time.Duration(0), s.Backoff.Initial
	for n := 1; n < s.Attempts && sum < longest; n++ {
		prev = w.after(n, prev, ^uint64(0))
		sum += prev
	}
	return sum.Round(time.Millisecond)
}

func (p *Policy) answerRisks(c *checker) {
	// What parses is not what was asked for; no SDK looks (WIRE.md §3.1: malformed answers pass through as success).
	c.no(p.TrustAnswers && p.Repair.Attempts == 0, "validate", "malformed answers pass for good ones: leave validation on")
	c.no(p.TrustAnswers && p.Repair.Attempts > 0, "repair", "nothing is ever found malformed while validate is false: leave validation on")
}

func (p *Policy) timeoutRisks(c *checker) {
	// AWS Builders' Library, "Timeouts, retries, and backoff with jitter": a timeout on any remote call. Vendors' SDKs wait
	// 10 minutes by default (WIRE.md §3.1).
	c.no(p.Timeout.Attempt == 0, "timeout.attempt", "an attempt that hangs holds its call for ever, and no retry or fallback begins: set one, such as 60s")
	c.no(p.Bulkhead.Queue > 0 && p.Timeout.Attempt == 0, "bulkhead.queue",
		"a hanging attempt keeps its slot, and the queue behind it never moves: set timeout.attempt")
}

func (p *Policy) retryRisks(c *checker) {
	r := p.Retry
	if r.Attempts <= 1 {
		return
	}
	waits := r.longestWait()
	switch {
	case r.Backoff.Initial == 0:
		// AWS Builders' Library, same article: retries without backoff keep an overloaded provider down.
		c.no(true, "retry.backoff", "retries follow at once and meet the same trouble: add a backoff, such as {initial: 500ms, max: 30s, jitter: full}")
	case r.Backoff.Jitter == NoJitter:
		// Brooker, "Exponential Backoff And Jitter": without jitter the clear loser (PUBLISHED.md §3.1).
		c.no(true, "retry.backoff.jitter", "callers that failed together come back together: use jitter full or decorrelated")
	}
	c.no(len(p.Models) > 1 && waits > patience, "retry.attempts",
		fmt.Sprintf("the next model is asked only after %d attempts and up to %v of waiting: retry less often before falling back", r.Attempts, waits))
	// SRE book, "Handling Overload": three attempts a request and a 10 % budget a client, together at most 1.1 times the
	// load; without, each layer of retries multiplies it. Metastable failures need such a loop (Bronson et al., HotOS '21).
	c.no(r.Attempts > 3 && p.RetryBudget == nil, "retry_budget",
		fmt.Sprintf("in an outage %d attempts make up to %d times the load: add a retry_budget, such as {ratio: 20%%, min_per_second: 1}", r.Attempts, r.Attempts))
	c.no(r.Attempts <= 3 && p.RetryBudget == nil && p.Breaker == nil, "breaker",
		"nothing stops the retries while the target is down: add a breaker or a retry_budget")
	c.no(p.RetryBudget != nil && *p.RetryBudget == RetryBudget{}, "retry_budget", "it grants nothing, so nothing is ever retried: set ratio or min_per_second")
}

func (p *Policy) breakerRisks(c *checker) {
	if p.Breaker == nil {
		return
	}
	// The time to notice a dead target. A probe that takes longer than the rest before it keeps the breaker half-open most of
	// the time (Azure Architecture Center, "Circuit Breaker pattern": recovery time should match the operation).
	notice := p.Timeout.FirstToken
	if notice == 0 {
		notice = p.Timeout.Attempt
	}
	recovery := newCircuit(*p.Breaker).settings.Recovery
	c.no(recovery < notice, "breaker.recovery",
		fmt.Sprintf("%v is shorter than the %v a probe takes to time out: a dead target is asked nearly all the time", recovery, notice))
}

func (p *Policy) hedgeRisks(c *checker) {
	if p.Hedge.After == 0 {
		return
	}
	// Dean and Barroso, "The Tail at Scale": hedge about 5 % of requests. When everything is slow, everything is copied.
	c.no(p.RetryBudget == nil, "hedge", "when the provider is slow every call is copied, which doubles its load and the bill: add a retry_budget")
	limit := p.Timeout.Attempt
	if p.Timeout.FirstToken > 0 && (limit == 0 || p.Timeout.FirstToken < limit) {
		limit = p.Timeout.FirstToken
	}
	c.no(limit > 0 && p.Hedge.After >= limit, "hedge.after",
		fmt.Sprintf("an attempt ends after %v without a token, so the copy never starts: hedge earlier", limit))
}
