package resilience_test

import (
	"context"
	"fmt"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

// A provider that is overloaded at first. On the virtual clock the waits cost nothing; with agentchaos.NewWall() in its
// place the same code guards a real one.
func ExamplePolicy() {
	tries := 0
	provider := func(_ context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		if tries++; tries <= 2 {
			return nil, &agentchaos.Error{Kind: agentchaos.Overloaded, Status: 529, Target: req.Target}
		}
		return &agentchaos.Response{Target: req.Target, Content: agentchaos.Content{Text: `{"answer":"yes","confidence":0.9}`}}, nil
	}
	policy := resilience.Policy{
		Models:  []string{"anthropic/claude-sonnet-4", "openai/gpt-4o"},
		Timeout: resilience.Timeout{FirstToken: 20 * time.Second, Idle: 10 * time.Second, Attempt: time.Minute},
		Retry:   resilience.Retry{Attempts: 3, Backoff: resilience.Backoff{Initial: 500 * time.Millisecond, Max: 8 * time.Second}},
		Breaker: &resilience.Breaker{Failures: 5, Recovery: 30 * time.Second},
	}

	world := sim.New()
	defer world.Close()
	call := policy.Start(agentchaos.Env{Clock: world, Seed: 1})(provider)
	world.Go(func() {
		resp, err := call(world.Background(), &agentchaos.Request{ID: agentchaos.ID{Task: 1, Step: 1}, Stream: true})
		fmt.Println(resp.Target, err, "after", tries, "attempts and", world.Now())
	})
	if err := world.Run(); err != nil {
		fmt.Println(err)
	}
	// Output: anthropic/claude-sonnet-4 <nil> after 3 attempts and 1.5s
}
