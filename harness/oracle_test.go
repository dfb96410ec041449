package harness

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A bout is a small run that both clocks can play: the same agents, stack, provider and faults. Every constant has odd
// nanoseconds, so that no two events meet by accident: ties are decided by identity in virtual time and by the luck of the
// scheduler on the wall, and have golden tests of their own.
type bout struct {
	seed   agentchaos.Seed
	tasks  int
	gap    time.Duration
	models map[string]faults.Model
	tools  map[string]faults.Tool
	rules  []faults.Rule
	policy resilience.Policy
	agent  resilience.Agent
}

// transcript collects a line for every record.
type transcript struct {
	mu    sync.Mutex
	lines []string
}

func (x *transcript) add(format string, args ...any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.lines = append(x.lines, fmt.Sprintf(format, args...))
}

func (x *transcript) trace() agentchaos.Trace {
	return agentchaos.Trace{
		Attempt: func(a agentchaos.Attempt) { x.add("attempt %+v", a) },
		Call:    func(c agentchaos.Called) { x.add("call %+v", c) },
		Task:    func(t agentchaos.Task) { x.add("task %+v", t) },
		Change:  func(c agentchaos.Change) { x.add("change %+v", c) },
	}
}

// text is the transcript without the order of lines, which within one instant is nobody's business.
func (x *transcript) text() string {
	slices.Sort(x.lines)
	return strings.Join(x.lines, "\n")
}

// prepare builds the agent of the bout over a clock.
func (b bout) prepare(clock agentchaos.Clock, x *transcript) (func(context.Context, uint32) agentchaos.Outcome, error) {
	p, err := faults.New(faults.Settings{Seed: b.seed, Primary: b.policy.Models[0], Models: b.models, Tools: b.tools, Rules: b.rules})
	if err != nil {
		return nil, err
	}
	env := agentchaos.Env{Clock: clock, Seed: b.seed, Trace: x.trace()}
	worker := b.policy.Worker(b.agent, env, faults.Play(clock, p.Open))
	return func(ctx context.Context, task uint32) agentchaos.Outcome {
		return worker.Run(ctx, resilience.Life{Task: task, Begin: clock.Now()}).Outcome
	}, nil
}

func (b bout) onSim() (string, error) {
	var x transcript
	w := sim.New()
	defer w.Close()
	task, err := b.prepare(w, &x)
	if err != nil {
		return "", err
	}
	for n := range uint32(b.tasks) {
		w.GoAt(time.Duration(n)*b.gap, n+1, func() { task(w.Background(), n+1) })
	}
	err = w.Run()
	return x.text(), err
}

func (b bout) onWall() (text string, err error) {
	var x transcript
	w := agentchaos.NewWall()
	task, err := b.prepare(w, &x)
	if err != nil {
		return "", err
	}
	var wg sync.WaitGroup
	for n := range uint32(b.tasks) {
		if n > 0 {
			_ = w.Sleep(context.Background(), b.gap)
		}
		wg.Go(func() { task(context.Background(), n+1) })
	}
	wg.Wait()
	synctest.Wait()
	return x.text(), nil
}

// odd is a duration between lo and hi with nanoseconds that no other constant shares.
func odd(t *rapid.T, name string, lo, hi time.Duration) time.Duration {
	return time.Duration(rapid.Int64Range(int64(lo), int64(hi)).Draw(t, name))/1000*1000 + time.Duration(rapid.Int64Range(1, 999).Draw(t, name+" ns"))
}

func drawLatency(t *rapid.T, name string, lo, hi time.Duration) agentchaos.Quantiles {
	a := odd(t, name+" min", lo, hi)
	b := a + odd(t, name+" p50", lo, hi)
	c := b + odd(t, name+" max", lo, 3*hi)
	q, err := agentchaos.NewQuantiles(agentchaos.Point{P: 0, Value: int64(a)}, agentchaos.Point{P: .5, Value: int64(b)}, agentchaos.Point{P: 1, Value: int64(c)})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func share(x float64) *float64 { return &x }

func drawRules(t *rapid.T) []faults.Rule {
	all := []faults.Fault{
		faults.Refusal{Of: agentchaos.Overloaded, Delay: 53_217_913},
		faults.Refusal{Of: agentchaos.Unavailable, Delay: 71_318_917, RetryAfter: faults.RetryAfter{Say: faults.SayFor, For: 2 * time.Second}},
		faults.Refusal{Of: agentchaos.InvalidRequest, Delay: 5_419_307},
		faults.Reset{Delay: 1_171_703},
		faults.Timeout{}, faults.Slow{Factor: 5}, faults.Stall{At: share(.3)}, faults.Truncated{At: share(.4)},
		faults.Truncated{At: share(.7), How: faults.ByReset}, faults.Truncated{At: share(.6), How: faults.ByClose}, faults.StreamError{},
		faults.Malformed{Variant: agentchaos.MissingField}, faults.Malformed{Variant: agentchaos.HTML}, faults.Length{At: share(.6)},
		faults.RateLimit{RequestsPerMinute: 120}, faults.ToolError{Delay: 31_117_907}, faults.CommitThenTimeout{Hang: 3_331_219_111},
	}
	var rules []faults.Rule
	for i, f := range all {
		if p := rapid.Float64Range(-.1, .12).Draw(t, f.Kind()); p > 0 {
			rules = append(rules, faults.Rule{Name: fmt.Sprint(f.Kind(), i), Target: "*/*", Fault: f, When: faults.When{Probability: &p}})
		}
	}
	return rules
}

func drawPolicy(t *rapid.T, models []string) resilience.Policy {
	yes := func(name string) bool { return rapid.Bool().Draw(t, name) }
	p := resilience.Policy{Models: models[:rapid.IntRange(1, len(models)).Draw(t, "chain")]}
	if yes("timeout") {
		p.Timeout = resilience.Timeout{FirstToken: odd(t, "first", 2*time.Second, 6*time.Second), Idle: odd(t, "idle", time.Second, 3*time.Second), Attempt: odd(t, "attempt", 5*time.Second, 15*time.Second)}
	}
	if yes("retry") {
		p.Retry = resilience.Retry{Attempts: rapid.IntRange(2, 5).Draw(t, "attempts"), Backoff: resilience.Backoff{Initial: odd(t, "initial", 100*time.Millisecond, time.Second), Factor: 2, Max: odd(t, "max", 5*time.Second, 20*time.Second), Jitter: resilience.FullJitter}}
	}
	if yes("budget") {
		p.RetryBudget = &resilience.RetryBudget{Ratio: .2, MinPerSecond: .5}
	}
	if yes("breaker") {
		p.Breaker = &resilience.Breaker{Failures: rapid.IntRange(2, 6).Draw(t, "failures"), Recovery: odd(t, "recovery", 2*time.Second, 10*time.Second), Probes: 1}
	}
	if yes("hedge") {
		p.Hedge = resilience.Hedge{After: odd(t, "hedge after", time.Second, 4*time.Second)}
	}
	// Not both: the end of a hedge gives back two slots of a bulkhead in one instant, at which its caller asks for the next.
	if yes("bulkhead") && p.Hedge.After == 0 {
		p.Bulkhead = resilience.Bulkhead{Concurrency: rapid.IntRange(2, 10).Draw(t, "slots"), Queue: rapid.IntRange(0, 10).Draw(t, "line")}
	}
	if yes("repair") {
		p.Repair = resilience.Repair{Attempts: 2}
	}
	if yes("idempotency") {
		p.Idempotency = &resilience.Idempotency{}
	}
	if yes("checkpoint") {
		p.Checkpoint = &resilience.Checkpointing{Every: rapid.IntRange(1, 3).Draw(t, "every")}
	}
	if yes("degrade") {
		p.Degrade = resilience.Degrade{Tool: true, Retrieval: true, Deadline: true, Reserve: odd(t, "reserve", 0, time.Second)}
	}
	return p
}

func drawBout(t *rapid.T) bout {
	names := []string{"anthropic/claude-sonnet-4", "openai/gpt-4o", "anthropic/claude-haiku-4"}
	b := bout{
		seed: agentchaos.Seed(rapid.Uint64().Draw(t, "seed")), tasks: rapid.IntRange(5, 60).Draw(t, "tasks"),
		gap: odd(t, "gap", 50*time.Millisecond, 2*time.Second), models: map[string]faults.Model{},
		tools: map[string]faults.Tool{
			"tool/lookup_order": {Use: agentchaos.UseRead, Latency: drawLatency(t, "lookup", 50*time.Millisecond, time.Second)},
			"tool/refund":       {Use: agentchaos.UseWrite, Latency: drawLatency(t, "refund", 50*time.Millisecond, 2*time.Second)},
		},
		rules:  drawRules(t),
		policy: drawPolicy(t, names),
	}
	for _, name := range names {
		b.models[name] = faults.Model{
			FirstToken: drawLatency(t, name+" first", 200*time.Millisecond, 2*time.Second),
			PerToken:   drawLatency(t, name+" token", 5*time.Millisecond, 20*time.Millisecond),
			Limits:     faults.Limits{RequestsPerMinute: rapid.Int64Range(0, 600).Draw(t, name+" rpm")},
		}
		if rapid.Bool().Draw(t, name+" capacity") {
			m := b.models[name]
			m.Capacity = faults.Capacity{Concurrency: rapid.IntRange(1, 8).Draw(t, name+" slots"), Queue: rapid.IntRange(0, 8).Draw(t, name+" line")}
			b.models[name] = m
		}
	}
	if b.policy.Bulkhead.Concurrency > 0 {
		b.untie()
	}
	if rapid.Bool().Draw(t, "deadline") {
		b.agent.Deadline = odd(t, "budget", 10*time.Second, 100*time.Second)
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "steps") {
		step := resilience.Step{Input: 300, Output: 20 + 7*i, Plain: rapid.Bool().Draw(t, "plain")}
		lookup, refund := resilience.Step{Use: agentchaos.UseRead, Target: "tool/lookup_order"}, resilience.Step{Use: agentchaos.UseWrite, Target: "tool/refund"}
		switch rapid.IntRange(0, 5).Draw(t, "tool") {
		case 0:
			step = lookup
		case 1:
			step = refund
		case 2: // not at once: what ends the others comes at the instant at which they begin
			step = resilience.Step{Loop: []resilience.Step{step, refund}, Times: 2, Grow: 100}
		}
		b.agent.Steps = append(b.agent.Steps, step)
	}
	return b
}

// untie leaves no refusal that takes no time: who waits for a slot of a bulkhead begins at the instant of another's end, and
// if he is refused at once, both go on at that instant.
func (b *bout) untie() {
	for name, m := range b.models {
		m.Limits, m.Capacity = faults.Limits{}, faults.Capacity{}
		b.models[name] = m
	}
	b.rules = slices.DeleteFunc(b.rules, func(r faults.Rule) bool { return r.Fault.Kind() == "rate_limit" })
}

// difference is the lines that only one of two transcripts has.
func difference(a, b string) (out []string) {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, only := range []struct {
		sign       string
		have, lack []string
	}{{"virtual: ", x, y}, {"wall:    ", y, x}} {
		for _, line := range only.have {
			if _, found := slices.BinarySearch(only.lack, line); !found {
				out = append(out, only.sign+line)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return strings.Compare(a[9:], b[9:]) })
	return out[:min(len(out), 6)]
}

// The oracle: Go's own fake clock. It does not order ties and runs ten times slower, but nobody here wrote it.
func TestOracleAgreesWithSynctest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := drawBout(rt)
		virtual, err := b.onSim()
		require.NoError(rt, err)
		var real string
		synctest.Test(t, func(*testing.T) { real, err = b.onWall() })
		require.NoError(rt, err)
		require.NotEmpty(rt, virtual)
		if real != virtual {
			rt.Fatal(strings.Join(difference(virtual, real), "\n"))
		}
	})
}
