package harness_test

import "testing"

// What the laws have found, each as a small file that shows it, and what random worlds seldom meet: things that happen at one
// instant.
func TestLawsHoldWhereTheyWereBroken(t *testing.T) {
	for name, world := range map[string]string{
		"a copy is told to come back later, and its original fails too": `
models: {x/a: {first_token: 2s}}
agents: {a: {arrivals: {rate: 1/s, burstiness: 0}, steps: [{model: {output_tokens: 1}}]}}
policies: {p: {models: [x/a], retry: {attempts: 3}, hedge: {after: 100ms}, timeout: {attempt: 1s}}}
scenarios: {s: {agent: a, tasks: 5, faults: [{target: x/a, kind: rate_limit, retry_after: 5s, when: {every: 2}}]}}
`,
		"the original is malformed, and its copy was told to come back later": `
models: {x/a: {first_token: 2s}}
agents: {a: {arrivals: {rate: 1/s, burstiness: 0}, steps: [{model: {output_tokens: 1}}]}}
policies: {p: {models: [x/a], repair: {attempts: 2}, hedge: {after: 100ms}}}
scenarios:
  s: {agent: a, tasks: 5, faults: [{target: x/a, kind: malformed, variant: wrong_type}, {target: x/a, kind: rate_limit, retry_after: 5s, when: {every: 2}}]}
`,
		"a copy loses after steps that take no time have begun and ended": `
tools: {look: {kind: read, latency: 100ms}, act: {kind: write}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 1}, steps: [{tool: look}, {tool: act}, {tool: look}]}}
policies: {p: {models: [x/a], hedge: {after: 90ms}}}
scenarios: {s: {agent: a, tasks: 3, faults: [{target: tool/look, kind: slow, when: {every: 2, after: 1}}, {target: tool/look, kind: slow, factor: 4, when: {first: 1}}]}}
`,
		"a re-ask is refused, and the next model is retried": `
models: {x/a: {}, x/b: {}}
agents: {a: {arrivals: {rate: 1/s, burstiness: 0}, steps: [{model: {output_tokens: 1}}]}}
policies: {p: {models: [x/a, x/b], repair: {attempts: 1}, retry: {attempts: 2}, breaker: {failures: 1}}}
scenarios: {s: {agent: a, tasks: 3, faults: [{target: x/a, kind: malformed, variant: html}, {target: x/b, kind: rate_limit, when: {call_first: 1}}]}}
`,
		"a slow probe ends when the next ones have begun": `
models: {x/a: {first_token: 3s}}
agents: {a: {arrivals: {rate: 1/s, burstiness: 0}, steps: [{model: {output_tokens: 1}}]}}
policies: {p: {models: [x/a], breaker: {failures: 1, recovery: 1s, probes: 2}}}
scenarios: {s: {agent: a, tasks: 20, faults: [{target: x/a, kind: overloaded, when: {first: 1}}, {target: x/a, kind: reset, when: {every: 3}}]}}
`,
		"a wait would end at the very deadline": `
models: {x/a: {}}
agents: {a: {arrivals: {rate: 1/s, burstiness: 0}, deadline: 2s, steps: [{model: {output_tokens: 1}}]}}
policies: {p: {models: [x/a], retry: {attempts: 5, backoff: {initial: 1s, factor: 1}}}}
scenarios: {s: {agent: a, tasks: 3, faults: [{target: x/a, kind: overloaded}]}}
`,
		"an answer comes at the very deadline": `
models: {x/a: {first_token: 1s}}
agents: {a: {arrivals: {rate: 1/s, burstiness: 0}, deadline: 2s, steps: [{model: {output_tokens: 1}}, {model: {output_tokens: 1}}, {model: {output_tokens: 1}}]}}
policies: {p: {models: [x/a], timeout: {attempt: 1s}, hedge: {after: 1s}, retry: {attempts: 2}}}
scenarios: {s: {agent: a, tasks: 3, faults: [{target: x/a, kind: slow, factor: 2, when: {every: 3}}]}}
`,
	} {
		t.Run(name, func(t *testing.T) { checkLaws(t, file("version: 1\nseeds: 2\n"+world)) })
	}
}
