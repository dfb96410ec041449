package scenarios

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
)

// fault is an element of `faults`: the rule, and where it stands.
type fault struct {
	faults.Rule
	place at
}

// settings are all keys that a fault can have; its kind says which of them mean something.
type settings struct {
	target, name string
	when         faults.When
	at           at // read when the kind is known
	faults.Given
}

var commonKeys = []string{"target", "kind", "name", "when"}

var retryAfterNames = faults.SayNames

func settingFields() []field[settings] {
	type s = settings
	return []field[s]{
		needed(field[s]{key: "target", doc: "a glob over provider/model, tool/NAME, retrieval/NAME; or primary, agent, store", shape: ref("name"), read: readTarget}),
		needed(wordField("kind", "what happens", "", faultKindNames(), func(t *s, i int) { t.Kind = faultKinds[i].name })),
		textField("name", "its name in reports and in fired(NAME)", "KIND on TARGET", func(t *s) *string { return &t.name }),
		sectionField("when", "always", whenSection, func(t *s) *faults.When { return &t.when }),
		wholeField("requests_per_minute", "requests that the bucket lets through", "", 1, maxCount, func(t *s) *int64 { return &t.RequestsPerMinute }),
		wholeField("tokens_per_minute", "tokens that the bucket lets through", "", 1, maxCount, func(t *s) *int64 { return &t.TokensPerMinute }),
		wholeField("burst", "requests that the bucket holds", "a minute's worth", 1, maxCount, func(t *s) *int64 { return &t.Burst }),
		{key: "retry_after", doc: "what the refusal says of when to come back", def: "honest for a token bucket, else none", shape: shape{"anyOf": []shape{{"enum": retryAfterNames}, ref("duration")}}, read: readRetryAfter},
		{key: "should_retry", doc: "the x-should-retry header of the refusal, by which the vendors' SDKs go", def: "none", shape: shape{"type": "boolean"}, read: readShouldRetry},
		wholeField("status", "the HTTP status; it decides what clients take it for where the error body does not: invalid_request with 404 is not_found", "the dialect's", 400, 599, func(t *s) *int { return &t.Status }),
		durationField("delay", "until it is answered", "0s", func(t *s) *time.Duration { return &t.Delay }),
		positiveDurationField("hang", "until the connection is closed", "10m", "", func(t *s) *time.Duration { return &t.Hang }),
		numberField("factor", "times as long", "5", 1, 1_000_000, func(t *s) *float64 { return &t.Factor }),
		{key: "at", doc: "share of the output that still comes; of a crash: the number of the step", def: "50%; of a crash: any step", shape: ref("share_or_step"), read: func(d *decoder, v at, t *s) { t.at = v }},
		wordField("how", "how the connection closes: cleanly, in the middle of a chunk, or by a reset", "eof", faults.HowNames[:], func(t *s, i int) { t.How = faults.How(i) }),
		{key: "error", doc: "the kind of the error event", def: "overloaded", shape: shape{"enum": wireKinds()}, read: func(d *decoder, v at, t *s) {
			if i, ok := d.oneOf(v, "errors that a stream can carry", wireKinds()...); ok {
				t.Error, _ = agentchaos.ParseKind(wireKinds()[i])
			}
		}},
		{key: "variant", doc: "how the answer is malformed", def: "invalid_json", shape: shape{"enum": variantNames()}, read: func(d *decoder, v at, t *s) {
			if i, ok := d.oneOf(v, "variants", variantNames()...); ok {
				t.Variant, _ = agentchaos.ParseVariant(variantNames()[i])
			}
		}},
		durationField("restart_after", "how long the process is away", "0s", func(t *s) *time.Duration { return &t.RestartAfter }),
		wholeField("max_restarts", "of a task; after that it fails as crash", "5", 1, 1000, func(t *s) *int { return &t.MaxRestarts }),
	}
}

// place reads where in an answer it strikes, or in which step a crash.
func (t *settings) place(d *decoder) {
	switch {
	case t.at.node == nil:
	case t.Kind == "crash":
		if n, ok := d.whole(t.at, 1, maxSteps); ok {
			t.Step = int(n)
		}
	default:
		if x, ok := d.share(t.at); ok {
			t.At = &x
		}
	}
}

// wireKinds are the kinds that have an error of their own on the wire.
func wireKinds() []string {
	var out []string
	for k := agentchaos.RateLimit; int(k) < agentchaos.Kinds; k++ {
		if agentchaos.OpenAI.Status(k) != 0 {
			out = append(out, k.String())
		}
	}
	return out
}

func variantNames() []string {
	var out []string
	for v := agentchaos.HTML; int(v) < agentchaos.Variants; v++ {
		out = append(out, v.String())
	}
	return out
}

var whenSection = &section[faults.When]{name: "when", doc: "the conditions of a fault, all of which must hold", check: func(d *decoder, v at, t *faults.When) {
	if v.get("until") != nil && t.Until <= t.From {
		d.fail(v.keyNode("until"), v.path, fmt.Sprintf("until %v is not after from %v", t.Until, t.From), "")
	}
	if p := t.Probability; p != nil && *p == 0 {
		d.warn(v.get("probability"), join(v.path, "probability"), "a fault that never happens", "")
	}
}, fields: []field[faults.When]{
	shareField("probability", "drawn for every attempt", "always", func(t *faults.When) *float64 { t.Probability = new(float64); return t.Probability }),
	durationField("from", "since the start of the run", "0s", func(t *faults.When) *time.Duration { return &t.From }),
	durationField("until", "since the start of the run", "the end", func(t *faults.When) *time.Duration { return &t.Until }),
	wholeField("after", "attempts on the target that it leaves alone first", "0", 0, maxCount, func(t *faults.When) *int { return &t.After }),
	wholeField("every", "it takes every n-th attempt on the target", "1", 1, maxCount, func(t *faults.When) *int { return &t.Every }),
	wholeField("call_first", "it takes the first N attempts of each call on the target", "all", 1, maxAttempts, func(t *faults.When) *int { return &t.CallFirst }),
	wholeField("first", "it takes the first N attempts on the target that met all the other conditions", "all", 1, maxCount, func(t *faults.When) *int { return &t.First }),
	sectionField("bursts", "", burstsSection, func(t *faults.When) *faults.Bursts { return &t.Bursts }),
}}

var burstsSection = &section[faults.Bursts]{name: "burst", doc: "healthy and faulty periods, exponential", fields: []field[faults.Bursts]{
	needed(durationField("up", "mean length of a healthy period", "", func(t *faults.Bursts) *time.Duration { return &t.Up })),
	needed(durationField("down", "mean length of a faulty period", "", func(t *faults.Bursts) *time.Duration { return &t.Down })),
}}

func readTarget(d *decoder, v at, t *settings) {
	s, ok := d.scalar(v, "a target")
	if !ok {
		return
	}
	_, err := path.Match(s, "")
	switch {
	case err != nil:
		d.fail(v.node, v.path, fmt.Sprintf("%s is no glob", quote(s)), "a bracket is not closed")
	case s != "primary" && s != faults.AgentTarget && s != faults.StoreTarget && !strings.Contains(s, "/"):
		d.fail(v.node, v.path, fmt.Sprintf("%s is no target", quote(s)), fmt.Sprintf("targets are PROVIDER/MODEL, tool/NAME, retrieval/NAME, primary, agent and store; * does not cross a slash, so all of a vendor's models are %s/*", strings.Trim(s, "*")))
	default:
		t.target = s
	}
}

func readRetryAfter(d *decoder, v at, t *settings) {
	if v.shape == scalarNode && !durationLike(v.text) {
		if i, ok := d.oneOf(v, "values of retry_after besides durations", retryAfterNames...); ok {
			t.RetryAfter, _ = faults.ParseRetryAfter(retryAfterNames[i])
		}
		return
	}
	if x, ok := d.duration(v); ok {
		t.RetryAfter = faults.RetryAfter{Say: faults.SayFor, For: x}
	}
}

func readShouldRetry(d *decoder, v at, t *settings) {
	if i, ok := d.oneOf(v, "values", "true", "false"); ok {
		t.Advice = [...]agentchaos.Advice{agentchaos.DoRetry, agentchaos.DontRetry}[i]
	}
}

func durationLike(s string) bool { return s != "" && strings.ContainsAny(s[:1], "0123456789.+-") }

// fault reads one fault.
func (l *loader) fault(d *decoder, v at) fault {
	s := &section[settings]{name: "fault", doc: "something that goes wrong with a target", fields: settingFields()}
	t := settings{}
	before := len(d.problems)
	s.read(d, v, &t)
	out := fault{place: v}
	k := kindOf(v)
	if k == nil || v.shape != mapNode {
		return out
	}
	k.only(d, v)
	t.place(d)
	if len(d.problems) > before {
		return out
	}
	out.Rule = faults.Rule{Name: t.name, Target: t.target, Fault: k.make(t.Given), When: t.when}
	if err := out.Check(); err != nil {
		d.fail(v.node, v.path, err.Error(), "")
	}
	return out
}
