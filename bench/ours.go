package bench

import (
	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// Ours is the reference stack on the wall clock.
func Ours(leaf agentchaos.Call) agentchaos.Call { return On(agentchaos.NewWall())(leaf) }

// On is the reference stack on a clock.
func On(clock agentchaos.Clock) Peer {
	return func(leaf agentchaos.Call) agentchaos.Call {
		policy := resilience.Policy{
			Models:       models[:],
			Timeout:      resilience.Timeout{Attempt: limit},
			Retry:        resilience.Retry{Attempts: attempts},
			Breaker:      &resilience.Breaker{Failures: failures, Recovery: recovery},
			TrustAnswers: true,
		}
		return policy.Start(agentchaos.Env{Clock: clock})(leaf)
	}
}
