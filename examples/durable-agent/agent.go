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

		TrustAnswers: true, // validation is for answers of the simulated models
	}
	if !s.careless {
		p.Idempotency = &resilience.Idempotency{Run: s.run}
		p.Checkpoint = &resilience.Checkpointing{}
		p.Store = store
	}
	return p
}
