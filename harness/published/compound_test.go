package published_test

import (
	"fmt"
	"strings"
	"testing"
)

var compound = chapter{
	name: "compound",
	kind: theory,
	source: "Compound reliability: a task of n steps that each succeed with probability p, in up to a attempts, completes with probability (1 − (1−p)^a)^n. " +
		"Tolerance: three standard errors and half of the last digit.",
	tell: tellCompound,
}

func tellCompound(t *testing.T, b *board) {
	for _, c := range []struct {
		steps, percent, attempts int
		published                float64 // percent
		decimals                 int
		tasks                    int
	}{
		{20, 95, 1, 35.85, 2, 100_000},
		{20, 95, 3, 99.750, 3, 50_000},
		{10, 90, 4, 99.900, 3, 50_000},
		{5, 80, 3, 96.063, 3, 100_000},
	} {
		tasks := sized(c.tasks)
		arm := playOne(t, fmt.Sprintf(`
version: 1
seeds: 1
tools: {t: {kind: read}}
agents: {many: {arrivals: {rate: 100/s, burstiness: 0}, steps: [%s]}}
policies: {p: {models: [x/a], retry: {attempts: %d}}}
models: {x/a: {}}
scenarios: {s: {agent: many, tasks: %d, faults: [{target: tool/t, kind: tool_error, when: {probability: %d%%}}], policies: [p]}}
`, strings.Repeat("{tool: t}, ", c.steps-1)+"{tool: t}", c.attempts, tasks, 100-c.percent))
		p := c.published / 100
		what, measured := fmt.Sprintf("%d steps at %d%%, attempts: %d: tasks completed", c.steps, c.percent, c.attempts), 100*value(t, arm, "completion_rate")
		b.sampled(what, "%", c.decimals, c.published, measured, 100*binomialError(p, tasks))
	}
}
