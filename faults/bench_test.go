package faults_test

import (
	"context"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/stretchr/testify/require"
)

func twoFaults() faults.Settings {
	return varied(on("primary", broken, faults.When{Probability: new(.02)}), on("*/*", faults.Slow{}, faults.When{Probability: new(.05)}))
}

func TestAllocations(t *testing.T) {
	p := start(t, twoFaults())
	req := attempt(0)
	i := uint32(0)
	open := func() {
		i++
		req.ID.Task = i
		p.Open(0, req)
	}
	require.Zero(t, testing.AllocsPerRun(1000, open), "Open")
	inWorld(t, func(w *sim.World, ctx context.Context) {
		for form, fault := range map[string]faults.Fault{"answer": faults.Slow{}, "error": broken} {
			p := start(t, varied(on("*/*", fault, faults.When{})))
			call := faults.Play(w, p.Open)
			req.OnFirst = func() {}
			play := func() { _, _ = call(ctx, req) }
			require.EqualValues(t, 1, testing.AllocsPerRun(1000, play), form)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	for name, s := range map[string]faults.Settings{"healthy": varied(), "two faults": twoFaults(), "limits and capacity": limited(), "slowdown": crowded()} {
		b.Run(name, func(b *testing.B) {
			p := start(b, s)
			req := attempt(0)
			b.ReportAllocs()
			now := time.Duration(0)
			for i := range b.N {
				req.ID.Task = uint32(i)
				now += 3 * time.Second // three minutes of work each, 64 at a time
				p.Open(now, req)
			}
		})
	}
}

func limited() faults.Settings {
	s := twoFaults()
	m := s.Models[model]
	m.Limits = faults.Limits{RequestsPerMinute: 4e9, InputTokensPerMinute: 4e11, OutputTokensPerMinute: 8e11}
	m.Capacity = faults.Capacity{Concurrency: 64, Queue: 1 << 30}
	s.Models[model] = m
	return s
}

// crowded is a model with a thousand requests at work.
func crowded() faults.Settings {
	s := twoFaults()
	m := s.Models[model]
	m.Capacity = faults.Capacity{Slowdown: 3 * time.Second}
	s.Models[model] = m
	return s
}

func BenchmarkPlay(b *testing.B) {
	inWorld(b, func(w *sim.World, ctx context.Context) {
		call := faults.Play(w, start(b, twoFaults()).Open)
		req := attempt(0)
		req.FirstToken, req.Idle = 20e9, 10e9
		b.ReportAllocs()
		for i := range b.N {
			req.ID.Task = uint32(i)
			kept, _ = call(ctx, req)
		}
	})
}

var kept *agentchaos.Response
