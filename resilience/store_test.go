package resilience_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/resilience/storetest"
)

func TestMemoryIsAStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) (resilience.Store, func() resilience.Store) { return &resilience.Memory{}, nil })
}

// Simulated tasks come by the million: what one took is the next one's.
func TestMemoryUsesItsRoomAgain(t *testing.T) {
	var m resilience.Memory
	ctx := t.Context()
	live := func(task uint32) {
		_ = m.Save(ctx, task, []byte("a checkpoint"))
		_ = m.Save(ctx, task, []byte("another"))
		_ = m.Record(ctx, task, agentchaos.Key{1}, []byte("a result"))
		_ = m.Forget(ctx, task)
	}
	task := uint32(0)
	require.Zero(t, testing.AllocsPerRun(1000, func() { task++; live(task) }))
	require.Zero(t, m.Tasks())
	require.NoError(t, m.Save(ctx, 1, nil))
	require.Equal(t, 1, m.Tasks())
}
