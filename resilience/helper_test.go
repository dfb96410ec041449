package resilience_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
)

const claude, gpt = "anthropic/claude-sonnet-4", "openai/gpt-4o"

// inWorld runs f as task 1 of a fresh world that poisons contexts kept too long.
func inWorld(t testing.TB, f func(w *sim.World)) {
	t.Helper()
	w := sim.New(sim.Poison)
	defer w.Close()
	w.GoAt(0, 1, func() { f(w) })
	require.NoError(t, w.Run())
}

// plan says how long an attempt takes and how it ends.
type plan func(*agentchaos.Request) (time.Duration, error)

// leaf plays a plan: it keeps Slow, and gives ctx.Err() when its context ends.
func leaf(clock agentchaos.Clock, p plan) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		d, failure := p(req)
		if req.OnSlow != nil && d > req.Slow {
			if err := clock.Sleep(ctx, req.Slow); err != nil {
				return nil, err
			}
			d -= req.Slow
			req.OnSlow()
		}
		if err := clock.Sleep(ctx, d); err != nil {
			return nil, err
		}
		if failure != nil {
			return nil, failure
		}
		return &agentchaos.Response{Target: req.Target, Output: req.Output, Content: good.Content}, nil
	}
}

func fails(k agentchaos.Kind) *agentchaos.Error { return &agentchaos.Error{Kind: k} }

// always fails every attempt at once.
func always(k agentchaos.Kind) plan {
	return func(*agentchaos.Request) (time.Duration, error) { return 0, fails(k) }
}

// firstN fails the first n attempts of a call on a target at once.
func firstN(n int, k agentchaos.Kind) plan {
	return func(req *agentchaos.Request) (time.Duration, error) {
		if int(req.ID.Attempt) <= n {
			return 0, fails(k)
		}
		return 0, nil
	}
}

// seen is everything a trace has told, for the Wall too.
type seen struct {
	sync.Mutex
	attempts []agentchaos.Attempt
	calls    []agentchaos.Called
	tasks    []agentchaos.Task
	changes  []agentchaos.Change
}

func (s *seen) env(clock agentchaos.Clock) agentchaos.Env {
	return agentchaos.Env{Clock: clock, Seed: 1, Trace: agentchaos.Trace{
		Attempt: func(a agentchaos.Attempt) { s.Lock(); s.attempts = append(s.attempts, a); s.Unlock() },
		Call:    func(c agentchaos.Called) { s.Lock(); s.calls = append(s.calls, c); s.Unlock() },
		Task:    func(t agentchaos.Task) { s.Lock(); s.tasks = append(s.tasks, t); s.Unlock() },
		Change:  func(c agentchaos.Change) { s.Lock(); s.changes = append(s.changes, c); s.Unlock() },
	}}
}

// said is the changes as lines: "at what kind for".
func (s *seen) said() (lines []string) {
	for _, c := range s.changes {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%v %v %v %v", c.At, c.What, c.Kind, c.For)))
	}
	return lines
}

// lines is all records, sorted: of one instant the Wall gives no order.
func (s *seen) lines() (lines []string) {
	for _, a := range s.attempts {
		lines = append(lines, fmt.Sprintf("%v-%v %v %s attempt %v %v got %d", a.Begin, a.End, a.ID, a.Target, a.Kind, a.Variant, a.Got))
	}
	for _, c := range s.calls {
		lines = append(lines, fmt.Sprintf("%v-%v %v %s call %v", c.Begin, c.End, c.ID, c.Target, c.Kind))
	}
	for _, x := range s.tasks {
		lines = append(lines, fmt.Sprintf("%v-%v %d task %v %v %d/%d", x.Begin, x.End, x.Task, x.Outcome, x.Kind, x.Step, x.Steps))
	}
	for _, c := range s.changes {
		lines = append(lines, fmt.Sprintf("%v %v %s %v %v %v", c.At, c.ID, c.Target, c.What, c.Kind, c.For))
	}
	slices.Sort(lines)
	return lines
}

func request() *agentchaos.Request {
	return &agentchaos.Request{ID: agentchaos.ID{Task: 1, Step: 1}, Stream: true, Output: 10}
}
