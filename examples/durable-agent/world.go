package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/agentchaos/agentchaos"
	_ "modernc.org/sqlite" // the world's own database; the agent never looks into it
)

// world is everything outside the agent: the shop with its orders, the tools, the models. Yours is real; this one is a
// file, so that it outlives the agent and everybody can count what was done.
type world struct {
	db    *sql.DB
	clock agentchaos.Clock
	luck  agentchaos.Seed
	j     *journal
}

// The ledger lets an effect happen twice: it is there to show that.
const worldSQL = `
CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, closed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS effects (receipt INTEGER PRIMARY KEY, task INTEGER NOT NULL, step INTEGER NOT NULL, tool TEXT NOT NULL, arguments TEXT NOT NULL, key TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, receipt INTEGER NOT NULL);
`

func openWorld(ctx context.Context, path string, orders int, clock agentchaos.Clock, j *journal) (*world, error) {
	db, err := sql.Open("sqlite", path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	w := &world{db: db, clock: clock, luck: agentchaos.Seed(1).Derive("lost answers"), j: j}
	return w, w.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, worldSQL); err != nil {
			return err
		}
		for id := 1; id <= orders; id++ {
			if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO orders (id) VALUES (?)`, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// call is one interaction with the world, over a network that takes its time and now and then loses an answer. A real one
// sends req.Key as the header Idempotency-Key, or under whatever name the tool's server wants it.
func (w *world) call(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
	w.j.say(req.ID.Task, req.ID.Step, "asks", req.Target)
	draw := w.luck.At(req.ID)
	there, back := time.Duration(draw%4)*time.Millisecond, time.Duration(draw>>8%4)*time.Millisecond
	if err := w.clock.Sleep(ctx, there); err != nil {
		return nil, err
	}
	answer := `{}`
	if req.Use == agentchaos.UseWrite {
		receipt, err := w.once(ctx, req)
		if err != nil {
			return nil, err
		}
		w.j.say(req.ID.Task, req.ID.Step, "world: did", req.Target, "receipt", strconv.Itoa(receipt))
		answer = fmt.Sprintf(`{"receipt": %d}`, receipt)
	}
	if err := w.clock.Sleep(ctx, back); err != nil {
		return nil, err
	}
	if draw>>16%5 == 0 {
		return nil, &agentchaos.Error{Kind: agentchaos.Timeout, Target: req.Target}
	}
	return &agentchaos.Response{Target: req.Target, Content: agentchaos.Content{Text: answer}}, nil
}

// once is a tool's server that keeps keys: the work and its key are one transaction, and a key that it knows gets the
// receipt of the first time. What has no key is done as often as somebody asks.
func (w *world) once(ctx context.Context, req *agentchaos.Request) (receipt int, err error) {
	err = w.change(ctx, func(tx *sql.Tx) error {
		key := req.Key.String()
		err := tx.QueryRowContext(ctx, `SELECT receipt FROM keys WHERE key = ?`, key).Scan(&receipt)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := tx.QueryRowContext(ctx, `INSERT INTO effects (task, step, tool, arguments, key) VALUES (?, ?, ?, ?, ?) RETURNING receipt`,
			req.ID.Task, req.ID.Step, req.Target, req.Arguments, key).Scan(&receipt); err != nil {
			return err
		}
		if key != "" {
			_, err = tx.ExecContext(ctx, `INSERT INTO keys (key, receipt) VALUES (?, ?)`, key, receipt)
			return err
		}
		return nil
	})
	return receipt, err
}

// closed reports whether an order is done with.
func (w *world) closed(ctx context.Context, order uint32) (yes bool, err error) {
	err = w.db.QueryRowContext(ctx, `SELECT closed FROM orders WHERE id = ?`, order).Scan(&yes)
	return yes, err
}

// close takes down that an order is done with.
func (w *world) close(ctx context.Context, order uint32) error {
	return w.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE orders SET closed = 1 WHERE id = ?`, order)
		return err
	})
}

// change does something whole or not at all.
func (w *world) change(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
