package resilience

import (
	"context"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Degrade says what a task does without, rather than fail. The zero value does without nothing.
type Degrade struct {
	Tool      bool // a read tool that fails for good: the answer carries a caveat. A write is left out by name or number alone
	Retrieval bool // a retrieval that fails for good: a general answer, with a disclaimer

	// Tools and Steps decide for a target ("tool/refund") or for a step by its number, of tools and retrieval: true, the task
	// goes on without; false, it fails. A step's word goes before its tool's. A write that may have been done is never left
	// out: the answer would deny it.
	Tools map[string]bool
	Steps map[uint16]bool

	Deadline bool          // when the task's time is up, what is done is the result, with what is missing and why
	Reserve  time.Duration // of the task's time, kept for putting that result together: no step begins or goes on in it
}

// skips reports whether any step may be left out.
func (d *Degrade) skips() bool { return d.Tool || d.Retrieval || len(d.Tools) > 0 || len(d.Steps) > 0 }

// allows is what is left out for a request that has failed; none: it may not be.
func (d *Degrade) allows(req *agentchaos.Request) (agentchaos.Caveat, bool) {
	c, ok := agentchaos.WithoutTool, false
	if req.Unsure || req.Use == agentchaos.UseWrite && req.Tried > 0 {
		return agentchaos.NoCaveat, false // it may have been done: an answer must not deny it
	}
	switch req.Use {
	case agentchaos.UseModel:
		return agentchaos.NoCaveat, false
	case agentchaos.UseRead:
		ok = d.Tool
	case agentchaos.UseRetrieval:
		c, ok = agentchaos.WithoutRetrieval, d.Retrieval
	}
	if said, has := d.Tools[req.Target]; has {
		ok = said
	}
	if said, has := d.Steps[req.ID.Step]; has {
		ok = said
	}
	return c, ok
}

// around answers for what has failed for good. A call that its caller cut short has not.
func (d *Degrade) around(env *agentchaos.Env, next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		resp, err := next(ctx, req)
		if err == nil || agentchaos.KindOf(err) == agentchaos.Cancelled || over(ctx, env.Clock, req) {
			return resp, err
		}
		caveat, ok := d.allows(req)
		if !ok {
			return resp, err
		}
		tell(env, agentchaos.Change{What: agentchaos.Caveated, ID: req.ID, Target: req.Target, Kind: agentchaos.KindOf(err)})
		return &agentchaos.Response{Target: req.Target, Caveat: caveat}, nil
	}
}
