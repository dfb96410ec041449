package scenarios

import (
	"fmt"
	"math"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// Agent is a workload: what a task does, and how tasks arrive.
type Agent struct {
	Name     string
	Arrivals Arrivals
	resilience.Agent
}

// agent is an entry of `agents`, and where it and its steps stand.
type agent struct {
	Agent
	place at
	steps []at
}

// Arrivals is an open loop (Gap or Profile) or a closed one (Workers).
type Arrivals struct {
	Gap        time.Duration // mean time between arrivals; the first comes one gap after 0
	Profile    Profile       // in place of Gap
	Burstiness float64       // of the gaps: 0 constant, 1 exponential, above 1 gamma: the coefficient of variation
	Workers    int           // that many take the next task when their last has ended; 0: open loop
}

// Rates is the open loop's rate over time.
func (a *Arrivals) Rates() Profile {
	if a.Profile != nil {
		return a.Profile
	}
	return Profile{{Gap: a.Gap}}
}

// after is when that many tasks have come, about; Forever: never.
func (a *Arrivals) after(tasks int) time.Duration { return a.Rates().After(0, uint64(tasks)*Unit) }

func agentSection(l *loader) *section[agent] {
	return &section[agent]{name: "agent", doc: "a workload", check: func(d *decoder, v at, t *agent) { t.place = v }, fields: []field[agent]{
		needed(sectionField("arrivals", "", arrivalsSection, func(t *agent) *Arrivals { return &t.Arrivals })),
		positiveDurationField("deadline", "time budget of a task", "no limit", "", func(t *agent) *time.Duration { return &t.Deadline }),
		needed(stepsField(l)),
	}}
}

var arrivalsSection = &section[Arrivals]{name: "arrival", doc: "how tasks arrive: an open loop {rate, burstiness} or {profile, burstiness}, or a closed one {workers}", either: [][]string{{"rate", "workers", "profile"}, {"burstiness", "workers"}}, check: func(d *decoder, v at, t *Arrivals) {
	if t.Gap == 0 && t.Workers == 0 && t.Profile == nil {
		d.fail(v.node, v.path, `none of "rate", "profile" and "workers"`, "such as {rate: 5/s, burstiness: 1}, or {workers: 20}")
	}
}, fields: []field[Arrivals]{
	rateField("rate", "mean rate of arrivals, whatever becomes of earlier tasks", false, func(t *Arrivals) *time.Duration { return &t.Gap }),
	numberField("burstiness", "0 constant gaps, 1 exponential, above 1 gamma", "0", 0, 100, func(t *Arrivals) *float64 { return &t.Burstiness }),
	wholeField("workers", "tasks at a time, each worker taking the next when its last has ended", "", 1, 1_000_000, func(t *Arrivals) *int { return &t.Workers }),
	profileField(),
}}

// maxSteps is what an ID has room for.
const maxSteps = math.MaxUint16

func stepsField(l *loader) field[agent] {
	return field[agent]{key: "steps", doc: "what a task does, in order", shape: shape{"type": "array", "minItems": 1, "items": stepSection(l).shape()},
		read: func(d *decoder, v at, t *agent) {
			d.list(v, "a list of steps", func(v at) {
				s := step{}
				stepSection(l).read(d, v, &s)
				t.Steps = append(t.Steps, s)
				t.steps = append(t.steps, v)
			})
			if v.shape == listNode && (len(v.items) == 0 || len(v.items) > maxSteps) {
				d.fail(v.node, v.path, fmt.Sprintf("%d steps; a task has 1 to %d", len(v.items), maxSteps), "")
			}
		}}
}

type step = resilience.Step

var modelStepSection = &section[step]{name: "model step", doc: "a call of the policy's models", fields: []field[step]{
	tokensField("input_tokens", "tokens sent", func(t *step) *int { return &t.Input }),
	tokensField("output_tokens", "tokens wanted", func(t *step) *int { return &t.Output }),
	yesField("stream", "whether the answer comes token by token", "true", func(t *step) *bool { return &t.Plain }).not(func(t *step) *bool { return &t.Plain }),
}}

func tokensField(key, doc string, to func(*step) *int) field[step] {
	f := wholeField(key, doc, "0", 0, 10_000_000, to)
	read := f.read
	f.read = func(d *decoder, v at, t *step) {
		if v.shape == mapNode {
			d.notYet(v.node, v.path, "a table of token counts", "Agents")
			return
		}
		read(d, v, t)
	}
	return f
}

func stepSection(l *loader) *section[step] {
	tool := func(key, doc string, retrieval bool) field[step] {
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
	return &section[step]{name: "step", doc: "one interaction with a dependency", either: [][]string{{"model", "tool", "retrieval"}}, check: func(d *decoder, v at, t *step) {
		if v.get("model") == nil && v.get("tool") == nil && v.get("retrieval") == nil {
			d.fail(v.node, v.path, "a step without model, tool or retrieval", "such as model: {input_tokens: 1200, output_tokens: 200}")
		}
	}, fields: []field[step]{
		sectionField("model", "", modelStepSection, func(t *step) *step { return t }),
		tool("tool", "the name of a tool to call", false),
		tool("retrieval", "the name of an index to search", true),
		laterField[step]("times", "how often", "Agents"),
		laterField[step]("models", "a chain of its own", "Agents"),
		laterField[step]("parallel", "steps at once", "Agents"),
		laterField[step]("loop", "steps again and again", "Agents"),
	}}
}
