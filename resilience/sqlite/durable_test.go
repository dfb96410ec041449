package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// https://www.sqlite.org/pragma.html#pragma_synchronous: "WAL mode is always consistent with synchronous=NORMAL, but WAL
// mode does lose durability. A transaction committed in WAL mode with synchronous=NORMAL might roll back following a power
// loss or system crash. Transactions are durable across application crashes regardless of the synchronous setting or
// journal mode."
func TestDurableByDefault(t *testing.T) {
	const normal, full = 1, 2
	path := filepath.Join(t.TempDir(), "runs.db")
	for _, c := range []struct {
		o    Options
		want int
	}{{Options{}, full}, {Options{Relaxed: true}, normal}} {
		s, err := Open(path, c.o)
		require.NoError(t, err)
		var mode string
		var synchronous, fullfsync int
		require.NoError(t, s.db.QueryRow("PRAGMA journal_mode").Scan(&mode))
		require.NoError(t, s.db.QueryRow("PRAGMA synchronous").Scan(&synchronous))
		require.NoError(t, s.db.QueryRow("PRAGMA fullfsync").Scan(&fullfsync))
		require.Equal(t, "wal", mode)
		require.Equal(t, c.want, synchronous)
		require.Equal(t, 1, fullfsync)
		require.NoError(t, s.Close())
	}
}

func TestWaitsAreRoundedUp(t *testing.T) {
	require.EqualValues(t, 1000, milliseconds(0))
	require.EqualValues(t, 1, milliseconds(1))
	require.EqualValues(t, 2, milliseconds(1_000_001))
	require.EqualValues(t, 0, milliseconds(-1))
}
