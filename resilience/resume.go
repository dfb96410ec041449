package resilience

import (
	"context"

	"github.com/agentchaos/agentchaos"
)

// resume takes up what earlier lives have left in the store. False: there is something that must not be touched.
func (c *course) resume(ctx context.Context) bool {
	found := false
	if c.store != nil {
		c.mu.Lock()
		c.unread = true
		c.mu.Unlock()
		var err error
		if found, err = c.load(ctx, agentchaos.ID{Task: c.life.Task}); err != nil {
			c.refuse(err)
			return false
		}
	}
	if found && c.life.Restore != nil {
		c.life.Restore(c.state)
	}
	if found || c.life.Number > 1 {
		tell(c.env, agentchaos.Change{What: agentchaos.Resumed, ID: agentchaos.ID{Task: c.life.Task, Step: c.done.first()}})
	}
	return true
}

// refuse ends the task for what the store holds.
func (c *course) refuse(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.task.Kind == agentchaos.None {
		c.task.Kind, c.err = agentchaos.StoreCorrupt, err
	}
}

// load reads the latest checkpoint that is whole, and joins it to what this life has done. Of a store that cannot be read it
// knows nothing: the task begins again, its keys keep its writes from being done twice, and nothing is saved over what
// may be there until it has been read. The id says when: before the first step, or in one that is to be kept.
func (c *course) load(ctx context.Context, id agentchaos.ID) (found bool, err error) {
	var latest, before []byte
	if persist(ctx, c.env, id, checkpointPart, func() (err error) {
		latest, before, err = c.store.Load(c.endless, c.life.Task)
		return err
	}) != nil {
		return false, nil
	}
	for _, b := range [...][]byte{latest, before} {
		if b == nil {
			break
		}
		p, err := OpenCheckpoint(b)
		switch {
		case err == nil && (p.Of == c.of || p.Of == 0):
			c.take(p)
			return true, nil
		case err == nil:
			return false, ErrOtherPlan
		case isVersion(err):
			return false, err
		}
		tell(c.env, agentchaos.Change{What: agentchaos.StoreFailed, ID: id, Target: checkpointPart, Kind: agentchaos.KindOf(err)})
	}
	c.mu.Lock()
	c.unread = false
	c.mu.Unlock()
	return false, nil
}

// take goes on from a checkpoint. What this life has done in full is not missing, whatever an earlier one did without.
func (c *course) take(p Checkpoint) {
	c.mu.Lock()
	c.unread, c.state = false, p.State
	p.Without.drop(c.done)
	c.done.join(p.Done)
	c.without.join(p.Without)
	c.task.Without = uint16(c.without.Len())
	c.task.Steps = uint16(c.done.Len()) - c.task.Without
	c.mu.Unlock()
}

// keep saves when it is time. The lock is held while the store works, so that no older checkpoint follows a newer one, and
// not while a locked store is waited for. False: there is something that must not be overwritten.
func (c *course) keep(ctx context.Context, req *agentchaos.Request) bool {
	c.mu.Lock()
	c.since++
	due, unread := c.since >= c.every, c.unread
	if due {
		c.since = 0
	}
	c.mu.Unlock()
	if !due {
		return true
	}
	if unread {
		if _, err := c.load(ctx, req.ID); err != nil {
			c.refuse(err)
			return false
		}
	}
	_ = persist(ctx, c.env, req.ID, checkpointPart, func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.unread {
			return nil
		}
		p := Checkpoint{Of: c.of, Done: c.done, Without: c.without}
		if c.life.State != nil {
			p.State = c.life.State()
		}
		return c.store.Save(c.endless, c.life.Task, p.Seal(c.seal[:0]))
	})
	return true
}
