package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// journal tells what happens, a line each, as soon as it has happened: a line that was read is true, whatever becomes of
// the process.
type journal struct {
	mu sync.Mutex
	to io.Writer
}

// say writes one line in one piece; step 0 is the whole task.
func (j *journal) say(task uint32, step uint16, words ...string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	fmt.Fprintf(j.to, "order %d step %d %s\n", task, step, strings.Join(words, " "))
}

// change tells of retries, replays, and a store that fails.
func (j *journal) change(c agentchaos.Change) {
	words := []string{c.What.String(), c.Target}
	if c.Kind != agentchaos.None {
		words = append(words, c.Kind.String())
	}
	j.say(c.ID.Task, c.ID.Step, words...)
}

// noted is a store that tells what it has kept, once it has.
type noted struct {
	resilience.Store
	j *journal
}

// Load tells of a task that goes on.
func (n noted) Load(ctx context.Context, task uint32) (latest, before []byte, err error) {
	latest, before, err = n.Store.Load(ctx, task)
	if latest != nil {
		n.j.say(task, 0, "goes on from", hex.EncodeToString(latest))
	}
	return latest, before, err
}

// Save tells which checkpoint is kept.
func (n noted) Save(ctx context.Context, task uint32, checkpoint []byte) error {
	err := n.Store.Save(ctx, task, checkpoint)
	if err == nil {
		n.j.say(task, 0, "saved", hex.EncodeToString(checkpoint))
	}
	return err
}

// Record tells whose result is kept.
func (n noted) Record(ctx context.Context, task uint32, key agentchaos.Key, result []byte) error {
	err := n.Store.Record(ctx, task, key, result)
	if err == nil {
		n.j.say(task, 0, "recorded", key.String())
	}
	return err
}
