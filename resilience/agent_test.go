package resilience_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

func threeSteps(deadline time.Duration) resilience.Agent {
	return resilience.Agent{Deadline: deadline, Steps: []resilience.Step{
		{Input: 1200, Output: 200}, {Use: agentchaos.UseWrite, Target: "tool/refund"}, {Input: 10, Output: 20, Plain: true},
	}}
}

func TestAgent(t *testing.T) {
	s := time.Second
	for name, c := range map[string]struct {
		deadline, takes time.Duration
		fail            plan
		want            agentchaos.Task
		said            []string
	}{
		"completes": {0, s, nil, agentchaos.Task{Task: 7, End: 3 * s, Step: 3, Steps: 3}, nil},
		"in time":   {3 * s, s, nil, agentchaos.Task{Task: 7, End: 3 * s, Step: 3, Steps: 3}, nil},
		"cut": {3*s - 1, s, nil, agentchaos.Task{Task: 7, End: 3*s - 1, Outcome: agentchaos.Failed, Kind: agentchaos.Cancelled, Step: 3, Steps: 2},
			[]string{"2.999999999s deadline_hit cancelled 2.999999999s"}},
		"cut between steps": {2 * s, s, nil, agentchaos.Task{Task: 7, End: 2 * s, Outcome: agentchaos.Failed, Kind: agentchaos.Cancelled, Step: 3, Steps: 2},
			[]string{"2s deadline_hit cancelled 2s"}},
		"fails": {9 * s, s, always(agentchaos.Auth), agentchaos.Task{Task: 7, Outcome: agentchaos.Failed, Kind: agentchaos.Auth, Step: 1}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				var log seen
				if c.fail == nil {
					c.fail = func(*agentchaos.Request) (time.Duration, error) { return c.takes, nil }
				}
				call := resilience.Policy{Models: []string{claude}}.Start(log.env(w))(leaf(w, c.fail))
				run := threeSteps(c.deadline).Start(log.env(w), call)
				require.Equal(t, c.want.Outcome, run(w.Background(), 7))
				require.Equal(t, []agentchaos.Task{c.want}, log.tasks)
				require.Equal(t, c.said, log.said())
				if name == "cut between steps" {
					require.Len(t, log.calls, 2, "the third is not begun")
				}
				for _, a := range log.attempts {
					require.True(t, c.deadline == 0 || a.Begin < c.deadline)
				}
			})
		})
	}
}

// What a step asks for is what the leaf is asked; one Request serves the whole task.
func TestAgentRequests(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var got []agentchaos.Request
		run := threeSteps(time.Minute).Start(agentchaos.Env{Clock: w}, func(_ context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			got = append(got, *req)
			return &agentchaos.Response{}, nil
		})
		require.Equal(t, agentchaos.Completed, run(w.Background(), 4))
		require.Equal(t, []agentchaos.Request{
			{ID: agentchaos.ID{Task: 4, Step: 1}, Input: 1200, Output: 200, Stream: true, By: time.Minute},
			{ID: agentchaos.ID{Task: 4, Step: 2}, Target: "tool/refund", Use: agentchaos.UseWrite, By: time.Minute},
			{ID: agentchaos.ID{Task: 4, Step: 3}, Input: 10, Output: 20, By: time.Minute},
		}, got)
	})
}

// A leaf that does not heed its context cannot complete a task after its deadline.
func TestAgentDeadlineIsHard(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var log seen
		run := resilience.Agent{Deadline: time.Second, Steps: make([]resilience.Step, 1)}.Start(log.env(w),
			func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) {
				return &agentchaos.Response{}, w.Sleep(w.Background(), time.Minute)
			})
		require.Equal(t, agentchaos.Failed, run(w.Background(), 1))
		require.Equal(t, agentchaos.Cancelled, log.tasks[0].Kind)
	})
}

// Without a stack in between, too.
func TestAgentBareCallIsCut(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var log seen
		run := threeSteps(time.Second).Start(log.env(w), leaf(w, func(*agentchaos.Request) (time.Duration, error) { return time.Minute, nil }))
		require.Equal(t, agentchaos.Failed, run(w.Background(), 1))
		require.Equal(t, agentchaos.Cancelled, log.tasks[0].Kind)
	})
}
