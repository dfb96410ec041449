package resilience

import (
	"context"
	"time"

	"github.com/agentchaos/agentchaos"
)

// lockWaits are the waits before a locked store is asked again: locks pass.
var lockWaits = [...]time.Duration{10 * time.Millisecond, 100 * time.Millisecond, time.Second}

// The parts of a store, as changes name them.
const (
	checkpointPart = "store/checkpoint"
	logPart        = "store/log"
)

// persist does something with the store, again while it is locked. Every failure is reported; after the last the task goes
// on without what the store would have kept.
// What is done is done to its end, on a context without one: a caller whose time is up, or who is called off, has all the
// more to keep. Only waits end with ctx.
func persist(ctx context.Context, env *agentchaos.Env, id agentchaos.ID, target string, do func() error) error {
	for i := 0; ; i++ {
		err := do()
		if err == nil {
			return nil
		}
		failed := agentchaos.Change{What: agentchaos.StoreFailed, ID: id, Target: target, Kind: agentchaos.KindOf(err)}
		if failed.Kind != agentchaos.StoreLocked || i == len(lockWaits) {
			tell(env, failed)
			return err
		}
		failed.For = lockWaits[i]
		tell(env, failed)
		if env.Clock.Sleep(ctx, failed.For) != nil {
			return err
		}
	}
}
