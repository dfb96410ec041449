package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/agentchaos/agentchaos"
)

const resultSQL = `SELECT result FROM results WHERE run = ? AND key = ?`

const recordSQL = `INSERT INTO results (run, key, task, result) VALUES (?, ?, ?, ?) ON CONFLICT (run, key) DO NOTHING`

// Result gives what was recorded under a key.
func (s *Store) Result(ctx context.Context, key agentchaos.Key) (result []byte, err error) {
	err = s.result.QueryRowContext(ctx, s.run, key[:]).Scan(&result)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, failed(s.path, err)
	}
	return blob(result), nil
}

// Record keeps a result; the first under a key stays.
func (s *Store) Record(ctx context.Context, task uint32, key agentchaos.Key, result []byte) error {
	_, err := s.record.ExecContext(ctx, s.run, key[:], task, blob(result))
	return failed(s.path, err)
}
