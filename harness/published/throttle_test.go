package published_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/stretchr/testify/require"
)

// throttled has an agent that makes a call a second, through gRPC's throttle and a stack of ours that does not try again, on
// a provider that is unavailable for the first six and well after.
const throttled = `
version: 1
models: {x/a: {first_token: 10ms}}
agents: {one: {arrivals: {rate: 1/s, burstiness: 0}, steps: [model: {output_tokens: 1}]}}
policies: {p: {models: [x/a], timeout: {attempt: 500ms}}}
scenarios: {s: {agent: one, tasks: 60, policies: [p], faults: [{target: primary, kind: unavailable, when: {until: 5500ms}}]}}
`

// tellThrottle is gRPC's A6: maxTokens 10, tokenRatio 0.1.
func tellThrottle(t *testing.T, b *board) {
	s, policies := loadOne(t, throttled)
	providers, err := faults.New(faults.Settings{Seed: 1, Primary: "x/a", Models: s.Models, Rules: s.Faults})
	require.NoError(t, err)
	w := sim.New()
	defer w.Close()
	sent := make([]int, s.Tasks)
	env := agentchaos.Env{Clock: w, Seed: 1, Trace: agentchaos.Trace{Attempt: func(a agentchaos.Attempt) { sent[a.ID.Task-1]++ }}}
	th := &throttle{tokens: 10 * whole, most: 10 * whole, ratio: whole / 10, attempts: 4}
	task := s.Agent.Agent.Start(env, th.around(policies[0].Start(env)(faults.Play(w, providers.Open))))
	var attempts, tokens []string
	successes, again := 0, 0
	w.GoAt(0, 1, func() {
		for n := range s.Tasks {
			require.NoError(t, w.Sleep(w.Background(), time.Duration(n)*time.Second-w.Now()))
			if task(w.Background(), uint32(n+1)) == agentchaos.Completed {
				if successes++; again == 0 && th.open() {
					again = successes
				}
				continue
			}
			attempts = append(attempts, fmt.Sprint(sent[n]))
			tokens = append(tokens, fmt.Sprint(th.tokens/whole))
		}
	})
	require.NoError(t, w.Run())
	b.exact("gRPC A6, all failing, maxAttempts 4: attempts of each call", "4, 1, 1, 1, 1, 1", strings.Join(attempts, ", "))
	b.exact("gRPC A6: tokens after each call", "6, 5, 4, 3, 2, 1", strings.Join(tokens, ", "))
	b.exact("gRPC A6, from 1 token: successes until retries are allowed again", "41", fmt.Sprint(again))
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
