package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

const loadSQL = `SELECT latest, before, before IS NOT NULL FROM checkpoints WHERE run = ? AND task = ?`

// saveSQL moves the latest checkpoint back and puts a new one in its place, in one statement.
const saveSQL = `INSERT INTO checkpoints (run, task, latest) VALUES (?, ?, ?)
	ON CONFLICT (run, task) DO UPDATE SET before = latest, latest = excluded.latest`

// Load gives the latest two checkpoints.
func (s *Store) Load(ctx context.Context, task uint32) (latest, before []byte, err error) {
	var two bool
	err = s.load.QueryRowContext(ctx, s.run, task).Scan(&latest, &before, &two)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil, nil
	case err != nil:
		return nil, nil, failed(s.path, err)
	case !two:
		return blob(latest), nil, nil
	}
	return blob(latest), blob(before), nil
}

// Save keeps a checkpoint.
func (s *Store) Save(ctx context.Context, task uint32, checkpoint []byte) error {
	_, err := s.save.ExecContext(ctx, s.run, task, blob(checkpoint))
	return failed(s.path, err)
}

// blob is b as a value, never nil: that would be NULL, and it is what the driver makes of an empty one.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
