package resilience

import (
	"context"
	"errors"
	"io"

	"github.com/agentchaos/agentchaos"
)

// trust takes a stream that was cut off cleanly for the answer that it began. A connection closed in the middle of a chunk is
// an error to every SDK, and so to it.
func trust(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		resp, err := next(ctx, req)
		if agentchaos.KindOf(err) != agentchaos.Truncated {
			return resp, err
		}
		var e *agentchaos.Error
		if errors.As(err, &e) && e.Got > 0 && !errors.Is(e.Err, io.ErrUnexpectedEOF) {
			return &agentchaos.Response{Target: e.Target, Input: req.Input, Output: e.Got, First: e.First}, nil
		}
		return resp, err
	}
}
