package sqlite_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	modernc "modernc.org/sqlite"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/resilience/sqlite"
)

// requireFails wants a typed error of a kind, that names the file and what helps, and that has the driver's error inside.
func requireFails(t *testing.T, err error, kind agentchaos.Kind, path, mend string) {
	t.Helper()
	require.ErrorIs(t, err, kind)
	require.Equal(t, kind, agentchaos.KindOf(err))
	var typed *agentchaos.Error
	require.ErrorAs(t, err, &typed)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, mend)
	var cause *modernc.Error
	require.ErrorAs(t, err, &cause)
}

func TestLocked(t *testing.T) {
	path := inFolder(t)
	s := open(t, path, sqlite.Options{Wait: -1})
	require.NoError(t, s.Save(t.Context(), 1, []byte("before the lock")))

	other := raw(t, path)
	_, err := other.Exec("BEGIN IMMEDIATE")
	require.NoError(t, err)
	requireFails(t, s.Save(t.Context(), 1, []byte("x")), agentchaos.StoreLocked, path, "Options.Wait")
	requireFails(t, s.Record(t.Context(), 1, agentchaos.Key{1}, []byte("x")), agentchaos.StoreLocked, path, "Options.Wait")
	requireFails(t, s.Forget(t.Context(), 1), agentchaos.StoreLocked, path, "Options.Wait")
	latest, _, err := s.Load(t.Context(), 1)
	require.NoError(t, err, "who reads does not wait for who writes")
	require.Equal(t, "before the lock", string(latest))

	_, err = other.Exec("COMMIT")
	require.NoError(t, err)
	require.NoError(t, s.Save(t.Context(), 1, []byte("after the lock")), "locks pass")
	_, before, err := s.Load(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "before the lock", string(before), "what was refused left no trace")
}

// A wait for a lock is the caller's to end.
func TestLockedAndCancelled(t *testing.T) {
	path := inFolder(t)
	s := open(t, path, sqlite.Options{Wait: time.Hour})
	_, err := raw(t, path).Exec("BEGIN IMMEDIATE")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.Equal(t, agentchaos.Timeout, agentchaos.KindOf(s.Save(ctx, 1, []byte("x"))))
}

func TestReadOnly(t *testing.T) {
	path := inFolder(t)
	s := open(t, path, sqlite.Options{})
	require.NoError(t, s.Save(t.Context(), 1, []byte("kept")))
	require.NoError(t, s.Close())

	s = open(t, path, sqlite.Options{ReadOnly: true})
	requireFails(t, s.Save(t.Context(), 1, []byte("x")), agentchaos.StoreReadOnly, path, "Options.ReadOnly")
	requireFails(t, s.Record(t.Context(), 1, agentchaos.Key{1}, []byte("x")), agentchaos.StoreReadOnly, path, "Options.ReadOnly")
	requireFails(t, s.Forget(t.Context(), 1), agentchaos.StoreReadOnly, path, "Options.ReadOnly")
	latest, _, err := s.Load(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "kept", string(latest))
}

func TestNowhereToWrite(t *testing.T) {
	for name, o := range map[string]sqlite.Options{"no folder": {}, "no file": {ReadOnly: true}} {
		t.Run(name, func(t *testing.T) {
			path := inFolder(t)
			if name == "no folder" {
				path = filepath.Join(filepath.Dir(path), "not there", "runs.db")
			}
			_, err := sqlite.Open(path, o)
			requireFails(t, err, agentchaos.StoreReadOnly, path, "make its folder")
			require.NotContains(t, err.Error(), "out of memory", "what SQLite says of the error before this one")
			require.NoFileExists(t, path)
		})
	}
}

func TestFull(t *testing.T) {
	const limit = 200_000
	path := inFolder(t)
	s := open(t, path, sqlite.Options{MaxSize: limit, Relaxed: true})
	block := bytes.Repeat([]byte("x"), 20_000)
	var err error
	kept := uint32(0)
	for err == nil && kept < 100 {
		if err = s.Save(t.Context(), kept+1, block); err == nil {
			kept++
		}
	}
	requireFails(t, err, agentchaos.StoreFull, path, "Options.MaxSize")
	require.InDelta(t, 8, kept, 2)
	requireFails(t, s.Record(t.Context(), kept, agentchaos.Key{1}, block), agentchaos.StoreFull, path, "Forget")

	latest, before, err := s.Load(t.Context(), kept+1)
	require.NoError(t, err)
	require.Nil(t, latest, "what had no room left no trace")
	require.Nil(t, before)
	for task := uint32(1); task <= kept; task++ {
		latest, _, err := s.Load(t.Context(), task)
		require.NoError(t, err)
		require.Equal(t, block, latest, "a full store still answers")
	}
	require.NoError(t, s.Forget(t.Context(), 1))
	require.NoError(t, s.Save(t.Context(), kept+1, block), "what is forgotten makes room")
	require.NoError(t, s.Close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.LessOrEqual(t, info.Size(), int64(limit))
}

func TestNotADatabase(t *testing.T) {
	path := inFolder(t)
	text := bytes.Repeat([]byte("Dear diary, "), 1000)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	_, err := sqlite.Open(path, sqlite.Options{})
	requireFails(t, err, agentchaos.StoreCorrupt, path, "give another file")
	left, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, text, left)
}

// A file that has lost pages is found when it is opened: a store is all there or it is none. (A file of 0 or 1 bytes is a
// new one to SQLite.) What is cut off its last page reads as zeros: the checksums find that.
func TestTruncatedDatabase(t *testing.T) {
	path := inFolder(t)
	s := open(t, path, sqlite.Options{})
	const tasks = 20
	sealed := (&resilience.Checkpoint{State: bytes.Repeat([]byte("x"), 3000)}).Seal(nil)
	for task := range uint32(tasks) {
		require.NoError(t, s.Save(t.Context(), task, sealed))
	}
	require.NoError(t, s.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	last := len(whole) - 4096
	for _, size := range []int{2, 50, 100, 4095, 4096, 4097, len(whole) / 2, last, last + 1, last + 2000, len(whole) - 1} {
		cut := filepath.Join(t.TempDir(), "cut.db")
		require.NoError(t, os.WriteFile(cut, whole[:size], 0o600))
		s, err := sqlite.Open(cut, sqlite.Options{})
		if size <= last || err != nil {
			require.Equal(t, agentchaos.StoreCorrupt, agentchaos.KindOf(err), "%d of %d bytes: %v", size, len(whole), err)
			require.ErrorContains(t, err, cut)
			continue
		}
		found := 0
		for task := range uint32(tasks) {
			latest, _, err := s.Load(t.Context(), task)
			if err == nil {
				_, err = resilience.OpenCheckpoint(latest)
			}
			if err != nil {
				require.Equal(t, agentchaos.StoreCorrupt, agentchaos.KindOf(err), "%v", err)
				found++
			} else {
				require.Equal(t, sealed, latest)
			}
		}
		require.Equal(t, 1, found, "%d of %d bytes", size, len(whole))
		require.NoError(t, s.Close())
	}
}

// A store that another version has written, and a database of somebody else, stay as they are, byte for byte.
func TestNotOursIsLeftAsItIs(t *testing.T) {
	for _, c := range []struct{ name, statement, says string }{
		{"a later schema", "PRAGMA user_version = 7", "schema version 7; this program knows version 1"},
		{"an earlier schema", "PRAGMA user_version = 0", "schema version 0; this program knows version 1"},
		{"another program's", "PRAGMA application_id = 42", "not a store"},
		{"nobody's", "PRAGMA application_id = 0", "not a store"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := inFolder(t)
			require.NoError(t, open(t, path, sqlite.Options{}).Close())
			do(t, path, c.statement)
			old, err := os.ReadFile(path)
			require.NoError(t, err)
			for _, readOnly := range []bool{false, true} {
				_, err := sqlite.Open(path, sqlite.Options{ReadOnly: readOnly})
				require.ErrorIs(t, err, agentchaos.StoreCorrupt)
				require.ErrorContains(t, err, path)
				require.ErrorContains(t, err, c.says)
				left, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Equal(t, old, left)
			}
		})
	}
}

// Somebody else's database is not even turned to WAL.
func TestSomebodyElsesDatabase(t *testing.T) {
	path := inFolder(t)
	do(t, path, "CREATE TABLE theirs (x)")
	old, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = sqlite.Open(path, sqlite.Options{})
	require.ErrorIs(t, err, agentchaos.StoreCorrupt)
	require.ErrorContains(t, err, "not a store")
	left, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, old, left)
}

// What is no ailment of a store keeps its cause: a closed store, a context that has ended.
func TestOtherErrors(t *testing.T) {
	path := inFolder(t)
	s := open(t, path, sqlite.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range []error{
		s.Save(ctx, 1, nil), s.Forget(ctx, 1), s.Record(ctx, 1, agentchaos.Key{}, nil), second(s.Result(ctx, agentchaos.Key{})),
	} {
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, agentchaos.Cancelled, agentchaos.KindOf(err))
	}
	require.NoError(t, s.Close())
	err := s.Save(t.Context(), 1, nil)
	require.Equal(t, agentchaos.Unavailable, agentchaos.KindOf(err))
	require.ErrorContains(t, err, path)
	require.NoError(t, s.Close(), "to close twice is no harm")
}

func second(_ []byte, err error) error { return err }
