package resilience_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

func writes(name string) resilience.Step {
	return resilience.Step{Use: agentchaos.UseWrite, Target: "tool/" + name}
}

// A checkpoint is of a run and a plan: a task of the same number in another run, or under a plan that has changed, is not
// taken for done, and what is there stays.
func TestCheckpointOfAnotherRunOrPlan(t *testing.T) {
	plan := steps{reads("a"), writes("b"), reads("c")}
	for name, c := range map[string]struct {
		run  string
		plan steps
		want error
	}{
		"the same":        {"monday", plan, nil},
		"another run":     {"tuesday", plan, resilience.ErrOtherPlan},
		"another order":   {"monday", steps{plan[1], plan[0], plan[2]}, resilience.ErrOtherPlan},
		"one step more":   {"monday", append(plan, reads("d")), resilience.ErrOtherPlan},
		"other arguments": {"monday", steps{plan[0], {Use: agentchaos.UseWrite, Target: "tool/b", Arguments: `{"id":"x"}`}, plan[2]}, resilience.ErrOtherPlan},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				var log seen
				s := &shop{}
				live := func(run string, p steps) resilience.End {
					policy := keeps(s, 1)
					policy.Run = run
					return policy.Worker(resilience.Agent{Steps: p}, log.env(w), leaf(w, atOnce)).Run(w.Background(), resilience.Life{Task: 1})
				}
				require.Equal(t, agentchaos.Completed, live("monday", plan).Outcome)
				before, _, _ := s.Memory.Load(w.Background(), 1)
				asked := len(log.attempts)
				end := live(c.run, c.plan)
				after, _, _ := s.Memory.Load(w.Background(), 1)
				require.ErrorIs(t, end.Err, c.want)
				require.Equal(t, c.want == nil, end.Outcome == agentchaos.Completed)
				require.Len(t, log.attempts, asked, "nothing is asked: it is done, or not ours")
				require.Equal(t, before, after)
			})
		})
	}
}

// Who could not read the store does not write over what it may hold: it reads again first, and joins the two.
func TestUnreadStoreIsNotOverwritten(t *testing.T) {
	for name, c := range map[string]struct {
		there []byte
		times int // the store is locked; it is asked four times before it is done without
		want  agentchaos.Outcome
		done  resilience.Steps
	}{
		"progress":        {sealed(0, 1, 2), 4, agentchaos.Completed, resilience.Steps{0b111}},
		"nothing":         {nil, 4, agentchaos.Completed, resilience.Steps{0b111}},
		"another version": {resealed(sealed(0, 1)), 4, agentchaos.Failed, nil},
		"locked for good": {sealed(0, 1), 1000, agentchaos.Completed, nil},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				var log seen
				s := &shop{}
				if c.there != nil {
					require.NoError(t, s.Memory.Save(w.Background(), 1, c.there))
				}
				locked := &lockedLoad{Store: s, times: c.times}
				end := keeps(locked, 1).Worker(resilience.Agent{Steps: steps{reads("a"), reads("b"), reads("c")}}, log.env(w), leaf(w, atOnce)).
					Run(w.Background(), resilience.Life{Task: 1, Number: 2})
				require.Equal(t, c.want, end.Outcome)
				b, _, _ := s.Memory.Load(w.Background(), 1)
				if c.done == nil {
					require.Equal(t, c.there, b, "it is left as it is")
					return
				}
				got, err := resilience.OpenCheckpoint(b)
				require.NoError(t, err)
				require.Equal(t, c.done, got.Done)
			})
		})
	}
}

type lockedLoad struct {
	resilience.Store
	times int
}

func (l *lockedLoad) Load(ctx context.Context, task uint32) (latest, before []byte, err error) {
	if l.times--; l.times >= 0 {
		return nil, nil, agentchaos.StoreLocked
	}
	return l.Store.Load(ctx, task)
}

// What is kept is kept to its end, also of a call whose time is up.
func TestStoreIsNotCutShort(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var log seen
		s := &strictStore{Memory: &resilience.Memory{}}
		ctx, end := w.WithTimeout(w.Background(), agentchaos.Forever)
		call := resilience.Policy{Idempotency: &resilience.Idempotency{}, Store: s}.Start(log.env(w))(
			func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) {
				end()
				return &agentchaos.Response{}, nil
			})
		_, err := call(ctx, &agentchaos.Request{ID: agentchaos.ID{Task: 1, Step: 1}, Use: agentchaos.UseWrite, Target: "tool/refund"})
		require.NoError(t, err)
		require.Equal(t, 1, s.recorded)
	})
}

// strictStore heeds its context, as a file does.
type strictStore struct {
	*resilience.Memory
	recorded int
}

func (s *strictStore) Record(ctx context.Context, task uint32, key agentchaos.Key, b []byte) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.recorded++
	return s.Memory.Record(ctx, task, key, b)
}

// A retry that the deadline leaves no time for is a matter of time: what is done is served.
func TestPartialForWantOfTime(t *testing.T) {
	for _, partial := range []bool{true, false} {
		inWorld(t, func(w *sim.World) {
			var log seen
			policy := resilience.Policy{Degrade: resilience.Degrade{Deadline: partial}, Retry: resilience.Retry{Attempts: 5, Backoff: resilience.Backoff{Initial: 8 * time.Second}}}
			end := policy.Worker(resilience.Agent{Deadline: 20 * time.Second, Steps: steps{reads("a"), reads("b")}}, log.env(w),
				leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
					if req.Target == "tool/b" {
						return time.Second, fails(agentchaos.Unavailable)
					}
					return time.Second, nil
				})).Run(w.Background(), resilience.Life{Task: 1})
			if !partial {
				require.Equal(t, agentchaos.Unavailable, end.Kind)
				return
			}
			require.Equal(t, agentchaos.Partial, end.Outcome)
			require.ErrorIs(t, end.Err, agentchaos.Unavailable, "it says why there is no more")
			require.Equal(t, uint16(1), end.Steps)
			require.Less(t, end.End, 20*time.Second)
		})
	}
}

// A process that begins at or after the deadline has nobody left to answer, whatever is done.
func TestLifeAfterTheDeadline(t *testing.T) {
	for name, c := range map[string]struct {
		born time.Duration
		want agentchaos.Outcome
	}{
		"before": {20*time.Second - 1, agentchaos.Completed}, "at": {20 * time.Second, agentchaos.Failed}, "after": {5 * time.Minute, agentchaos.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				var log seen
				s := &shop{}
				require.NoError(t, s.Memory.Save(w.Background(), 1, sealed(0, 1, 2)))
				policy := keeps(s, 1)
				policy.Degrade.Deadline = true
				_ = w.Sleep(w.Background(), c.born)
				end := policy.Worker(resilience.Agent{Deadline: 20 * time.Second, Steps: steps{reads("a"), reads("b")}}, log.env(w), leaf(w, atOnce)).
					Run(w.Background(), resilience.Life{Task: 1, Number: 2})
				require.Equal(t, c.want, end.Outcome)
				if c.want == agentchaos.Failed {
					require.Equal(t, agentchaos.Cancelled, end.Kind)
					require.ErrorIs(t, end.Err, context.DeadlineExceeded)
				}
			})
		})
	}
}

// On a clock that begins with the process, a task's arrival lies before it.
func TestBeginBeforeTheClock(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var log seen
		worker := resilience.Policy{}.Worker(resilience.Agent{Deadline: 10 * time.Second, Steps: steps{reads("a")}}, log.env(w),
			leaf(w, func(*agentchaos.Request) (time.Duration, error) { return 3 * time.Second, nil }))
		require.Equal(t, agentchaos.Completed, worker.Run(w.Background(), resilience.Life{Task: 1, Begin: -time.Second}).Outcome)
		end := worker.Run(w.Background(), resilience.Life{Task: 2, Begin: -5 * time.Second})
		require.Equal(t, agentchaos.Cancelled, end.Kind)
		require.Equal(t, 5*time.Second, end.End)
		require.Equal(t, agentchaos.Cancelled, worker.Run(w.Background(), resilience.Life{Task: 3, Begin: -time.Minute}).Kind)
	})
}

// An agent of its own fills in what steps ask from earlier answers, and finds them again after a crash.
func TestAnswersGoOnToLaterStepsAndLives(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var log seen
		s := &shop{}
		var asked []string
		dies := true
		call := func(_ context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			asked = append(asked, req.Target+" "+req.Arguments)
			if req.Target == "tool/email" && dies {
				return nil, errors.New("the process dies here")
			}
			return &agentchaos.Response{Content: agentchaos.Content{Text: "receipt 7"}}, nil
		}
		policy := keeps(s, 1)
		policy.Check = func(*agentchaos.Request, agentchaos.Content) agentchaos.Variant { return agentchaos.NoVariant }
		worker := policy.Worker(resilience.Agent{Steps: steps{writes("refund"), writes("email")}}, log.env(w), call)
		live := func() resilience.End {
			receipt := ""
			return worker.Run(w.Background(), resilience.Life{
				Task: 1,
				Ask: func(req *agentchaos.Request) {
					if req.Target == "tool/email" {
						req.Arguments = receipt
					}
				},
				Answer: func(req *agentchaos.Request, resp *agentchaos.Response) {
					if req.Target == "tool/refund" {
						receipt = resp.Content.Text
					}
				},
				State:   func() []byte { return []byte(receipt) },
				Restore: func(b []byte) { receipt = string(b) },
			})
		}
		require.Error(t, live().Err)
		dies = false
		require.Equal(t, agentchaos.Completed, live().Outcome)
		require.Equal(t, []string{"tool/refund ", "tool/email receipt 7", "tool/email receipt 7"}, asked)
		require.Contains(t, log.said(), "0s resumed none 0s", "it shows in the store that there was an earlier life")
	})
}

// Answers of a real model are for the agent's own check.
func TestCheckOfOnesOwn(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var log seen
		asked := 0
		call := resilience.Policy{
			Models: []string{claude}, Repair: resilience.Repair{Attempts: 2},
			Check: func(_ *agentchaos.Request, c agentchaos.Content) agentchaos.Variant {
				if c.Text == "maybe" {
					return agentchaos.WrongSchema
				}
				return agentchaos.NoVariant
			},
		}.Start(log.env(w))(func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) {
			asked++
			return &agentchaos.Response{Content: agentchaos.Content{Text: map[bool]string{true: "yes, gladly", false: "maybe"}[asked > 1]}}, nil
		})
		resp, err := call(w.Background(), request())
		require.NoError(t, err)
		require.Equal(t, "yes, gladly", resp.Content.Text)
		require.Equal(t, 2, asked)
	})
}

// A write that may have been done is not left out of an answer, even where its name allows it.
func TestNoCaveatForWhatMayBeDone(t *testing.T) {
	for name, c := range map[string]struct {
		kinds []agentchaos.Kind // of its attempts
		tried uint8
		want  bool // a caveat
	}{
		"never came so far":   {[]agentchaos.Kind{agentchaos.ToolError, agentchaos.Unavailable}, 0, true},
		"the answer was lost": {[]agentchaos.Kind{agentchaos.Timeout, agentchaos.ToolError}, 0, false},
		"an earlier life":     {[]agentchaos.Kind{agentchaos.ToolError, agentchaos.ToolError}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				var log seen
				n := 0
				call := resilience.Policy{Retry: resilience.Retry{Attempts: 2}, Degrade: resilience.Degrade{Tools: map[string]bool{"tool/refund": true}}}.
					Start(log.env(w))(func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) {
					n++
					return nil, fails(c.kinds[n-1])
				})
				resp, err := call(w.Background(), &agentchaos.Request{ID: agentchaos.ID{Task: 1, Step: 1}, Use: agentchaos.UseWrite, Target: "tool/refund", Tried: c.tried})
				require.Equal(t, c.want, err == nil)
				require.Equal(t, c.want, resp != nil && resp.Caveat == agentchaos.WithoutTool)
			})
		})
	}
}
