package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/agentchaos/agentchaos"
)

// schemaVersion stands in a file's user_version. It changes when a program that knows only the last schema could do harm.
const schemaVersion = 1

// applicationID stands in a file's application_id and says that it is a store of ours: "agch".
const applicationID = 0x61676368

// schema is what a new file is made of. The keys are unique, so that of two that record at the same time one is first.
var schema = fmt.Sprintf(`
CREATE TABLE checkpoints (
	run    TEXT    NOT NULL,
	task   INTEGER NOT NULL,
	latest BLOB    NOT NULL,
	before BLOB, -- NULL: there was none
	PRIMARY KEY (run, task)
) STRICT;
CREATE TABLE results (
	run    TEXT    NOT NULL,
	key    BLOB    NOT NULL,
	task   INTEGER NOT NULL,
	result BLOB    NOT NULL,
	PRIMARY KEY (run, key)
) STRICT;
CREATE INDEX results_of_task ON results (run, task);
PRAGMA application_id = %d;
PRAGMA user_version = %d;
`, applicationID, schemaVersion)

// marks are what tells whose a file is.
type marks struct{ application, version, objects int }

// fresh is a file that nobody has written to.
func (m marks) fresh() bool { return m == marks{} }

// check gives an error for a file that is not a store of this version.
func (m marks) check() error {
	switch {
	case m.application == applicationID && m.version == schemaVersion:
		return nil
	case m.application == applicationID:
		return refusal("a store of schema version %d; this program knows version %d and leaves it as it is: finish its runs with the program that began them, or give another file", m.version, schemaVersion)
	}
	return refusal("an SQLite database, but not a store; it is left as it is: give another file")
}

func refusal(format string, a ...any) error {
	return &agentchaos.Error{Kind: agentchaos.StoreCorrupt, Err: fmt.Errorf(format, a...)}
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func readMarks(ctx context.Context, q querier) (m marks, err error) {
	err = q.QueryRowContext(ctx, `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id, pragma_user_version`).Scan(&m.application, &m.version, &m.objects)
	return m, err
}

// ensureSchema makes a new file a store, and refuses one that is something else. Several processes may do so at once.
func ensureSchema(ctx context.Context, db *sql.DB, readOnly bool) error {
	m, err := readMarks(ctx, db)
	if err != nil {
		return err
	}
	if !m.fresh() || readOnly {
		return m.check()
	}
	if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil { // not possible in a transaction
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if m, err = readMarks(ctx, tx); err != nil {
		return err
	}
	if !m.fresh() { // somebody else was quicker
		return m.check()
	}
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	return tx.Commit()
}
