package faults_test

import (
	"context"
	"flag"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	ms    = time.Millisecond
	model = "anthropic/claude"
	other = "openai/gpt"
	tool  = "tool/lookup_order"
	write = "tool/refund"
)

// healthy are a model that says its first token after 400 ms and one every 10 ms, and two tools.
func healthy(rules ...faults.Rule) faults.Settings {
	m := faults.Model{FirstToken: ac.Constant(int64(400 * ms)), PerToken: ac.Constant(int64(10 * ms))}
	return faults.Settings{
		Seed: 1, Primary: model, Rules: rules, Models: map[string]faults.Model{model: m, "openai/*": m},
		Tools: map[string]faults.Tool{
			tool:  {Use: ac.UseRead, Latency: ac.Constant(int64(300 * ms))},
			write: {Use: ac.UseWrite, Latency: ac.Constant(int64(300 * ms))},
		},
	}
}

func on(target string, f faults.Fault, w faults.When) faults.Rule {
	return faults.Rule{Target: target, Fault: f, When: w}
}

func start(t testing.TB, s faults.Settings) *faults.Providers {
	p, err := faults.New(s)
	require.NoError(t, err)
	return p
}

// inWorld runs a task in virtual time.
func inWorld(t testing.TB, task func(w *sim.World, ctx context.Context)) {
	w := sim.New()
	defer w.Close()
	w.GoAt(0, 1, func() { task(w, w.Background()) })
	require.NoError(t, w.Run())
}

func attempt(task int) *ac.Request { return attemptOn(model, task) }

func attemptOn(target string, task int) *ac.Request {
	return &ac.Request{ID: ac.ID{Task: uint32(task), Step: 1, Attempt: 1}, Target: target, Input: 50, Output: 100, Stream: true}
}
