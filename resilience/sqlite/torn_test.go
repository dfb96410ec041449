package sqlite_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/resilience/sqlite"
)

// A checkpoint that was damaged where it lies, which SQLite cannot know, is found by its checksum, and the one before it
// is there to go on from.
func TestTornCheckpoint(t *testing.T) {
	path := inFolder(t)
	s := open(t, path, sqlite.Options{})
	for n := uint16(1); n <= 3; n++ {
		c := resilience.Checkpoint{State: []byte("as far as it went")}
		for i := uint16(1); i <= n; i++ {
			c.Done.Add(i)
		}
		require.NoError(t, s.Save(t.Context(), 1, c.Seal(nil)))
	}
	require.NoError(t, s.Close())
	do(t, path, "UPDATE checkpoints SET latest = CAST(substr(latest, 1, 5) || x'ff' || substr(latest, 7) AS BLOB) WHERE task = 1")

	s = open(t, path, sqlite.Options{})
	latest, before, err := s.Load(t.Context(), 1)
	require.NoError(t, err)
	_, err = resilience.OpenCheckpoint(latest)
	require.ErrorIs(t, err, agentchaos.StoreCorrupt)
	c, err := resilience.OpenCheckpoint(before)
	require.NoError(t, err)
	require.True(t, c.Done.Has(2))
	require.False(t, c.Done.Has(3))
}
