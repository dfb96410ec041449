package scenarios

import (
	"fmt"
	"strings"

	"github.com/agentchaos/agentchaos/faults"
)

// faultKind is a kind of fault: what its settings are, and what is made of them.
type faultKind struct {
	name, doc string
	settings  []string
	later     string
	make      func(t *settings) faults.Fault
}

func refusal(name, doc string) faultKind {
	return faultKind{name: name, doc: doc, settings: []string{"status", "delay", "retry_after"}, make: makeRefusal}
}

var faultKinds = []faultKind{
	{name: "rate_limit", doc: "429, by a token bucket or outright", settings: []string{"requests_per_minute", "tokens_per_minute", "burst", "retry_after"}, make: makeRateLimit},
	{name: "quota", doc: "429 that will never succeed", make: makeRefusal},
	refusal("overloaded", "no capacity for anybody: 529 of Anthropic, 503 of the others"),
	refusal("unavailable", "broken: 500"),
	refusal("auth", "401"),
	refusal("not_found", "404: the model or tool is gone"),
	refusal("invalid_request", "400"),
	refusal("conflict", "409"),
	refusal("context_length", "the prompt is too long for the model"),
	refusal("content_filter", "refused for its content"),
	{name: "timeout", doc: "no answer at all, until the connection is closed", settings: []string{"hang"}, make: makeTimeout},
	{name: "slow", doc: "first token and generation take longer", settings: []string{"factor"}, make: makeSlow},
	{name: "stall", doc: "the stream stops half-way and stays open", settings: []string{"at", "hang"}, make: makeStall},
	{name: "truncated", doc: "the connection closes half-way", settings: []string{"at", "how"}, make: makeTruncated},
	{name: "stream_error", doc: "an error event after status 200", settings: []string{"at", "error"}, make: makeStreamError},
	{name: "reset", doc: "connection refused or reset before any byte", settings: []string{"delay"}, make: makeReset},
	{name: "malformed", doc: "an answer that does not parse or does not fit", settings: []string{"variant"}, make: makeMalformed},
	{name: "length", doc: "cut by max_tokens, with the finish reason that says so", settings: []string{"at"}, make: makeLength},
	{name: "tool_error", doc: "the tool fails before doing anything", settings: []string{"delay"}, make: makeToolError},
	{name: "commit_then_timeout", doc: "the tool does its work, and the answer is lost", later: "Agents"},
	{name: "crash", doc: "the agent's process dies and is restarted", settings: []string{"restart_after", "at"}, later: "Agents"},
}

func faultKindNames() []string {
	var out []string
	for _, k := range faultKinds {
		out = append(out, k.name)
	}
	return out
}

func kindOf(v at) *faultKind {
	if n := v.get("kind"); n != nil {
		for i := range faultKinds {
			if faultKinds[i].name == n.text {
				return &faultKinds[i]
			}
		}
	}
	return nil
}

// only says which keys mean nothing to the kind, and which it misses.
func (k *faultKind) only(d *decoder, v at) {
	if k.later != "" {
		d.notYet(v.get("kind"), v.path, "the kind "+k.name, k.later)
		return
	}
	known := map[string]bool{}
	for _, s := range append(commonKeys, k.settings...) {
		known[s] = true
	}
	for _, f := range settingFields() {
		if v.get(f.key) == nil || known[f.key] || f.later != "" {
			continue
		}
		hint := "its settings are " + strings.Join(k.settings, ", ")
		if len(k.settings) == 0 {
			hint = "it has no settings"
		}
		d.fail(v.keyNode(f.key), v.path, fmt.Sprintf("%q means nothing to a fault of kind %s", f.key, k.name), hint)
	}
	if n := v.get("burst"); n != nil && v.get("requests_per_minute") == nil {
		d.fail(v.keyNode("burst"), v.path, `"burst" belongs to requests_per_minute, which is not there`, "")
	}
	if n := v.get("retry_after"); n != nil && n.text == "honest" && v.get("requests_per_minute") == nil && v.get("tokens_per_minute") == nil {
		d.fail(n, v.path, "an honest Retry-After needs a token bucket", "give requests_per_minute or tokens_per_minute, or a duration")
	}
}
