package published_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/agentchaos/agentchaos"
)

// tellThrottle is gRPC's A6: maxTokens 10, tokenRatio 0.1.
func tellThrottle(t *testing.T, b *board) {
	reached, outcome := 0, error(unavailable)
	th := &throttle{tokens: 10 * whole, most: 10 * whole, ratio: whole / 10, attempts: 4}
	call := th.around(func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) {
		reached++
		return &agentchaos.Response{}, outcome
	})
	ask := func() int {
		before := reached
		_, _ = call(t.Context(), &agentchaos.Request{})
		return reached - before
	}
	var attempts, tokens []string
	for range 6 {
		attempts = append(attempts, fmt.Sprint(ask()))
		tokens = append(tokens, fmt.Sprint(th.tokens/whole))
	}
	b.exact("gRPC A6, all failing, maxAttempts 4: attempts of each call", "4, 1, 1, 1, 1, 1", strings.Join(attempts, ", "))
	b.exact("gRPC A6: tokens after each call", "6, 5, 4, 3, 2, 1", strings.Join(tokens, ", "))
	outcome = nil
	successes := 0
	for ; !th.open(); successes++ {
		ask()
	}
	b.exact("gRPC A6, from 1 token: successes until retries are allowed again", "41", fmt.Sprint(successes))
}

// whole is a token, in the thousandths that gRPC counts in.
const whole = 1000

// throttle is gRPC's: a failed attempt costs a token, a success pays a part of one back, and nobody tries again while half
// of the tokens or fewer are there.
type throttle struct{ tokens, most, ratio, attempts int }

func (th *throttle) open() bool { return th.tokens > th.most/2 }

func (th *throttle) around(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		for n := 1; ; n++ {
			resp, err := next(ctx, req)
			if err == nil {
				th.tokens = min(th.tokens+th.ratio, th.most)
				return resp, nil
			}
			th.tokens = max(th.tokens-whole, 0)
			if n >= th.attempts || !th.open() {
				return nil, err
			}
		}
	}
}
