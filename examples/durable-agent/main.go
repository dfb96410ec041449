// Durable-agent refunds orders, and can be killed at any moment: started again, it goes on where it was, and every refund
// and every e-mail happens once. See README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/resilience/sqlite"
)

// settings are the flags.
type settings struct {
	dir      string
	run      string
	orders   int
	careless bool
	ledger   bool
}

func main() {
	var s settings
	flag.StringVar(&s.dir, "dir", ".", "folder of agent.db, what the agent keeps, and world.db, the shop it works for")
	flag.StringVar(&s.run, "run", "run-1", "name of the run: part of every idempotency key")
	flag.IntVar(&s.orders, "orders", 3, "orders to refund, numbered from 1")
	flag.BoolVar(&s.careless, "careless", false, "no keys, no checkpoints: what an agent does without them")
	flag.BoolVar(&s.ledger, "ledger", false, "count what was done in the world so far, and do nothing")
	flag.Parse()
	if err := run(context.Background(), s, &journal{to: os.Stdout}); err != nil {
		fmt.Fprintln(os.Stderr, "durable-agent:", err)
		os.Exit(1)
	}
}

// run refunds every order that is still open, all at once.
func run(ctx context.Context, s settings, j *journal) error {
	clock := agentchaos.NewWall()
	shop, err := openWorld(ctx, filepath.Join(s.dir, "world.db"), s.orders, clock, j)
	if err != nil {
		return err
	}
	defer shop.db.Close()
	if s.ledger {
		return shop.ledger(ctx, j.to)
	}
	store, err := sqlite.Open(filepath.Join(s.dir, "agent.db"), sqlite.Options{Run: s.run})
	if err != nil {
		return err
	}
	defer store.Close()

	env := agentchaos.Env{Clock: clock, Seed: 1, Trace: agentchaos.Trace{Change: j.change}}
	worker := policy(s, noted{store, j}).Worker(refunds, env, shop.call)
	var group sync.WaitGroup
	failures := make([]error, s.orders)
	for i := range failures {
		group.Go(func() { failures[i] = refund(ctx, worker, store, shop, uint32(i+1), j) })
	}
	group.Wait()
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

// refund takes one order to its end, and lets go of what was kept of it: in this order, since a process that dies between
// the two must find either.
func refund(ctx context.Context, worker *resilience.Worker, store *sqlite.Store, shop *world, order uint32, j *journal) error {
	closed, err := shop.closed(ctx, order)
	if err != nil {
		return err
	}
	if !closed {
		end := worker.Run(ctx, resilience.Life{
			Task: order,
			Done: func(step uint16, _ agentchaos.Use, _ agentchaos.Caveat) { j.say(order, step, "done") },
		})
		if end.Outcome != agentchaos.Completed {
			return fmt.Errorf("order %d: %v (%w); it stays open, start again to go on", order, end.Outcome, end.Err)
		}
		if err := shop.close(ctx, order); err != nil {
			return err
		}
		j.say(order, 0, "closed")
	}
	return store.Forget(ctx, order)
}
