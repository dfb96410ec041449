package resilience

import (
	"context"
	"sync/atomic"

	"github.com/agentchaos/agentchaos"
)

// validation turns malformed answers of a model into failures. Answers of tools and retrieval are typed values with nothing
// to parse; one that carries a content all the same is read like a model's.
//
// The last good text and the last good tool call are kept: simulated providers answer with the same string over and over,
// and comparing a string with itself costs nothing.
type validation struct {
	target string
	check  func(*agentchaos.Request, agentchaos.Content) agentchaos.Variant
	okay   int
	text   atomic.Pointer[agentchaos.Content]
	tool   atomic.Pointer[agentchaos.Content]
}

func newValidation(target string, check func(*agentchaos.Request, agentchaos.Content) agentchaos.Variant) *validation {
	return &validation{target: target, check: check, okay: okay(target)}
}

func (v *validation) around(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		resp, err := next(ctx, req)
		if err != nil || resp == nil {
			return resp, err
		}
		if req.Use != agentchaos.UseModel && resp.Content == (agentchaos.Content{}) {
			return resp, nil
		}
		if variant := v.look(req, &resp.Content); variant != agentchaos.NoVariant {
			return nil, &agentchaos.Error{
				Kind: agentchaos.Malformed, Variant: variant, Status: v.okay, Target: v.target, Got: resp.Output, First: resp.First,
			}
		}
		return resp, nil
	}
}

func (v *validation) look(req *agentchaos.Request, c *agentchaos.Content) agentchaos.Variant {
	if v.check != nil {
		return v.check(req, *c)
	}
	last := &v.text
	if c.Tool != "" {
		last = &v.tool
	}
	if good := last.Load(); good != nil && *good == *c {
		return agentchaos.NoVariant
	}
	variant := Validate(*c)
	if variant == agentchaos.NoVariant {
		good := *c
		last.Store(&good)
	}
	return variant
}
