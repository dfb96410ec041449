package main

import (
	"context"
	"fmt"
	"io"
)

// ledger prints how often the world was changed, by tool, beside how many orders there are.
func (w *world) ledger(ctx context.Context, to io.Writer) error {
	rows, err := w.db.QueryContext(ctx, `SELECT tool, count(*), count(DISTINCT task) FROM effects GROUP BY tool ORDER BY tool DESC`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var tool string
		var effects, orders int
		if err := rows.Scan(&tool, &effects, &orders); err != nil {
			return err
		}
		fmt.Fprintf(to, "%s: done %d times for %d orders\n", tool, effects, orders)
	}
	return rows.Err()
}
