package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/resilience/sqlite"
	"github.com/agentchaos/agentchaos/resilience/storetest"
)

func open(t *testing.T, path string, o sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(path, o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// raw is the file as SQLite sees it.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// do runs statements on the file and closes it.
func do(t *testing.T, path string, statements ...string) {
	t.Helper()
	db := raw(t, path)
	for _, s := range statements {
		_, err := db.Exec(s)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
}

func inFolder(t *testing.T) string { return filepath.Join(t.TempDir(), "runs.db") }

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (resilience.Store, func() resilience.Store) {
		path := inFolder(t)
		s := open(t, path, sqlite.Options{})
		return s, func() resilience.Store {
			require.NoError(t, s.Close())
			s = open(t, path, sqlite.Options{})
			return s
		}
	})
}

func TestRunsInOneFileDoNotSeeEachOther(t *testing.T) {
	path := inFolder(t)
	a, b := open(t, path, sqlite.Options{Run: "a"}), open(t, path, sqlite.Options{Run: "b"})
	for _, s := range []struct {
		store *sqlite.Store
		name  string
	}{{a, "a"}, {b, "b"}} {
		require.NoError(t, s.store.Save(t.Context(), 1, []byte(s.name)))
		require.NoError(t, s.store.Record(t.Context(), 1, agentchaos.Key{1}, []byte(s.name)))
	}
	require.NoError(t, a.Forget(t.Context(), 1))
	latest, before, err := b.Load(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "b", string(latest))
	require.Nil(t, before)
	r, err := b.Result(t.Context(), agentchaos.Key{1})
	require.NoError(t, err)
	require.Equal(t, "b", string(r))
	r, err = a.Result(t.Context(), agentchaos.Key{1})
	require.NoError(t, err)
	require.Nil(t, r)
}

// Several agents begin at once on a file that is not there yet, and write to it at once: nobody is refused, and of two
// results under one key both find the first.
func TestSeveralMayOpenANewFileAtOnce(t *testing.T) {
	for range 5 {
		path := inFolder(t)
		var wait sync.WaitGroup
		var found [4]string
		for i := range found {
			wait.Go(func() {
				s, err := sqlite.Open(path, sqlite.Options{Wait: 1 << 40, Relaxed: true})
				if err != nil {
					t.Error(err)
					return
				}
				defer s.Close()
				for n := range 5 {
					if err := s.Save(t.Context(), uint32(i), []byte{byte(n)}); err != nil {
						t.Error(err)
					}
				}
				if err := s.Record(t.Context(), uint32(i), agentchaos.Key{1}, []byte{byte('a' + i)}); err != nil {
					t.Error(err)
				}
				r, err := s.Result(t.Context(), agentchaos.Key{1})
				if err != nil {
					t.Error(err)
				}
				found[i] = string(r)
			})
		}
		wait.Wait()
		for _, f := range found {
			require.NotEmpty(t, f)
			require.Equal(t, found[0], f)
		}
	}
}

func TestPathsAreTakenAsTheyStand(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, path := range []string{"plain.db", "with space.db", "what?mode=ro", "50%.db", "%41.db", "#1.db", ":memory:", "a:b.db", "ü.db", "a&b=c;d+e.db"} {
		s := open(t, path, sqlite.Options{})
		require.NoError(t, s.Save(t.Context(), 1, []byte(path)))
		require.NoError(t, s.Close())
		require.FileExists(t, path)
		again := open(t, path, sqlite.Options{ReadOnly: true})
		latest, _, err := again.Load(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, path, string(latest))
	}
}
