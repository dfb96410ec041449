package scenarios

import (
	"fmt"
	"strconv"
	"time"

	"github.com/agentchaos/agentchaos/resilience"
)

// The sections of a policy that are about whole tasks: keys, checkpoints, and what a task does without.

var idempotencySection = &section[resilience.Idempotency]{name: "idempotency policy", doc: "keys on write tools, their results logged and reused; {} switches it on", bare: true}

var checkpointSection = &section[resilience.Checkpointing]{name: "checkpoint", doc: "a task's progress is kept, and a restarted process goes on from there; {} is after every step", bare: true, fields: []field[resilience.Checkpointing]{
	{key: "every", doc: "step, or how many steps lie between two checkpoints", def: "step", shape: shape{"anyOf": []shape{{"const": "step"}, whole(1, maxSteps)}}, read: func(d *decoder, v at, t *resilience.Checkpointing) {
		switch {
		case v.shape == scalarNode && v.text == "step":
			t.Every = 1
		case v.shape == scalarNode && !durationLike(v.text): // it does not begin as a number does
			d.fail(v.node, v.path, "is "+quote(v.text)+"; want step, or a number of steps", "every: step")
		default:
			if n, ok := d.whole(v, 1, maxSteps); ok {
				t.Every = int(n)
			}
		}
	}},
}}

func degradeSection(l *loader) *section[resilience.Degrade] {
	type g = resilience.Degrade
	return &section[g]{name: "degrade policy", doc: "what a task does without, rather than fail", fields: []field[g]{
		wordField("tool", "when a read tool fails for good: caveat, the answer says what is not in it", "fail", []string{"fail", "caveat"}, func(t *g, i int) { t.Tool = i == 1 }),
		wordField("retrieval", "when a retrieval fails for good: disclaimer, a general answer that says so", "fail", []string{"fail", "disclaimer"}, func(t *g, i int) { t.Retrieval = i == 1 }),
		wordField("deadline", "when the time is up: partial, what is done is the result", "fail", []string{"fail", "partial"}, func(t *g, i int) { t.Deadline = i == 1 }),
		durationField("reserve", "of the deadline, kept for putting a partial result together", "0s", func(t *g) *time.Duration { return &t.Reserve }),
		skipsField("tools", "by the name of a tool or index, whatever the others say; a write is left out only so, or by the number of its step", func(d *decoder, v at, name *node) (string, bool) {
			entry := l.tools.ref(d, at{name, v.path})
			if entry == nil {
				return "", false
			}
			return entry.target(name.text), true
		}, func(t *g) *map[string]bool { return &t.Tools }),
		skipsField("steps", "by the number of a step, as explain shows it; it goes before its tool", func(d *decoder, v at, name *node) (uint16, bool) {
			n, err := strconv.ParseUint(name.text, 10, 16)
			if err != nil || n == 0 {
				d.fail(name, v.path, quote(name.text)+" is no number of a step", fmt.Sprintf("from 1 to %d", maxSteps))
				return 0, false
			}
			return uint16(n), true
		}, func(t *g) *map[uint16]bool { return &t.Steps }),
	}}
}

// skipsField is a map from names to whether a task goes on without.
func skipsField[K comparable](key, doc string, read func(d *decoder, v at, name *node) (K, bool), to func(*resilience.Degrade) *map[K]bool) field[resilience.Degrade] {
	words := []string{"fail", "caveat"}
	return field[resilience.Degrade]{key: key, doc: doc, shape: shape{"type": "object", "additionalProperties": shape{"enum": words}}, read: func(d *decoder, v at, t *resilience.Degrade) {
		if !d.want(v, mapNode, "a map such as {refund: fail}") {
			return
		}
		out := map[K]bool{}
		for _, e := range v.entries {
			if ignored(e.key.text) {
				continue
			}
			k, ok := read(d, v, e.key)
			i, said := d.oneOf(at{e.value, join(v.path, e.key.text)}, "values of "+key, words...)
			if ok && said {
				out[k] = i == 1
			}
		}
		*to(t) = out
	}}
}
