package harness

import (
	"context"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/resilience"
)

// shelf is the agents' store in a world in which it can fail, and in which processes can die before and after everything
// that they do with it.
type shelf struct {
	lives *lives
	resilience.Store
}

// Load is the store's.
func (s shelf) Load(ctx context.Context, task uint32) (latest, before []byte, err error) {
	err = s.do(task, false, func(bool) (err error) {
		latest, before, err = s.Store.Load(ctx, task)
		return err
	})
	return latest, before, err
}

// Save is the store's.
func (s shelf) Save(ctx context.Context, task uint32, checkpoint []byte) error {
	return s.do(task, true, func(torn bool) error {
		if torn {
			checkpoint = checkpoint[:len(checkpoint)/2]
		}
		return s.Store.Save(ctx, task, checkpoint)
	})
}

// Result is the store's.
func (s shelf) Result(ctx context.Context, key agentchaos.Key) (result []byte, err error) {
	err = s.do(s.lives.world.Task(), false, func(bool) (err error) {
		result, err = s.Store.Result(ctx, key)
		return err
	})
	return result, err
}

// Record is the store's. A step whose result is kept is done.
func (s shelf) Record(ctx context.Context, task uint32, key agentchaos.Key, result []byte) error {
	return s.do(task, true, func(torn bool) error {
		if torn {
			result = result[:len(result)/2]
		}
		err := s.Store.Record(ctx, task, key, result)
		if x := s.lives.flying[task]; x != nil && err == nil && !torn {
			for _, k := range x.keys {
				if k.key == key {
					x.keep(k.step)
				}
			}
		}
		return err
	})
}

// do is one operation: the process may die before and after it, and the faults may strike it.
func (s shelf) do(task uint32, writes bool, op func(torn bool) error) error {
	x := s.lives.flying[task]
	if x == nil {
		return op(false)
	}
	if s.lives.mortal {
		x.point()
	}
	torn, err := x.strike(writes)
	if err == nil {
		err = op(torn)
	}
	if s.lives.mortal {
		x.point()
	}
	return err
}

// strike asks the faults what they do to the task's next operation.
func (l *life) strike(writes bool) (torn bool, err error) {
	l.stored++
	now := l.world.Now()
	e := l.providers.Strike(faults.StoreTarget, now, agentchaos.ID{Task: l.task, Step: uint16(l.stored)}).End
	if e.Form != agentchaos.NoStore {
		return false, nil
	}
	switch {
	case e.Kind == agentchaos.StoreCorrupt && writes:
		l.tore = e.By
		return true, nil
	case e.Kind == agentchaos.StoreLocked || writes && e.Kind != agentchaos.StoreCorrupt:
		l.struck = e.By
		return false, &agentchaos.Error{Kind: e.Kind, Target: faults.StoreTarget}
	}
	return false, nil
}
