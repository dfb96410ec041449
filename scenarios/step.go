package scenarios

import (
	"fmt"
	"math"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// maxSteps is what an ID has room for: interactions of a task, over all rounds.
const maxSteps = math.MaxUint16

// mostPlans is how many plans may stand inside each other.
const mostPlans = 8

type step = resilience.Step

func stepsField(l *loader) field[agent] {
	return field[agent]{key: "steps", doc: "what a task does, in order", shape: stepList, read: func(d *decoder, v at, t *agent) {
		t.Steps = l.steps(d, v, 0)
		if n := resilience.Most(t.Steps); n > maxSteps {
			d.fail(v.node, v.path, fmt.Sprintf("up to %d interactions; a task has at most %d", n, maxSteps), "fewer rounds")
		}
	}}
}

// stepList is a list of steps in the JSON Schema; a step may hold such lists itself.
var stepList = shape{"type": "array", "minItems": 1, "items": ref("step")}

// steps reads a list of steps, depth plans deep.
func (l *loader) steps(d *decoder, v at, depth int) (out []step) {
	if depth > mostPlans {
		d.fail(v.node, v.path, fmt.Sprintf("steps more than %d plans deep", mostPlans), "")
		return nil
	}
	d.list(v, "a list of steps", func(v at) {
		s := step{}
		stepSection(l, depth).read(d, v, &s)
		out = append(out, s)
	})
	if v.shape == listNode && (len(v.items) == 0 || len(v.items) > maxSteps) {
		d.fail(v.node, v.path, fmt.Sprintf("%d steps; a list of them has 1 to %d", len(v.items), maxSteps), "")
	}
	return out
}

func stepSection(l *loader, depth int) *section[step] {
	what := []string{"model", "tool", "retrieval", "parallel", "loop"}
	return &section[step]{name: "step", doc: "one interaction with a dependency, or several", either: [][]string{what, {"models", "tool", "retrieval", "parallel", "loop"}, {"times", "loop"}},
		check: func(d *decoder, v at, t *step) {
			for _, key := range what {
				if v.get(key) != nil {
					return
				}
			}
			d.fail(v.node, v.path, "a step without model, tool, retrieval, parallel or loop", "such as model: {input_tokens: 1200, output_tokens: 200}")
		}, fields: []field[step]{
			sectionField("model", "", modelStepSection, func(t *step) *step { return t }),
			toolField(l, "tool", "the name of a tool to call", false),
			toolField(l, "retrieval", "the name of an index to search", true),
			{key: "models", doc: "of a model step: a chain of its own, best first", def: "the policy's", shape: chainShape, read: func(d *decoder, v at, t *step) { t.Models = l.chain(d, v) }},
			{key: "parallel", doc: "steps to do at once; the first failure ends the others", shape: stepList, read: func(d *decoder, v at, t *step) { t.Parallel = l.steps(d, v, depth+1) }},
			sectionField("loop", "", loopSection(l, depth), func(t *step) *step { return t }),
			timesField("how often", "1"),
		}}
}

func loopSection(l *loader, depth int) *section[step] {
	return &section[step]{name: "loop", doc: "steps to do in rounds", fields: []field[step]{
		needed(field[step]{key: "steps", doc: "of a round, in order", shape: stepList, read: func(d *decoder, v at, t *step) { t.Loop = l.steps(d, v, depth+1) }}),
		needed(timesField("rounds", "")),
		wholeField("grow", "input tokens that every model step gets more from round to round", "0", 0, mostTokens, func(t *step) *int { return &t.Grow }),
	}}
}

// mostTokens bounds token counts.
const mostTokens = 10_000_000

var modelStepSection = &section[step]{name: "model step", doc: "a call of the policy's models", fields: []field[step]{
	countField("input_tokens", "tokens sent", "0", 0, mostTokens, func(t *step) (*int, *agentchaos.Quantiles) { return &t.Input, &t.Inputs }),
	countField("output_tokens", "tokens wanted", "0", 0, mostTokens, func(t *step) (*int, *agentchaos.Quantiles) { return &t.Output, &t.Outputs }),
	yesField("stream", "whether the answer comes token by token", "true", func(t *step) *bool { return &t.Plain }).not(func(t *step) *bool { return &t.Plain }),
}}

func timesField(doc, def string) field[step] {
	return countField("times", doc, def, 1, maxSteps, func(t *step) (*int, *agentchaos.Quantiles) { return &t.Times, &t.Spread })
}

// countField is a whole number, or a quantile table of such.
func countField(key, doc, def string, low, high int64, to func(*step) (*int, *agentchaos.Quantiles)) field[step] {
	return field[step]{key: key, doc: doc + ", or a quantile table", def: def, shape: shape{"anyOf": []shape{whole(low, high), countTable(low, high)}}, read: func(d *decoder, v at, t *step) {
		n, table := to(t)
		if v.shape == mapNode {
			if q, ok := d.counts(v, low, high); ok {
				*table = q
			}
			return
		}
		if x, ok := d.whole(v, low, high); ok {
			*n = int(x)
		}
	}}
}

func toolField(l *loader, key, doc string, retrieval bool) field[step] {
	return field[step]{key: key, doc: doc, shape: ref("name"), read: func(d *decoder, v at, t *step) {
		entry := l.tools.ref(d, v)
		if entry == nil {
			return
		}
		if retrieval != (entry.Use == agentchaos.UseRetrieval) {
			other := map[bool]string{true: "tool", false: "retrieval"}[retrieval]
			d.fail(v.node, v.path, fmt.Sprintf("%s is of kind %s", quote(v.text), entry.Use), other+": "+v.text)
			return
		}
		t.Use, t.Target = entry.Use, entry.target(v.text)
	}}
}
