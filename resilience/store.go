package resilience

import (
	"context"

	"github.com/agentchaos/agentchaos"
)

// Store keeps what must outlive the agent's process: the latest checkpoints of every task, and the log of what write tools
// have answered. What it is given and gives are sealed bytes ([Checkpoint.Seal]); it need not understand them. Package
// storetest holds a store to what is said here.
//
// When a method returns nil, what it was given is kept, whole. Errors tell their kind: store_full, store_locked,
// store_read_only ([agentchaos.KindOf]); of a locked store the stack asks again. Safe for concurrent use.
type Store interface {
	// Load gives the latest checkpoint of a task and the one before it; nil: there is none.
	Load(ctx context.Context, task uint32) (latest, before []byte, err error)
	// Save keeps a checkpoint as the latest, or leaves everything as it was.
	Save(ctx context.Context, task uint32, checkpoint []byte) error
	// Result gives what was recorded under a key; nil: nothing.
	Result(ctx context.Context, key agentchaos.Key) ([]byte, error)
	// Record keeps the result of a task's write under its key. The first one stays.
	Record(ctx context.Context, task uint32, key agentchaos.Key, result []byte) error
}

// Forgetter is a Store that can let go of a task. It is for who owns the tasks, once it has taken down how a task ended:
// before that, a crash would do it all again.
type Forgetter interface {
	Forget(ctx context.Context, task uint32) error
}
