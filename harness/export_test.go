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

// ReplayWire is Replay with the models spoken to over HTTP.
func ReplayWire(ctx context.Context, j Job, sink func(report.Event)) (report.Cell, error) {
	p := newPlayer()
	defer p.close()
	p.wire = true
	return p.play(j.Scenario, j.Arm, j.Seed, sink)
}
