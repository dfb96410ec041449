package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/agentchaos/agentchaos/resilience"
)

// Options are the settings of a store. The zero value is durable, in the run named "".
type Options struct {
	Run      string        // whose tasks: one file can hold several runs, which do not see each other
	Wait     time.Duration // for a lock that somebody else holds, before store_locked; 0: one second; below 0: none
	MaxSize  int64         // bytes the file may grow to, before store_full; 0: what the disk has
	Relaxed  bool          // no fsync in a transaction: the last ones may be lost in a power cut, never in a crash of the process
	ReadOnly bool          // only look: the file must be there, and whatever would change it is store_read_only
}

// Store is a [resilience.Store] and a [resilience.Forgetter] in a file. Safe for concurrent use. Make it with [Open].
type Store struct {
	path string
	run  string
	db   *sql.DB

	load, save, result, record *sql.Stmt
}

var (
	_ resilience.Store     = (*Store)(nil)
	_ resilience.Forgetter = (*Store)(nil)
)

// Open opens the store in a file, and makes it if there is none; its folder must be there. A file that is something else,
// or of a schema that this version does not know, is left as it is. The errors tell their kind, as those of all methods do.
func Open(path string, o Options) (*Store, error) {
	db, err := sql.Open(driver, source(path, o))
	if err != nil {
		return nil, failed(path, err)
	}
	db.SetMaxOpenConns(1)
	s := &Store{path: path, run: o.Run, db: db}
	if err := s.prepare(o); err != nil {
		_ = db.Close()
		return nil, failed(path, err)
	}
	return s, nil
}

// prepare makes sure of the schema, and parses every statement once.
func (s *Store) prepare(o Options) (err error) {
	ctx := context.Background()
	if err := patient(ctx, o.Wait, func() error { return ensureSchema(ctx, s.db, o.ReadOnly) }); err != nil {
		return err
	}
	for _, p := range []struct {
		into **sql.Stmt
		text string
	}{{&s.load, loadSQL}, {&s.save, saveSQL}, {&s.result, resultSQL}, {&s.record, recordSQL}} {
		if *p.into, err = s.db.PrepareContext(ctx, p.text); err != nil {
			return err
		}
	}
	return nil
}

// Close lets go of the file. What was kept stays kept, with or without it.
func (s *Store) Close() error { return failed(s.path, s.db.Close()) }
