package main

import (
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// refunds is what is done for an order: two steps change the world.
var refunds = resilience.Agent{Steps: []resilience.Step{
	{Use: agentchaos.UseRead, Target: "tool/lookup"},
	{Use: agentchaos.UseModel, Target: "model/decide", Plain: true},
	{Use: agentchaos.UseWrite, Target: "tool/refund", Arguments: `{"amount": 12.50}`},
	{Use: agentchaos.UseModel, Target: "model/write", Plain: true},
	{Use: agentchaos.UseWrite, Target: "tool/email", Arguments: `{"template": "refunded"}`},
}}

// policy is how the agent behaves. Idempotency and Checkpoint are what makes it durable; without Idempotency the retries
// alone would refund twice when an answer is lost.
func policy(s settings, store resilience.Store) resilience.Policy {
	p := resilience.Policy{
		Timeout: resilience.Timeout{Attempt: 10 * time.Second},
		Retry:   resilience.Retry{Attempts: 4, Backoff: resilience.Backoff{Initial: 2 * time.Millisecond}},

		Check: func(*agentchaos.Request, agentchaos.Content) agentchaos.Variant { return agentchaos.NoVariant }, // nothing to parse
		Run:   s.run,
	}
	if !s.careless {
		p.Idempotency = &resilience.Idempotency{}
		p.Checkpoint = &resilience.Checkpointing{}
		p.Store = store
	}
	return p
}
