package scenarios

import (
	"fmt"
	"strings"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// policy is an entry of `policies`, and where its keys stand.
type policy struct {
	resilience.Policy
	place at
}

// maxAttempts is what one call may ask of one target: attempts are numbered in 8 bits, re-asks included.
const maxAttempts = resilience.MaxAttempts

func policySection(l *loader) *section[policy] {
	type p = policy
	return &section[p]{name: "policy", doc: "a configuration of the resilience stack; what is left out is off", check: func(d *decoder, v at, t *p) {
		for _, x := range t.Validate() {
			d.fail(v.find(x.Path), join(v.path, x.Path), x.Message, "")
		}
		t.place = v
	}, fields: []field[p]{
		needed(chainField(l)),
		sectionField("timeout", "none", timeoutSection, func(t *p) *resilience.Timeout { return &t.Timeout }),
		sectionField("retry", "no retry", retrySection, func(t *p) *resilience.Retry { return &t.Retry }),
		sectionField("retry_budget", "no limit", budgetSection, func(t *p) *resilience.RetryBudget { t.RetryBudget = &resilience.RetryBudget{}; return t.RetryBudget }),
		sectionField("breaker", "none", breakerSection, func(t *p) *resilience.Breaker { t.Breaker = &resilience.Breaker{}; return t.Breaker }),
		sectionField("hedge", "none", hedgeSection, func(t *p) *resilience.Hedge { return &t.Hedge }),
		sectionField("bulkhead", "no limit", bulkheadSection, func(t *p) *resilience.Bulkhead { return &t.Bulkhead }),
		sectionField("repair", "none", repairSection, func(t *p) *resilience.Repair { return &t.Repair }),
		yesField("validate", "whether answers are parsed and checked against their schema", "true", func(t *p) *bool { return &t.TrustAnswers }).not(func(t *p) *bool { return &t.TrustAnswers }),
		sectionField("idempotency", "none", idempotencySection, func(t *p) *resilience.Idempotency { t.Idempotency = &resilience.Idempotency{}; return t.Idempotency }),
		sectionField("checkpoint", "none", checkpointSection, func(t *p) *resilience.Checkpointing { t.Checkpoint = &resilience.Checkpointing{}; return t.Checkpoint }),
		sectionField("degrade", "what fails for good fails the task", degradeSection(l), func(t *p) *resilience.Degrade { return &t.Degrade }),
		laterField[p]("retry_after", "what to make of a Retry-After", "Compare"),
		laterField[p]("attempts_for", "attempts by kind of failure", "Compare"),
		laterField[p]("layers", "the stack as a list, outermost first", "Compare"),
	}}
}

// not makes a field of bool store the opposite: the zero value of a setting is not always its YAML word's false.
func (f field[T]) not(to func(*T) *bool) field[T] {
	read := f.read
	f.read = func(d *decoder, v at, t *T) {
		read(d, v, t)
		*to(t) = !*to(t)
	}
	return f
}

// chainShape is a fallback chain in the JSON Schema.
var chainShape = shape{"type": "array", "items": shape{"type": "string", "pattern": `^[^*?\[\\]+/[^*?\[\\]+$`, "not": shape{"pattern": "^(tool|retrieval)/"}}, "minItems": 1, "uniqueItems": true}

func chainField(l *loader) field[policy] {
	return field[policy]{key: "models", doc: "the fallback chain, best first", shape: chainShape, read: func(d *decoder, v at, t *policy) { t.Models = l.chain(d, v) }}
}

// chain reads a fallback chain.
func (l *loader) chain(d *decoder, v at) (models []string) {
	seen := map[string]bool{}
	if v.shape == scalarNode {
		d.fail(v.node, v.path, "is "+quote(v.text)+"; want a list of models, best first", "["+v.text+"]?")
		return nil
	}
	d.list(v, "a list of models, best first", func(v at) {
		if v.shape == mapNode && v.get("pool") != nil {
			d.notYet(v.keyNode("pool"), v.path, "a pool of models", "Compare")
			return
		}
		if !d.want(v, scalarNode, "the name of a model") {
			return
		}
		if seen[v.text] {
			d.fail(v.node, v.path, fmt.Sprintf("the model %s is in the chain twice", quote(v.text)), "going on to the model that has just failed is a retry: retry: {attempts: …}")
		}
		seen[v.text] = true
		if misnamedModel(d, v) {
			return
		}
		if strings.ContainsAny(v.text, globs) {
			d.fail(v.node, v.path, quote(v.text)+" is a glob; want the name of one model", hintFor(v.text, "models", chainable(l.models.names())))
			return
		}
		if l.model(d, v) {
			models = append(models, v.text)
		}
	})
	if len(v.items) == 0 && v.shape == listNode {
		d.fail(v.node, v.path, "an empty chain", "name at least one model")
	}
	return models
}

// model reports whether a name stands for a model, and says so if it does not.
func (l *loader) model(d *decoder, v at) bool {
	entry := l.matchModel(v.text)
	if entry == "" {
		hint := hintFor(v.text, "models", l.models.names())
		d.fail(v.node, v.path, fmt.Sprintf("unknown model %s", quote(v.text)), hint)
		return false
	}
	if entry != v.text {
		if n := Near(v.text, l.models.names()); n != "" && n != entry && distance(v.text, n, 3) < 3 {
			d.warn(v.node, v.path, fmt.Sprintf("no entry describes %s, so it behaves as %s", quote(v.text), quote(entry)), `did you mean "`+n+`"?`)
		}
	}
	return l.models.use(d, entry) != nil
}

var timeoutSection = &section[resilience.Timeout]{name: "timeout", doc: "how long an attempt may take", fields: []field[resilience.Timeout]{
	positiveDurationField("first_token", "until the first token of a streamed answer", "no limit", "", func(t *resilience.Timeout) *time.Duration { return &t.FirstToken }),
	positiveDurationField("idle", "between two tokens of a streamed answer", "no limit", "", func(t *resilience.Timeout) *time.Duration { return &t.Idle }),
	positiveDurationField("attempt", "for the whole attempt", "no limit", "", func(t *resilience.Timeout) *time.Duration { return &t.Attempt }),
}}

var retrySection = &section[resilience.Retry]{name: "retry", doc: "trying again on the same target", either: [][]string{{"attempts", "retries"}}, check: func(d *decoder, v at, t *resilience.Retry) {
	if t.Attempts == 0 {
		d.fail(v.node, v.path, `neither "attempts" nor "retries"`, "attempts: 4 is three retries")
	}
}, fields: []field[resilience.Retry]{
	wholeField("attempts", "tries of a call on a target, the first included", "", 1, maxAttempts, func(t *resilience.Retry) *int { return &t.Attempts }),
	{key: "retries", doc: "the same without the first", shape: whole(0, maxAttempts-1), read: func(d *decoder, v at, t *resilience.Retry) {
		if n, ok := d.whole(v, 0, maxAttempts-1); ok {
			t.Attempts = int(n) + 1
		}
	}},
	{key: "on", doc: "the kinds of failure that are tried again", def: "the table in CONTRACT.md §2", shape: shape{"type": "array", "items": shape{"enum": kindNames()}, "minItems": 1},
		read: func(d *decoder, v at, t *resilience.Retry) {
			d.words(v, "a list of kinds of failure", func(v at, s string) {
				if k, ok := d.kind(v); ok {
					t.On = append(t.On, k)
				}
			})
			if v.shape == listNode && len(v.items) == 0 {
				d.fail(v.node, v.path, "an empty list", "leave retry out to retry nothing")
			}
		}},
	sectionField("backoff", "no wait", backoffSection, func(t *resilience.Retry) *resilience.Backoff { return &t.Backoff }),
	positiveDurationField("max_retry_after", "a Retry-After above it ends the call on the target", "60s", "", func(t *resilience.Retry) *time.Duration { return &t.MaxRetryAfter }),
}}

func kindNames() []string {
	var out []string
	for k := agentchaos.RateLimit; int(k) < agentchaos.Kinds; k++ {
		out = append(out, k.String())
	}
	return out
}

func (d *decoder) kind(v at) (agentchaos.Kind, bool) {
	k, err := agentchaos.ParseKind(v.text)
	if err != nil {
		d.fail(v.node, v.path, "unknown kind "+quote(v.text), hintFor(v.text, "kinds", kindNames()))
	}
	return k, err == nil
}

var backoffSection = &section[resilience.Backoff]{name: "backoff", doc: "the wait between attempts: initial·factor^(n−1), at most max, times the jitter",
	check: func(d *decoder, v at, t *resilience.Backoff) {
		if t.Max > 0 && t.Max < t.Initial {
			d.fail(v.find("max"), v.path, fmt.Sprintf("max %v is less than initial %v", t.Max, t.Initial), "")
		}
	}, fields: []field[resilience.Backoff]{
		needed(positiveDurationField("initial", "the first wait", "", "leave backoff out for no wait", func(t *resilience.Backoff) *time.Duration { return &t.Initial })),
		numberField("factor", "from wait to wait", "2", 1, 100, func(t *resilience.Backoff) *float64 { return &t.Factor }),
		positiveDurationField("max", "of a wait before jitter", "no limit", "", func(t *resilience.Backoff) *time.Duration { return &t.Max }),
		{key: "jitter", doc: "spreads waits: none, full, equal, decorrelated, or a range of factors", def: "none", shape: shape{"anyOf": []shape{
			{"enum": jitterNames}, {"type": "array", "items": shape{"type": "number", "minimum": 0, "maximum": 10}, "minItems": 2, "maxItems": 2}}},
			read: func(d *decoder, v at, t *resilience.Backoff) { d.jitter(v, &t.Jitter) }},
	}}

var jitterNames = []string{"none", "full", "equal", "decorrelated"}

func (d *decoder) jitter(v at, t *resilience.Jitter) {
	if v.shape != listNode {
		if i, ok := d.oneOf(v, "jitters", jitterNames...); ok {
			*t = [...]resilience.Jitter{resilience.NoJitter, resilience.FullJitter, resilience.EqualJitter, resilience.DecorrelatedJitter}[i]
		}
		return
	}
	if len(v.items) != 2 {
		d.fail(v.node, v.path, fmt.Sprintf("a range of jitter has two factors, not %d", len(v.items)), "such as [0.75, 1]")
		return
	}
	lo, ok1 := d.number(v.item(0), 0, 10)
	hi, ok2 := d.number(v.item(1), 0, 10)
	switch {
	case !ok1 || !ok2:
	case lo > hi:
		d.fail(v.item(1).node, v.path, "the range of jitter ends before it begins", fmt.Sprintf("[%v, %v]?", hi, lo))
	case hi == 0:
		d.fail(v.node, v.path, "jitter [0, 0] is no wait at all", "leave backoff out for that")
	default:
		t.Lo, t.Hi = lo, hi
	}
}

var budgetSection = &section[resilience.RetryBudget]{name: "retry_budget", doc: "a bound on retries over all tasks: ratio × first attempts of the last 10 s + min_per_second × 10", fields: []field[resilience.RetryBudget]{
	needed(shareField("ratio", "retries per first attempt", "", func(t *resilience.RetryBudget) *float64 { return &t.Ratio })),
	numberField("min_per_second", "retries that are there even without traffic", "0", 0, 1_000_000, func(t *resilience.RetryBudget) *float64 { return &t.MinPerSecond }),
}}

var breakerSection = &section[resilience.Breaker]{name: "breaker", doc: "stops calls to a target that fails", either: [][]string{{"failures", "failure_rate"}}, check: func(d *decoder, v at, t *resilience.Breaker) {
	if t.FailureRate == 0 {
		for _, k := range []string{"window", "min_calls"} {
			if v.get(k) != nil {
				d.fail(v.keyNode(k), v.path, fmt.Sprintf("%q belongs to failure_rate, which is not there", k), "")
			}
		}
	}
	if n := v.get("failure_rate"); n != nil && t.FailureRate == 0 {
		d.fail(n, join(v.path, "failure_rate"), "0 would open it at the first success too", "")
	}
}, fields: []field[resilience.Breaker]{
	wholeField("failures", "consecutive failures that open it", "5, without failure_rate", 1, 1_000_000, func(t *resilience.Breaker) *int { return &t.Failures }),
	shareField("failure_rate", "share of failures in the window that opens it", "", func(t *resilience.Breaker) *float64 { return &t.FailureRate }),
	positiveDurationField("window", "of failure_rate", "30s", "", func(t *resilience.Breaker) *time.Duration { return &t.Window }),
	wholeField("min_calls", "calls in the window before failure_rate is judged", "10", 1, 1_000_000, func(t *resilience.Breaker) *int { return &t.MinCalls }),
	positiveDurationField("recovery", "how long it stays open", "30s", "", func(t *resilience.Breaker) *time.Duration { return &t.Recovery }),
	{key: "probes", doc: "calls let through to see whether the target is back", def: "1", shape: whole(1, 1000), read: func(d *decoder, v at, t *resilience.Breaker) {
		if n, ok := d.whole(v, 0, 1000); ok && n == 0 {
			d.notYet(v.node, v.path, "probes: 0", "Compare")
		} else {
			t.Probes = int(n)
		}
	}},
	laterField[resilience.Breaker]("on", "the kinds of failure that count", "Compare"),
}}

var hedgeSection = &section[resilience.Hedge]{name: "hedge", doc: "a second copy of a call that is slow", fields: []field[resilience.Hedge]{
	needed(positiveDurationField("after", "without a first token", "", "leave hedge out to switch it off", func(t *resilience.Hedge) *time.Duration { return &t.After })),
}}

var bulkheadSection = &section[resilience.Bulkhead]{name: "bulkhead", doc: "a bound on attempts in flight on a target", fields: []field[resilience.Bulkhead]{
	needed(wholeField("concurrency", "attempts at a time", "", 1, 1_000_000, func(t *resilience.Bulkhead) *int { return &t.Concurrency })),
	wholeField("queue", "calls that wait, in order", "0", 0, 1_000_000, func(t *resilience.Bulkhead) *int { return &t.Queue }),
}}

var repairSection = &section[resilience.Repair]{name: "repair", doc: "re-asking when an answer does not parse or does not fit its schema", fields: []field[resilience.Repair]{
	needed(wholeField("attempts", "re-asks", "", 1, maxAttempts-1, func(t *resilience.Repair) *int { return &t.Attempts })),
}}
