package faults_test

import (
	"context"
	"math"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/stretchr/testify/require"
)

// The work of 300 ms is done; the client waits until it has enough, or until hang after that.
func TestCommitThenTimeout(t *testing.T) {
	for _, hang := range []time.Duration{0, 5 * time.Second} {
		p := start(t, healthy(on("*/*", faults.CommitThenTimeout{Hang: hang}, faults.When{})))
		for _, target := range []string{write, tool} {
			s := p.Open(0, attemptOn(target, 1))
			require.Equal(t, ac.Lost, s.End.Form)
			require.Equal(t, 300*ms, s.Over())
			want := 10 * time.Minute
			if hang > 0 {
				want = hang
			}
			require.Equal(t, want, s.End.Hang)
			// it shows when the work is over, not before
			require.Zero(t, faults.TruthOf(&s, 300*ms-1, 0).EndBy)
			require.EqualValues(t, 1, faults.TruthOf(&s, 300*ms, 0).EndBy)
		}
		require.Equal(t, ac.Whole, p.Open(0, attempt(1)).End.Form, "a model knows no such thing")
		_, lost := p.Ledger().Settle(1, []uint16{1})
		require.Zero(t, lost, "it is done")
	}
}

// What its client sees: nothing, until it has waited long enough itself or the wait ends. Only what was cut short before the
// work was over cannot be laid to the fault.
func TestLostAnswers(t *testing.T) {
	for _, c := range []struct {
		patience, took time.Duration
		kind           ac.Kind
		by             uint8
	}{
		{299 * ms, 299 * ms, ac.Cancelled, 0}, {300 * ms, 300 * ms, ac.Cancelled, 1}, {5 * time.Second, 5 * time.Second, ac.Cancelled, 1},
		{10300 * ms, 10300 * ms, ac.Timeout, 1}, {time.Hour, 10300 * ms, ac.Timeout, 1},
	} {
		inWorld(t, func(w *sim.World, ctx context.Context) {
			p := start(t, healthy(on(write, faults.CommitThenTimeout{Hang: 10 * time.Second}, faults.When{})))
			limited, stop := w.WithTimeout(ctx, c.patience)
			defer stop()
			req := &ac.Request{ID: ac.ID{Task: 1, Step: 1, Attempt: 1}, Target: write, Use: ac.UseWrite}
			_, err := faults.Play(w, p.Open)(limited, req)
			if limited.Err() != nil {
				require.ErrorIs(t, err, context.DeadlineExceeded)
			} else {
				require.Equal(t, c.kind, ac.KindOf(err))
			}
			require.Equal(t, c.took, w.Now())
			require.Equal(t, ac.Truth{EndBy: c.by}, req.Truth)
			_, lost := p.Ledger().Settle(1, []uint16{1})
			require.Zero(t, lost, "it is done all the same")
		})
	}
}

// strike asks as the process of a life that begins a step.
func strike(p *faults.Providers, task, step, life int) ac.Ending {
	return p.Strike(faults.AgentTarget, 0, ac.ID{Task: uint32(task), Step: uint16(step), Attempt: uint8(life)}, ac.UseRead).End
}

// deviation is the standard deviation of how many of n succeed, each with probability p.
func deviation(n, p float64) float64 { return math.Sqrt(n * p * (1 - p)) }

// The place of a crash is uniform over all there are, and every step of every life has its own.
func TestCrashPlaces(t *testing.T) {
	p := start(t, healthy(on("agent", faults.Crash{RestartAfter: time.Second}, faults.When{})))
	const n = 16_000
	var at [faults.Places + 1]int
	same := 0
	for i := range n {
		e := strike(p, i+1, 1, 1)
		require.Equal(t, ac.Die, e.Form)
		require.Equal(t, time.Second, e.Delay)
		require.EqualValues(t, 1, e.By)
		at[e.At]++
		if strike(p, i+1, 2, 1).At == e.At && strike(p, i+1, 1, 2).At == e.At {
			same++
		}
	}
	require.Zero(t, at[0])
	for place, k := range at[1:] {
		require.InDelta(t, n/faults.Places, k, 4*deviation(n, 1./faults.Places), "place %d", place+1)
	}
	const both = 1. / (faults.Places * faults.Places)
	require.InDelta(t, n*both, same, 4*deviation(n, both))
}

func TestCrashWhen(t *testing.T) {
	type asked struct{ task, step, life int }
	all := []asked{{1, 1, 1}, {1, 2, 1}, {2, 2, 1}, {1, 2, 2}, {1, 2, 3}, {3, 2, 1}}
	for name, c := range map[string]struct {
		fault faults.Crash
		when  faults.When
		want  []asked
	}{
		"always":           {faults.Crash{}, faults.When{}, all},
		"at a step":        {faults.Crash{Step: 2}, faults.When{}, all[1:]},
		"the first lives":  {faults.Crash{Step: 2}, faults.When{CallFirst: 2}, []asked{{1, 2, 1}, {2, 2, 1}, {1, 2, 2}, {3, 2, 1}}},
		"the first":        {faults.Crash{}, faults.When{First: 2}, all[:2]},
		"the first at all": {faults.Crash{Step: 2}, faults.When{First: 2}, []asked{{1, 2, 1}, {2, 2, 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, healthy(on("agent", c.fault, c.when)))
			var got []asked
			for _, a := range all {
				if strike(p, a.task, a.step, a.life).Form == ac.Die {
					got = append(got, a)
				}
			}
			require.Equal(t, c.want, got)
		})
	}
}

// Luck goes by the rule's name: another rule beside it changes nothing.
func TestCrashLuckHasAName(t *testing.T) {
	rule := faults.Rule{Name: "night", Target: "agent", Fault: faults.Crash{}, When: faults.When{Probability: new(0.5)}}
	alone := start(t, healthy(rule))
	among := start(t, healthy(on("store", faults.Storage{Name: "store_full", Of: ac.StoreFull}, faults.When{}), on("agent", faults.Crash{Step: 9}, faults.When{}), rule))
	died := 0
	for task := range 500 {
		a, b := strike(alone, task+1, 1, 1), strike(among, task+1, 1, 1)
		if a.Form == ac.Die {
			died++
			b.By = a.By
		}
		require.Equal(t, a, b)
	}
	require.InDelta(t, 250, died, 4*11.2)
}

// What is only read has room, may be read, and is torn already.
func TestStrikesOnTheStore(t *testing.T) {
	for kind, c := range map[string]struct {
		reads bool
		want  ac.Kind
	}{"store_full": {false, ac.StoreFull}, "store_read_only": {false, ac.StoreReadOnly}, "store_torn": {false, ac.StoreCorrupt}, "store_locked": {true, ac.StoreLocked}} {
		var f faults.Fault
		for _, k := range faults.Kinds() {
			if k.Kind == kind {
				f = k.Make(faults.Given{})
			}
		}
		p := start(t, healthy(on("store", f, faults.When{First: 1})))
		require.True(t, p.Struck("store"))
		require.False(t, p.Struck("agent"))
		op := func(use ac.Use) ac.Ending { return p.Strike(faults.StoreTarget, 0, ac.ID{Task: 1, Step: 1}, use).End }
		require.Equal(t, c.reads, op(ac.UseRead).Form == ac.NoStore, kind)
		want := ac.Ending{Form: ac.NoStore, Kind: c.want, By: 1}
		if c.reads {
			want = ac.Ending{}
		}
		require.Equal(t, want, op(ac.UseWrite), "%s: the first that it can strike", kind)
		require.Equal(t, ac.Ending{}, op(ac.UseWrite), kind)
	}
}

// The agent's own targets have their own kinds, and no glob means them.
func TestInnerTargets(t *testing.T) {
	full := faults.Storage{Name: "store_full", Of: ac.StoreFull}
	for _, c := range []struct {
		target string
		fault  faults.Fault
		okay   bool
	}{
		{"agent", faults.Crash{}, true}, {"store", full, true},
		{"store", faults.Crash{}, false}, {"agent", full, false}, {"agent", faults.ToolError{}, false}, {"store", faults.Slow{}, false},
		{write, faults.Crash{}, false}, {"*/*", faults.Crash{}, false}, {"primary", full, false}, {"*", faults.Crash{}, false},
		{write, faults.CommitThenTimeout{}, true}, {"agent", faults.CommitThenTimeout{}, false},
		{"agent", faults.Crash{MaxRestarts: -1}, false}, {"agent", faults.Crash{Step: -1}, false}, {"agent", faults.Crash{RestartAfter: -1}, false},
	} {
		err := on(c.target, c.fault, faults.When{}).Check()
		require.Equal(t, c.okay, err == nil, "%s on %s: %v", c.fault.Kind(), c.target, err)
	}
	everything := on("*", faults.Slow{}, faults.When{})
	require.False(t, everything.Matches("agent", "agent"))
	require.False(t, everything.Matches("store", "store"))
	require.Equal(t, 5, faults.Crash{}.Restarts())
	require.Equal(t, 2, faults.Crash{MaxRestarts: 2}.Restarts())
}
