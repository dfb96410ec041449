package resilience

import (
	"context"

	"github.com/agentchaos/agentchaos"
)

// fork does steps at once, each on a coroutine and with a Request of its own, and waits for all of them: they share what
// this life has. Their numbers are those that they would have one after the other. The first failure ends the others.
func (c *course) fork(ctx context.Context, steps []Step, n uint16, grow int, depth uint8) (uint16, bool) {
	group, end := c.env.Clock.WithTimeout(ctx, agentchaos.Forever)
	defer end()
	joined, fire := c.env.Clock.WithTimeout(context.WithoutCancel(ctx), agentchaos.Forever)
	defer fire()
	left, all := len(steps), true
	for i := range steps {
		branch, first := steps[i:i+1], n
		n += c.luck.count(&steps[i], c.life.Task, n, depth)
		c.env.Clock.Go(func() {
			_, ok := c.walk(group, &agentchaos.Request{By: c.req.By}, branch, first, grow, depth)
			if !ok {
				end()
			}
			c.mu.Lock()
			left--
			all = all && ok
			last := left == 0
			c.mu.Unlock()
			if last {
				fire()
			}
		})
	}
	_ = c.env.Clock.Sleep(joined, agentchaos.Forever)
	c.mu.Lock()
	defer c.mu.Unlock()
	return n, all
}
