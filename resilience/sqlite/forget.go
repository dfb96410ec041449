package sqlite

import "context"

// Forget lets go of a task, its checkpoints and its results at once. Their room in the file is used again.
func (s *Store) Forget(ctx context.Context, task uint32) error {
	return failed(s.path, s.forget(ctx, task))
}

func (s *Store) forget(ctx context.Context, task uint32) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, text := range []string{
		`DELETE FROM results WHERE run = ? AND task = ?`,
		`DELETE FROM checkpoints WHERE run = ? AND task = ?`,
	} {
		if _, err := tx.ExecContext(ctx, text, s.run, task); err != nil {
			return err
		}
	}
	return tx.Commit()
}
