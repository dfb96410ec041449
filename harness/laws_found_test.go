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
		"a copy is let in at the very deadline": `
tools: {look: {kind: read}}
models: {x/a: {}, x/b: {per_token: 2ms}}
agents: {a: {arrivals: {workers: 6}, deadline: 1s, steps: [{model: {output_tokens: 40}}, {tool: look}]}}
policies: {p: {models: [x/a, x/b], retry: {attempts: 3, backoff: {initial: 500ms}}, hedge: {after: 100ms}, bulkhead: {concurrency: 3, queue: 5}, degrade: {steps: {2: caveat}}}}
scenarios: {s: {agent: a, tasks: 75, faults: [{target: "*/*", kind: conflict, delay: 300ms, retry_after: 10s}]}}
`,
		"a process dies that holds a slot, without a deadline, and somebody is in line": `
tools: {act: {kind: write, latency: 1s}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 3}, steps: [{tool: act}]}}
policies: {p: {models: [x/a], bulkhead: {concurrency: 1, queue: 3}}}
scenarios: {s: {agent: a, tasks: 6, faults: [{target: agent, kind: crash, max_restarts: 1, when: {probability: 50%}}]}}
`,
		"a process dies at the instant at which its copy is let in and called off": `
models: {x/a: {first_token: 150ms}}
agents: {a: {arrivals: {rate: 1/s, burstiness: 0}, deadline: 1s, steps: [{model: {}}]}}
policies: {p: {models: [x/a], hedge: {after: 100ms}, bulkhead: {concurrency: 1, queue: 1}}}
scenarios: {s: {agent: a, tasks: 6, faults: [{target: agent, kind: crash}]}}
`,
		"a probe dies, without a deadline": `
models: {x/a: {first_token: 1s}}
agents: {a: {arrivals: {rate: 2/s, burstiness: 0}, steps: [{model: {output_tokens: 1}}]}}
policies: {p: {models: [x/a], breaker: {failures: 1, recovery: 1s}}}
scenarios: {s: {agent: a, tasks: 40, faults: [{target: x/a, kind: overloaded, when: {every: 3}}, {target: agent, kind: crash, max_restarts: 1}]}}
`,
		"a checkpoint is torn by one fault, and another strikes in vain when it is read": `
tools: {act: {kind: write, latency: 1s}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 3}, steps: [{tool: act, times: 4}]}}
policies: {p: {models: [x/a], checkpoint: {every: step}}}
scenarios:
  s:
    agent: a
    tasks: 6
    faults:
      - {target: store, kind: store_full, when: {probability: 50%}}
      - {target: store, kind: store_torn, when: {probability: 50%}}
      - {target: agent, kind: crash, when: {probability: 50%}}
`,
		"a copy has lost when its task has ended, and a crash is still due": `
tools: {look: {kind: read, latency: 200ms}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 1}, steps: [{tool: look}, {model: {}}]}}
policies: {p: {models: [x/a], hedge: {after: 100ms}}}
scenarios: {s: {agent: a, tasks: 40, faults: [{target: x/a, kind: auth}, {target: agent, kind: crash, at: 2}]}}
`,
		"a write begins at the instant at which the step beside it fails": `
tools: {look: {kind: read, latency: 1s}, act: {kind: write, latency: 2s}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 1}, steps: [{parallel: [{tool: look}, {loop: {times: 1, steps: [{tool: look}, {tool: act}]}}]}]}}
policies: {p: {models: [x/a]}}
scenarios: {s: {agent: a, tasks: 20, faults: [{target: tool/look, kind: truncated, when: {probability: 50%}}]}}
`,
		"a caveat is kept, and its process dies": `
tools: {look: {kind: read, latency: 100ms}, act: {kind: write, latency: 100ms}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 2}, steps: [{tool: look, times: {p0: 1, p50: 2, p99: 3}}, {parallel: [{tool: look}, {tool: act}]}, {tool: look}]}}
policies: {p: {models: [x/a], idempotency: {}, checkpoint: {every: step}, degrade: {tool: caveat}}}
scenarios: {s: {agent: a, tasks: 30, faults: [{target: tool/look, kind: auth, when: {probability: 30%}}, {target: agent, kind: crash, restart_after: 1s, when: {probability: 20%}}]}}
`,
		"what a life has done was left out by one before it, of which it reads late": `
tools: {look: {kind: read, latency: 100ms}, act: {kind: write, latency: 100ms}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 2}, steps: [{tool: look}, {tool: look}, {parallel: [{tool: look}, {tool: act}]}]}}
policies: {p: {models: [x/a], checkpoint: {every: step}, degrade: {tool: caveat}}}
scenarios:
  s:
    agent: a
    tasks: 150
    faults:
      - {target: tool/look, kind: auth, when: {probability: 40%}}
      - {target: agent, kind: crash, when: {probability: 30%}}
      - {target: store, kind: store_locked, when: {probability: 60%}}
`,
		"a process begins when the time is up, and all is done": `
tools: {act: {kind: write, latency: 100ms}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 2}, deadline: 2s, steps: [{tool: act, times: 2}]}}
policies: {p: {models: [x/a], idempotency: {}, checkpoint: {every: step}, degrade: {deadline: partial}}}
scenarios: {s: {agent: a, tasks: 9, faults: [{target: agent, kind: crash, restart_after: 1900ms}, {target: store, kind: store_locked, when: {probability: 20%}}]}}
`,
		"the next try would come too late, and something is done": `
tools: {act: {kind: write, latency: 100ms}, look: {kind: read, latency: 100ms}}
models: {x/a: {}, x/b: {}}
agents: {a: {arrivals: {workers: 2}, deadline: 2s, steps: [{tool: look}, {parallel: [{tool: act, times: 3}, {model: {}}]}]}}
policies: {p: {models: [x/a, x/b], retry: {attempts: 4, backoff: {initial: 500ms}}, degrade: {deadline: partial, reserve: 100ms}}}
scenarios: {s: {agent: a, tasks: 20, faults: [{target: "*/*", kind: unavailable, delay: 50ms, when: {probability: 60%}}]}}
`,
		"a call has a first attempt in every life, which pays for the next": `
tools: {act: {kind: write, latency: 100ms}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 1}, steps: [{tool: act, times: 4}]}}
policies: {p: {models: [x/a], retry: {attempts: 3}, retry_budget: {ratio: 40%}}}
scenarios: {s: {agent: a, tasks: 40, faults: [{target: tool/act, kind: tool_error, when: {probability: 40%}}, {target: agent, kind: crash, at: 3, when: {probability: 50%}}]}}
`,
		"the provider asks for a longer wait than any that is waited for, beyond the deadline": `
tools: {act: {kind: write, latency: 100ms}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 1}, deadline: 3s, steps: [{tool: act}, {model: {}}]}}
policies: {p: {models: [x/a], retry: {attempts: 3, max_retry_after: 4s}, degrade: {deadline: partial}}}
scenarios: {s: {agent: a, tasks: 10, faults: [{target: x/a, kind: rate_limit, retry_after: 5s, when: {every: 2}}, {target: x/a, kind: rate_limit, retry_after: 3s}]}}
`,
		"an attempt is called off before it is sent, and its process dies at that instant": `
tools: {look: {kind: read}, act: {kind: write}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 1}, steps: [{parallel: [{tool: look}, {tool: act}]}]}}
policies: {p: {models: [x/a], idempotency: {}}}
scenarios:
  s:
    agent: a
    tasks: 60
    faults:
      - {target: "*/*", kind: auth, delay: 10ms, when: {probability: 80%}}
      - {target: store, kind: store_locked, when: {probability: 40%}}
      - {target: agent, kind: crash, when: {probability: 50%}}
`,
		"a write may have been done, in this life or before it": `
tools: {act: {kind: write, latency: 100ms}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 2}, steps: [{tool: act, times: 4}]}}
policies: {p: {models: [x/a], retry: {attempts: 2}, degrade: {tools: {act: caveat}}}}
scenarios:
  s:
    agent: a
    tasks: 40
    faults:
      - {target: tool/act, kind: auth, when: {probability: 20%}}
      - {target: tool/act, kind: commit_then_timeout, hang: 1s, when: {probability: 20%}}
      - {target: agent, kind: crash, when: {probability: 20%}}
`,
		"the store is locked until the deadline": `
tools: {act: {kind: write, latency: 100ms}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 2}, deadline: 2s, steps: [{tool: act, times: 3}]}}
policies: {p: {models: [x/a], idempotency: {}, checkpoint: {every: step}, degrade: {deadline: partial}}}
scenarios: {s: {agent: a, tasks: 4, faults: [{target: store, kind: store_locked}]}}
`,
		"the process is away when the deadline comes, and dies again after it": `
tools: {act: {kind: write, latency: 100ms}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 2}, deadline: 2s, steps: [{tool: act, times: 3}]}}
policies: {p: {models: [x/a], idempotency: {}, checkpoint: {every: step}, degrade: {deadline: partial}}}
scenarios: {s: {agent: a, tasks: 9, faults: [{target: agent, kind: crash, restart_after: 1900ms, when: {probability: 60%}}]}}
`,
		"attempts run out of numbers": `
tools: {look: {kind: read, latency: 1ms}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 1}, steps: [{tool: look}]}}
policies: {p: {models: [x/a], retry: {attempts: 200}}}
scenarios:
  s:
    agent: a
    tasks: 2
    faults:
      - {target: tool/look, kind: tool_error, delay: 1ms, when: {until: 20s}}
      - {target: agent, kind: crash, max_restarts: 300}
`,
		"the first is still at work when its key comes again, and forgotten when it comes late": `
tools: {act: {kind: write, latency: 3s, key_expiry: 4s}}
models: {x/a: {}}
agents: {a: {arrivals: {workers: 2}, steps: [{tool: act, times: 2}]}}
policies: {p: {models: [x/a], timeout: {attempt: 1s}, retry: {attempts: 9, backoff: {initial: 500ms, factor: 1}}, idempotency: {}}}
scenarios: {s: {agent: a, tasks: 9, faults: [{target: tool/act, kind: slow, factor: 2, when: {probability: 50%}}, {target: agent, kind: crash, restart_after: 3s, when: {probability: 30%}}]}}
`,
	} {
		t.Run(name, func(t *testing.T) { checkLaws(t, file("version: 1\nseeds: 2\n"+world)) })
	}
}
