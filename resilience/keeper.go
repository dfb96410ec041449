package resilience

import (
	"context"
	"time"

	"github.com/agentchaos/agentchaos"
)

// lockWaits are the waits before a locked store is asked again: locks pass.
var lockWaits = [...]time.Duration{10 * time.Millisecond, 100 * time.Millisecond, time.Second}

// persist does something with the store, again while it is locked, and reports when it fails for good: the task then goes
// on without what the store would have kept.
func persist(ctx context.Context, env *agentchaos.Env, id agentchaos.ID, target string, do func() error) error {
	err := do()
	for _, wait := range lockWaits {
		if err == nil || agentchaos.KindOf(err) != agentchaos.StoreLocked || env.Clock.Sleep(ctx, wait) != nil {
			break
		}
		err = do()
	}
	if err != nil {
		tell(env, agentchaos.Change{What: agentchaos.StoreFailed, ID: id, Target: target, Kind: agentchaos.KindOf(err)})
	}
	return err
}
