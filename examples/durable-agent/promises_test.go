package main

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/resilience/sqlite"
)

type place struct {
	order uint32
	step  uint16
}

// promises are what the processes of one folder have said to be so, and what must therefore be so for ever.
type promises struct {
	saved    map[uint32]resilience.Checkpoint
	recorded map[string]bool // keys
	done     map[place]bool  // steps that are done, or whose result is recorded
	closed   map[uint32]bool
}

func newPromises() *promises {
	return &promises{map[uint32]resilience.Checkpoint{}, map[string]bool{}, map[place]bool{}, map[uint32]bool{}}
}

// hear takes down what a process has said, line by line. To ask for a step that is done breaks a promise.
func (p *promises) hear(t *testing.T, lines []string) {
	t.Helper()
	for _, line := range lines {
		var at place
		var rest string
		_, err := fmt.Sscanf(line, "order %d step %d %s", &at.order, &at.step, &rest)
		require.NoError(t, err, line)
		words := strings.Fields(line)[4:]
		switch words[0] {
		case "asks":
			require.False(t, p.done[at], "%s: it was done", line)
			require.False(t, p.closed[at.order], "%s: the order was closed", line)
		case "saved":
			b, err := hex.DecodeString(words[1])
			require.NoError(t, err, line)
			p.saved[at.order], err = resilience.OpenCheckpoint(b)
			require.NoError(t, err, line)
		case "recorded":
			p.recorded[words[1]] = true
		case "done":
			p.done[at] = true
		case "closed":
			p.closed[at.order] = true
		case "store_failed":
			t.Fatal(line)
		}
	}
}

// effect is a row of the world's ledger.
type effect struct {
	place
	tool, key string
}

// found is what lies in a folder.
type found struct {
	store   *sqlite.Store
	effects []effect
	closed  map[uint32]bool
}

func look(t *testing.T, dir string) *found {
	t.Helper()
	f := &found{closed: map[uint32]bool{}}
	var err error
	f.store, err = sqlite.Open(filepath.Join(dir, "agent.db"), sqlite.Options{Run: "run-1", Relaxed: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.store.Close() })
	db, err := sql.Open("sqlite", filepath.Join(dir, "world.db"))
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec(worldSQL) // there may be none yet
	require.NoError(t, err)
	each(t, db, `SELECT task, step, tool, key FROM effects`, func(scan func(...any) error) error {
		var e effect
		err := scan(&e.order, &e.step, &e.tool, &e.key)
		f.effects = append(f.effects, e)
		return err
	})
	each(t, db, `SELECT id FROM orders WHERE closed`, func(scan func(...any) error) error {
		var id uint32
		err := scan(&id)
		f.closed[id] = true
		return err
	})
	return f
}

func each(t *testing.T, db *sql.DB, query string, row func(scan func(...any) error) error) {
	t.Helper()
	rows, err := db.Query(query)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		require.NoError(t, row(rows.Scan))
	}
	require.NoError(t, rows.Err())
}

// doubled are the effects that happened more than once.
func (f *found) doubled() (list []place) {
	times := map[place]int{}
	for _, e := range f.effects {
		if times[e.place]++; times[e.place] == 2 {
			list = append(list, e.place)
		}
	}
	return list
}

// checkpoint is the latest of an order.
func (f *found) checkpoint(t *testing.T, order uint32) (c resilience.Checkpoint) {
	t.Helper()
	latest, _, err := f.store.Load(t.Context(), order)
	require.NoError(t, err)
	if latest != nil {
		c, err = resilience.OpenCheckpoint(latest)
		require.NoError(t, err)
	}
	return c
}

// result reports whether there is one under a key.
func (f *found) result(t *testing.T, key string) bool {
	t.Helper()
	var k agentchaos.Key
	n, err := hex.Decode(k[:], []byte(key))
	require.NoError(t, err)
	require.Len(t, k, n)
	b, err := f.store.Result(t.Context(), k)
	require.NoError(t, err)
	return b != nil
}

// keep holds the promises against what was found after a death: nothing that was said to be kept is lost, nothing was done
// twice. Of an order that is closed nothing need be kept.
func (p *promises) keep(t *testing.T, f *found) {
	t.Helper()
	require.Empty(t, f.doubled(), "effects that happened twice")
	for order := range p.closed {
		require.True(t, f.closed[order], "order %d was said to be closed", order)
	}
	for order, c := range p.saved {
		if f.closed[order] {
			continue
		}
		has := f.checkpoint(t, order).Done
		for n := range len(refunds.Steps) {
			if step := uint16(n + 1); c.Done.Has(step) {
				require.True(t, has.Has(step), "order %d: the checkpoint with step %d was said to be saved", order, step)
			}
		}
	}
	for _, e := range f.effects {
		if !p.recorded[e.key] {
			continue
		}
		p.done[e.place] = true
		if !f.closed[e.order] {
			require.True(t, f.result(t, e.key), "%v: the result was said to be recorded", e)
		}
	}
}
