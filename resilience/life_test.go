package resilience_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

func reads(name string) resilience.Step {
	return resilience.Step{Use: agentchaos.UseRead, Target: "tool/" + name}
}

// took is a plan of the leaf by target: how long, and how it ends.
func took(by map[string]time.Duration, fail map[string]agentchaos.Kind) plan {
	return func(req *agentchaos.Request) (time.Duration, error) {
		if k := fail[req.Target]; k != agentchaos.None {
			return by[req.Target], fails(k)
		}
		return by[req.Target], nil
	}
}

// Steps at once take as long as the longest; the first failure ends the others and is the task's.
func TestParallel(t *testing.T) {
	s := time.Second
	times := map[string]time.Duration{"tool/a": s, "tool/b": 3 * s, "tool/c": 2 * s}
	for name, c := range map[string]struct {
		fail     map[string]agentchaos.Kind
		deadline time.Duration
		want     agentchaos.Task
		ends     string
	}{
		"join": {nil, 0, agentchaos.Task{End: 4 * s, Step: 4, Steps: 4}, "1 1s none, 2 3s none, 3 2s none, 4 4s none"},
		"the first failure ends the others": {map[string]agentchaos.Kind{"tool/c": agentchaos.Auth}, 0,
			agentchaos.Task{End: 2 * s, Outcome: agentchaos.Failed, Kind: agentchaos.Auth, Step: 3, Steps: 1}, "1 1s none, 2 2s cancelled, 3 2s auth"},
		"a later one is not the task's": {map[string]agentchaos.Kind{"tool/a": agentchaos.Auth, "tool/b": agentchaos.Quota}, 0,
			agentchaos.Task{End: s, Outcome: agentchaos.Failed, Kind: agentchaos.Auth, Step: 1}, "1 1s auth, 2 1s cancelled, 3 1s cancelled"},
		"deadline": {nil, 2500 * time.Millisecond,
			agentchaos.Task{End: 2500 * time.Millisecond, Outcome: agentchaos.Failed, Kind: agentchaos.Cancelled, Step: 2, Steps: 2}, "1 1s none, 2 2.5s cancelled, 3 2s none"},
	} {
		t.Run(name, func(t *testing.T) {
			agent := resilience.Agent{Deadline: c.deadline, Steps: steps{{Parallel: steps{tool("a"), reads("b"), reads("c")}}, reads("a")}}
			c.want.Task = 1
			check := func(log *seen) {
				require.Equal(t, []agentchaos.Task{c.want}, log.tasks)
				ends := ""
				for step := range uint16(5) {
					for _, a := range log.attempts {
						require.True(t, a.ID.Step == 4 || a.Begin == 0, "all begin at once")
						if a.ID.Step == step {
							ends += fmt.Sprintf(", %d %v %v", step, a.End, a.Kind)
						}
					}
				}
				require.Equal(t, ", "+c.ends, ends)
			}
			inWorld(t, func(w *sim.World) {
				var log seen
				resilience.Policy{}.Worker(agent, log.env(w), leaf(w, took(times, c.fail))).Run(w.Background(), resilience.Life{Task: 1})
				check(&log)
			})
			synctest.Test(t, func(*testing.T) {
				var log seen
				clock := agentchaos.NewWall()
				resilience.Policy{}.Worker(agent, log.env(clock), leaf(clock, took(times, c.fail))).Run(context.Background(), resilience.Life{Task: 1})
				check(&log)
			})
		})
	}
}

// A step's own chain serves it in place of the policy's: its first model is the preferred one, and no other is away.
func TestOwnChain(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var log seen
		var asked []string
		policy := resilience.Policy{Models: []string{claude}}
		worker := policy.Worker(resilience.Agent{Steps: steps{{Output: 1, Times: 2}, {Models: []string{gpt, claude}, Output: 1}}}, log.env(w),
			leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
				asked = append(asked, req.Target)
				if req.Target == gpt {
					return time.Second, fails(agentchaos.Overloaded)
				}
				return time.Second, nil
			}))
		require.Equal(t, agentchaos.Completed, worker.Run(w.Background(), resilience.Life{Task: 1}).Outcome)
		require.Equal(t, []string{claude, claude, gpt, claude}, asked)
		require.Equal(t, []string{claude, claude, gpt}, []string{log.calls[0].Preferred, log.calls[1].Preferred, log.calls[2].Preferred})
		require.Equal(t, claude, log.calls[2].Target)
	})
}

// Attempts are counted on from those of earlier lives, and the last number stays.
func TestAttemptsCountOn(t *testing.T) {
	for tried, want := range map[uint8][]uint8{0: {1, 2, 3}, 7: {8, 9, 10}, 253: {254, 255, 255}, 255: {255, 255, 255}} {
		inWorld(t, func(w *sim.World) {
			var log seen
			policy := resilience.Policy{Models: []string{claude}, Retry: resilience.Retry{Attempts: 3}}
			worker := policy.Worker(resilience.Agent{Steps: steps{{Output: 1}}}, log.env(w), leaf(w, always(agentchaos.Overloaded)))
			worker.Run(w.Background(), resilience.Life{Task: 1, Number: 2, Tried: func(step uint16) uint8 {
				require.EqualValues(t, 1, step)
				return tried
			}})
			var got []uint8
			for _, a := range log.attempts {
				got = append(got, a.ID.Attempt)
			}
			require.Equal(t, want, got)
		})
	}
}

// shop is a store in which one can look, and which can be told how it fails.
type shop struct {
	resilience.Memory
	fail func(op string) error // nil: it does not
	ops  []string
}

func (s *shop) does(op string) error {
	s.ops = append(s.ops, op)
	if s.fail == nil {
		return nil
	}
	return s.fail(op)
}

func (s *shop) Load(ctx context.Context, task uint32) (latest, before []byte, err error) {
	if err := s.does("load"); err != nil {
		return nil, nil, err
	}
	return s.Memory.Load(ctx, task)
}

func (s *shop) Save(ctx context.Context, task uint32, b []byte) error {
	if err := s.does("save"); err != nil {
		return err
	}
	return s.Memory.Save(ctx, task, b)
}

func (s *shop) Result(ctx context.Context, k agentchaos.Key) ([]byte, error) {
	if err := s.does("result"); err != nil {
		return nil, err
	}
	return s.Memory.Result(ctx, k)
}

func (s *shop) Record(ctx context.Context, task uint32, k agentchaos.Key, b []byte) error {
	if err := s.does("record"); err != nil {
		return err
	}
	return s.Memory.Record(ctx, task, k, b)
}

func keeps(s resilience.Store, every int) resilience.Policy {
	return resilience.Policy{Idempotency: &resilience.Idempotency{}, Checkpoint: &resilience.Checkpointing{Every: every}, Store: s}
}

func sealed(without uint16, done ...uint16) []byte {
	var c resilience.Checkpoint
	for i, n := range done {
		c.Done.Add(n)
		if i >= len(done)-int(without) {
			c.Without.Add(n)
		}
	}
	return c.Seal(nil)
}

// resealed is a checkpoint of another version, whole.
func resealed(b []byte) []byte {
	b = append([]byte(nil), b[:len(b)-4]...)
	b[0]++
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

// A process that goes on does what is not done, by the latest checkpoint that is whole.
func TestResume(t *testing.T) {
	whole, older := sealed(1, 1, 2, 4), sealed(0, 1)
	torn := func(b []byte) []byte { return b[:len(b)-1] }
	for name, c := range map[string]struct {
		saved [][]byte // in the order of time
		asked []uint16
		want  agentchaos.Task
		said  []string
	}{
		"nothing saved":  {nil, []uint16{1, 2, 3, 4, 5}, agentchaos.Task{Step: 5, Steps: 5}, []string{"1m0s resumed none 0s"}},
		"some done":      {[][]byte{older, whole}, []uint16{3, 5}, agentchaos.Task{Outcome: agentchaos.Degraded, Step: 5, Steps: 4, Without: 1}, []string{"1m0s resumed none 0s"}},
		"the last torn":  {[][]byte{older, torn(whole)}, []uint16{2, 3, 4, 5}, agentchaos.Task{Step: 5, Steps: 5}, []string{"1m0s store_failed store_corrupt 0s", "1m0s resumed none 0s"}},
		"the only torn":  {[][]byte{torn(whole)}, []uint16{1, 2, 3, 4, 5}, agentchaos.Task{Step: 5, Steps: 5}, []string{"1m0s store_failed store_corrupt 0s", "1m0s resumed none 0s"}},
		"both torn":      {[][]byte{torn(older), torn(whole)}, []uint16{1, 2, 3, 4, 5}, agentchaos.Task{Step: 5, Steps: 5}, []string{"1m0s store_failed store_corrupt 0s", "1m0s store_failed store_corrupt 0s", "1m0s resumed none 0s"}},
		"all done":       {[][]byte{sealed(0, 1, 2, 3, 4, 5)}, nil, agentchaos.Task{Steps: 5}, []string{"1m0s resumed none 0s"}},
		"not our making": {[][]byte{older, resealed(whole)}, nil, agentchaos.Task{Outcome: agentchaos.Failed, Kind: agentchaos.StoreCorrupt}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				var log seen
				var s shop
				for _, b := range c.saved {
					require.NoError(t, s.Memory.Save(w.Background(), 1, b))
				}
				var asked []uint16
				worker := keeps(&s, 1).Worker(resilience.Agent{Steps: steps{reads("a"), reads("b"), reads("c"), reads("d"), reads("e")}}, log.env(w),
					leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
						asked = append(asked, req.ID.Step)
						return 0, nil
					}))
				_ = w.Sleep(w.Background(), time.Minute)
				worker.Run(w.Background(), resilience.Life{Task: 1, Number: 2, Begin: time.Second})
				require.Equal(t, c.asked, asked)
				c.want.Task, c.want.Begin, c.want.End = 1, time.Second, time.Minute
				require.Equal(t, []agentchaos.Task{c.want}, log.tasks)
				require.Equal(t, c.said, log.said())
				if name == "not our making" {
					require.Equal(t, []string{"load"}, s.ops, "it is left as it is")
				}
			})
		})
	}
}

// A deadline counts from the arrival, whoever goes on.
func TestResumedLate(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		var log seen
		worker := resilience.Policy{}.Worker(resilience.Agent{Deadline: time.Minute, Steps: steps{reads("a")}}, log.env(w), leaf(w, atOnce))
		_ = w.Sleep(w.Background(), 2*time.Minute)
		worker.Run(w.Background(), resilience.Life{Task: 1, Number: 2, Begin: time.Second})
		require.Empty(t, log.attempts)
		require.Equal(t, agentchaos.Cancelled, log.tasks[0].Kind)
	})
}

func TestCheckpointEvery(t *testing.T) {
	for every, want := range map[int]int{0: 7, 1: 7, 3: 2, 7: 1, 8: 0} {
		inWorld(t, func(w *sim.World) {
			var log seen
			s := &shop{}
			a := reads("a")
			a.Times = 7
			worker := keeps(s, every).Worker(resilience.Agent{Steps: steps{a}}, log.env(w), leaf(w, atOnce))
			worker.Run(w.Background(), resilience.Life{Task: 1})
			require.Len(t, s.ops, 1+want, "every %d", every)
			if every == 3 {
				b, _, err := s.Memory.Load(w.Background(), 1)
				require.NoError(t, err)
				c, err := resilience.OpenCheckpoint(b)
				require.NoError(t, err)
				require.Equal(t, resilience.Steps{0b111111}, c.Done)
			}
		})
	}
}

// A store that fails is spoken of, waited for if it is locked, and done without.
func TestStoresThatFail(t *testing.T) {
	ms := time.Millisecond
	for name, c := range map[string]struct {
		kind  agentchaos.Kind
		times int
		op    string
		took  time.Duration
		said  []string
	}{
		"full":           {agentchaos.StoreFull, 99, "save", 0, []string{"0s store_failed store_full 0s"}},
		"locked once":    {agentchaos.StoreLocked, 1, "save", 10 * ms, []string{"0s store_failed store_locked 10ms"}},
		"locked for all": {agentchaos.StoreLocked, 99, "save", 1110 * ms, []string{"0s store_failed store_locked 10ms", "10ms store_failed store_locked 100ms", "110ms store_failed store_locked 1s", "1.11s store_failed store_locked 0s"}},
		"no log to read": {agentchaos.StoreCorrupt, 1, "result", 0, []string{"0s store_failed store_corrupt 0s"}},
		"no log to keep": {agentchaos.StoreReadOnly, 1, "record", 0, []string{"0s store_failed store_read_only 0s"}},
		"nothing loads":  {agentchaos.StoreFull, 1, "load", 0, []string{"0s store_failed store_full 0s"}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				var log seen
				n := 0
				s := &shop{fail: func(op string) error {
					if op != c.op || n == c.times {
						return nil
					}
					n++
					return fails(c.kind)
				}}
				worker := keeps(s, 1).Worker(resilience.Agent{Steps: steps{tool("a")}}, log.env(w), leaf(w, atOnce))
				require.Equal(t, agentchaos.Completed, worker.Run(w.Background(), resilience.Life{Task: 1}).Outcome)
				require.Equal(t, c.said, log.said())
				require.Equal(t, c.took, w.Now())
				require.Len(t, log.attempts, 1)
			})
		})
	}
}

// A logged result stands for the write; one that is damaged is spoken of, and the write asked again under its key.
func TestResultLog(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		s := &shop{}
		var keys []agentchaos.Key
		run := func(life int) *seen {
			var log seen
			worker := keeps(s, 99).Worker(resilience.Agent{Steps: steps{tool("a"), tool("a")}}, log.env(w),
				leaf(w, func(req *agentchaos.Request) (time.Duration, error) { keys = append(keys, req.Key); return 0, nil }))
			require.Equal(t, agentchaos.Completed, worker.Run(w.Background(), resilience.Life{Task: 1, Number: life}).Outcome)
			return &log
		}
		require.Len(t, run(1).attempts, 2)
		require.NotEqual(t, keys[0], keys[1], "another step is another effect")
		again := run(2)
		require.Empty(t, again.attempts)
		require.Empty(t, again.calls)
		require.Equal(t, []string{"0s resumed none 0s", "0s replayed none 0s", "0s replayed none 0s"}, again.said())

		b, err := s.Memory.Result(w.Background(), keys[1])
		require.NoError(t, err)
		first, err := s.Memory.Result(w.Background(), keys[0])
		require.NoError(t, err)
		require.NoError(t, s.Forget(w.Background(), 1))
		require.NoError(t, s.Memory.Record(w.Background(), 1, keys[0], first))
		require.NoError(t, s.Memory.Record(w.Background(), 1, keys[1], b[:len(b)/2]))
		torn := run(3)
		require.Equal(t, []string{"0s resumed none 0s", "0s replayed none 0s", "0s store_failed store_corrupt 0s"}, torn.said())
		require.Len(t, torn.attempts, 1)
		require.Equal(t, keys[1], keys[2])
	})
}

// One write has one key, whoever asks again; a read has none.
func TestKeysAreStable(t *testing.T) {
	inWorld(t, func(w *sim.World) {
		keys := map[uint16]map[agentchaos.Key]bool{}
		asked := 0
		p := resilience.Policy{
			Run: "nightly", Idempotency: &resilience.Idempotency{}, Retry: resilience.Retry{Attempts: 4, Backoff: resilience.Backoff{Initial: time.Second}},
			Timeout: resilience.Timeout{Attempt: 3 * time.Second}, Hedge: resilience.Hedge{After: time.Second}, Repair: resilience.Repair{Attempts: 1},
		}
		for life := range 3 {
			p.Store = &resilience.Memory{} // each has lost what the one before has kept
			worker := p.Worker(resilience.Agent{Steps: steps{tool("a"), reads("b"), tool("a")}}, agentchaos.Env{Clock: w, Seed: agentchaos.Seed(life)},
				leaf(w, func(req *agentchaos.Request) (time.Duration, error) {
					if keys[req.ID.Step] == nil {
						keys[req.ID.Step] = map[agentchaos.Key]bool{}
					}
					keys[req.ID.Step][req.Key] = true
					asked++
					switch req.ID.Attempt {
					case 1:
						return time.Hour, nil
					case 2:
						return 0, fails(agentchaos.Reset)
					}
					return 0, nil
				}))
			require.Equal(t, agentchaos.Completed, worker.Run(w.Background(), resilience.Life{Task: 1, Number: life + 1}).Outcome)
		}
		require.Equal(t, 3*(3+4+3), asked, "the read has a copy, the writes have none")
		require.Equal(t, map[agentchaos.Key]bool{{}: true}, keys[2])
		require.Len(t, keys[1], 1)
		require.Len(t, keys[3], 1)
		require.NotEqual(t, keys[1], keys[3])
	})
}

// What a task does without.
func TestDegradation(t *testing.T) {
	read, write := reads("r"), tool("w")
	index := resilience.Step{Use: agentchaos.UseRetrieval, Target: "retrieval/kb"}
	model := resilience.Step{Target: claude}
	for what, c := range map[string]struct {
		degrade resilience.Degrade
		step    resilience.Step
		want    agentchaos.Outcome
	}{
		"nothing":                       {resilience.Degrade{}, read, agentchaos.Failed},
		"a read":                        {resilience.Degrade{Tool: true}, read, agentchaos.Degraded},
		"a read is no index":            {resilience.Degrade{Retrieval: true}, read, agentchaos.Failed},
		"an index":                      {resilience.Degrade{Retrieval: true}, index, agentchaos.Degraded},
		"an index is no tool":           {resilience.Degrade{Tool: true}, index, agentchaos.Failed},
		"a write":                       {resilience.Degrade{Tool: true, Retrieval: true}, write, agentchaos.Failed},
		"a write by name":               {resilience.Degrade{Tools: map[string]bool{"tool/w": true}}, write, agentchaos.Degraded},
		"a write by step":               {resilience.Degrade{Steps: map[uint16]bool{1: true}}, write, agentchaos.Degraded},
		"a read that is needed":         {resilience.Degrade{Tool: true, Tools: map[string]bool{"tool/r": false}}, read, agentchaos.Failed},
		"a step goes before its tool":   {resilience.Degrade{Tools: map[string]bool{"tool/r": true}, Steps: map[uint16]bool{1: false}}, read, agentchaos.Failed},
		"another step's word":           {resilience.Degrade{Tools: map[string]bool{"tool/r": true}, Steps: map[uint16]bool{2: false}}, read, agentchaos.Degraded},
		"a model is never done without": {resilience.Degrade{Tool: true, Retrieval: true, Tools: map[string]bool{claude: true}, Steps: map[uint16]bool{1: true}}, model, agentchaos.Failed},
	} {
		t.Run(what, func(t *testing.T) {
			inWorld(t, func(w *sim.World) {
				var log seen
				worker := resilience.Policy{Degrade: c.degrade}.Worker(resilience.Agent{Steps: steps{c.step}}, log.env(w), leaf(w, always(agentchaos.Auth)))
				require.Equal(t, c.want, worker.Run(w.Background(), resilience.Life{Task: 1}).Outcome)
				want := agentchaos.Task{Task: 1, Outcome: c.want, Kind: agentchaos.Auth, Step: 1}
				if c.want == agentchaos.Degraded {
					want.Kind, want.Without = agentchaos.None, 1
					require.Equal(t, []string{"0s caveated auth 0s"}, log.said())
				}
				require.Equal(t, []agentchaos.Task{want}, log.tasks)
			})
		})
	}
}

// At the deadline what is done is the result, if anything is; a call that was cut is no tool that failed.
func TestPartial(t *testing.T) {
	s := time.Second
	for name, c := range map[string]struct {
		degrade  resilience.Degrade
		deadline time.Duration
		want     agentchaos.Task
	}{
		"one done":    {resilience.Degrade{Deadline: true, Tool: true}, 3 * s, agentchaos.Task{End: 3 * s, Outcome: agentchaos.Partial, Step: 2, Steps: 1}},
		"reserve":     {resilience.Degrade{Deadline: true, Reserve: s / 2}, 3 * s, agentchaos.Task{End: 5 * s / 2, Outcome: agentchaos.Partial, Step: 2, Steps: 1}},
		"all done":    {resilience.Degrade{Deadline: true, Reserve: s}, 5 * s, agentchaos.Task{End: 4 * s, Step: 2, Steps: 2}},
		"none done":   {resilience.Degrade{Deadline: true}, s, agentchaos.Task{End: s, Outcome: agentchaos.Failed, Kind: agentchaos.Cancelled, Step: 1}},
		"not wanted":  {resilience.Degrade{Tool: true}, 3 * s, agentchaos.Task{End: 3 * s, Outcome: agentchaos.Failed, Kind: agentchaos.Cancelled, Step: 2, Steps: 1}},
		"all kept":    {resilience.Degrade{Deadline: true, Reserve: time.Hour}, 3 * s, agentchaos.Task{End: 1, Outcome: agentchaos.Failed, Kind: agentchaos.Cancelled, Step: 1}},
		"no deadline": {resilience.Degrade{Deadline: true}, 0, agentchaos.Task{End: 4 * s, Step: 2, Steps: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			agent := resilience.Agent{Deadline: c.deadline, Steps: steps{reads("a"), reads("b")}}
			long := func(*agentchaos.Request) (time.Duration, error) { return 2 * s, nil }
			c.want.Task = 1
			inWorld(t, func(w *sim.World) {
				var log seen
				resilience.Policy{Degrade: c.degrade}.Worker(agent, log.env(w), leaf(w, long)).Run(w.Background(), resilience.Life{Task: 1})
				require.Equal(t, []agentchaos.Task{c.want}, log.tasks)
			})
			synctest.Test(t, func(*testing.T) {
				var log seen
				clock := agentchaos.NewWall()
				resilience.Policy{Degrade: c.degrade}.Worker(agent, log.env(clock), leaf(clock, long)).Run(context.Background(), resilience.Life{Task: 1})
				require.Equal(t, []agentchaos.Task{c.want}, log.tasks)
			})
		})
	}
}

// Many tasks at once on the Wall, steps at once in each: nothing is shared that should not be (for the race detector).
func TestWorkerOnTheWall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log seen
		clock := agentchaos.NewWall()
		p := keeps(nil, 2)
		p.Degrade.Tool = true
		worker := p.Worker(resilience.Agent{Steps: steps{{Parallel: steps{tool("a"), reads("b"), {Loop: steps{tool("c"), reads("d")}, Times: 2}}}, tool("e")}}, log.env(clock),
			leaf(clock, took(map[string]time.Duration{"tool/a": time.Second, "tool/c": time.Millisecond}, map[string]agentchaos.Kind{"tool/b": agentchaos.ToolError})))
		var all sync.WaitGroup
		for i := range uint32(50) {
			all.Go(func() { worker.Run(context.Background(), resilience.Life{Task: i + 1}) })
		}
		all.Wait()
		require.Len(t, log.tasks, 50)
		for _, x := range log.tasks {
			require.Equal(t, agentchaos.Degraded, x.Outcome)
			require.EqualValues(t, 6, x.Steps)
			require.EqualValues(t, 1, x.Without)
		}
	})
}

// atOnce answers every attempt.
func atOnce(*agentchaos.Request) (time.Duration, error) { return 0, nil }
