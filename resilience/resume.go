package resilience

import (
	"context"
	"errors"

	"github.com/agentchaos/agentchaos"
)

// resume takes up what earlier lives have left in the store. False: there is something that must not be touched.
func (c *course) resume(ctx context.Context) bool {
	if c.store != nil {
		if err := c.load(ctx); err != nil {
			c.task.Kind = agentchaos.KindOf(err)
			return false
		}
	}
	if c.life.Number > 1 {
		tell(c.env, agentchaos.Change{What: agentchaos.Resumed, ID: agentchaos.ID{Task: c.life.Task, Step: c.done.first()}})
	}
	return true
}

// load reads the latest checkpoint that is whole. A store that fails for good leaves nothing: the task begins again, and its
// keys keep its writes from being done twice.
func (c *course) load(ctx context.Context) error {
	var latest, before []byte
	id := agentchaos.ID{Task: c.life.Task}
	if persist(ctx, c.env, id, "", func() (err error) {
		latest, before, err = c.store.Load(ctx, c.life.Task)
		return err
	}) != nil {
		return nil
	}
	for _, b := range [...][]byte{latest, before} {
		if b == nil {
			return nil
		}
		p, err := OpenCheckpoint(b)
		var other *VersionError
		if errors.As(err, &other) {
			return &agentchaos.Error{Kind: agentchaos.StoreCorrupt, Err: err}
		}
		if err == nil {
			c.done, c.task.Without = p.Done, p.Without
			c.task.Steps = uint16(p.Done.Len()) - p.Without
			return nil
		}
		tell(c.env, agentchaos.Change{What: agentchaos.StoreFailed, ID: id, Kind: agentchaos.KindOf(err)})
	}
	return nil
}

// has reports whether a step was done in an earlier life: steps at once are taking down theirs meanwhile.
func (c *course) has(n uint16) bool {
	if c.store == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done.Has(n)
}

// keep takes down a step as done, and saves when it is time. The lock is held while the store works, so that no older
// checkpoint follows a newer one, and not while a locked store is waited for.
func (c *course) keep(ctx context.Context, req *agentchaos.Request) {
	c.mu.Lock()
	c.done.Add(req.ID.Step)
	c.since++
	due := c.since >= c.every
	if due {
		c.since = 0
	}
	c.mu.Unlock()
	if !due {
		return
	}
	_ = persist(ctx, c.env, req.ID, req.Target, func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		p := Checkpoint{Done: c.done, Without: c.task.Without}
		return c.store.Save(ctx, c.life.Task, p.Seal(c.seal[:0]))
	})
}
