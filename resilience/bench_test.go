package resilience_test

import (
	"context"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
)

// callsPerTask is how often a task calls: contexts are reused when it ends.
const callsPerTask = 16

func benchmarkCalls(b *testing.B, w *sim.World, call agentchaos.Call) {
	b.ReportAllocs()
	defer w.Close()
	var req agentchaos.Request
	n := 0
	task := func() {
		for range callsPerTask {
			n++
			req = agentchaos.Request{ID: agentchaos.ID{Task: uint32(n), Step: 1}, Stream: true}
			if _, err := call(w.Background(), &req); err != nil {
				b.Error(err)
			}
		}
	}
	b.ResetTimer()
	for range b.N/callsPerTask + 1 {
		w.Go(task)
		if err := w.Run(); err != nil {
			b.Fatal(err)
		}
	}
}

var good = &agentchaos.Response{Output: 10, Content: agentchaos.Content{Text: `{"answer":"It has been sent.","confidence":0.9}`}}

func noop(context.Context, *agentchaos.Request) (*agentchaos.Response, error) { return good, nil }

// secondTime is a leaf that fails the first attempt of every call.
func secondTime(_ context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
	if req.ID.Attempt == 1 {
		return nil, overloaded
	}
	return good, nil
}

var overloaded = &agentchaos.Error{Kind: agentchaos.Overloaded, Status: 529}

func stackOfFour() resilience.Policy {
	return resilience.Policy{
		Models:       []string{"anthropic/claude-sonnet-4", "openai/gpt-4o"},
		Timeout:      resilience.Timeout{FirstToken: 20 * time.Second, Attempt: time.Minute},
		Retry:        resilience.Retry{Attempts: 3},
		Breaker:      &resilience.Breaker{Failures: 5},
		TrustAnswers: true,
	}
}

func everything() resilience.Policy {
	p := stackOfFour()
	p.RetryBudget = &resilience.RetryBudget{Ratio: 0.2, MinPerSecond: 1}
	p.Hedge.After = 8 * time.Second
	p.Bulkhead.Concurrency = 64
	p.Repair.Attempts = 2
	p.TrustAnswers = false
	return p
}

// Budget: 100 ns, no allocation.
func BenchmarkStackFirstTry(b *testing.B) {
	w := sim.New()
	benchmarkCalls(b, w, stackOfFour().Start(agentchaos.Env{Clock: w})(noop))
}

// Budget: 200 ns, no allocation.
func BenchmarkStackSecondTry(b *testing.B) {
	w := sim.New()
	benchmarkCalls(b, w, stackOfFour().Start(agentchaos.Env{Clock: w})(secondTime))
}

func BenchmarkStackBare(b *testing.B) {
	w := sim.New()
	benchmarkCalls(b, w, resilience.Policy{Models: []string{"openai/gpt-4o"}, TrustAnswers: true}.Start(agentchaos.Env{Clock: w})(noop))
}

func BenchmarkStackEverything(b *testing.B) {
	w := sim.New()
	benchmarkCalls(b, w, everything().Start(agentchaos.Env{Clock: w})(noop))
}

func BenchmarkStackEverythingTraced(b *testing.B) {
	w := sim.New()
	env := agentchaos.Env{Clock: w, Trace: agentchaos.Trace{
		Attempt: func(agentchaos.Attempt) {}, Call: func(agentchaos.Called) {}, Change: func(agentchaos.Change) {},
	}}
	benchmarkCalls(b, w, everything().Start(env)(noop))
}

// BenchmarkByHand is fallback, three attempts, a breaker and a timeout as one would write them into a loop.
func BenchmarkByHand(b *testing.B) {
	w := sim.New()
	models := stackOfFour().Models
	fails, until := map[string]int{}, map[string]time.Duration{}
	benchmarkCalls(b, w, func(ctx context.Context, req *agentchaos.Request) (resp *agentchaos.Response, err error) {
		for _, m := range models {
			req.Target = m
			for n := range 3 {
				if fails[m] >= 5 && w.Now() < until[m] {
					break
				}
				req.ID.Attempt = uint8(n + 1)
				limited, cancel := w.WithTimeout(ctx, time.Minute)
				resp, err = noop(limited, req)
				cancel()
				if err == nil {
					fails[m] = 0
					return resp, nil
				}
				fails[m]++
				until[m] = w.Now() + 30*time.Second
			}
		}
		return nil, err
	})
}
