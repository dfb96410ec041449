package harness

import (
	"context"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// ReplayAround is [Replay] with something around what plays the providers.
func ReplayAround(ctx context.Context, j Job, around func(agentchaos.Clock, agentchaos.Call) agentchaos.Call, sink func(report.Event)) (report.Cell, error) {
	p := newPlayer()
	defer p.close()
	defer context.AfterFunc(ctx, p.world.Stop)()
	p.leaf = around
	return p.play(j.Scenario, j.Arm, j.Seed, sink)
}
