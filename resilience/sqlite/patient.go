package sqlite

import (
	"context"
	"time"

	"github.com/agentchaos/agentchaos"
)

// patient does something again for as long as others hold the file. SQLite waits for most locks by itself; but of two that
// turn a new file to WAL at the same time one is refused at once.
func patient(ctx context.Context, wait time.Duration, do func() error) error {
	clock := agentchaos.NewWall()
	for {
		err := do()
		if ailments[codeOf(err)].kind != agentchaos.StoreLocked || clock.Now() >= waits(wait) {
			return err
		}
		if err := clock.Sleep(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
}
