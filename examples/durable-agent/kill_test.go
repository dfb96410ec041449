package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/stretchr/testify/require"
)

const orders = 3

// wounds are where the kills have landed, by what the dead process has left.
type wounds struct{ starting, step, unrecorded, unsaved, unclosed int }

// count takes down where a process died. One that had several orders in work can die in several places.
func (w *wounds) count(t *testing.T, lines []string, f *found) {
	if len(lines) == 0 {
		w.starting++
		return
	}
	seen := *w
	for _, e := range f.effects {
		switch {
		case f.closed[e.order]:
		case !f.result(t, e.key):
			w.unrecorded++
		case !f.checkpoint(t, e.order).Done.Has(e.step):
			w.unsaved++
		}
	}
	for order := uint32(1); order <= orders; order++ {
		if !f.closed[order] && f.checkpoint(t, order).Done.Len() == len(refunds.Steps) {
			w.unclosed++
		}
	}
	if *w == seen {
		w.step++
	}
}

// TestKilledAnywhere kills the agent at random moments, starts it again, kills it again, until it has come to its end; and
// that over and over. The moments are drawn from a fixed seed; where in the program they strike is the machine's luck.
func TestKilledAnywhere(t *testing.T) {
	asked := 20
	switch {
	case *acceptance.Full:
		asked = 200
	case testing.Short():
		asked = 5
	}
	luck := rand.New(rand.NewPCG(1, 2))
	start := time.Now()
	kills, runs, w := 0, 0, wounds{}
	for kills < asked {
		runs++
		kills += killed(t, luck, &w)
	}
	took := time.Since(start)
	verdict := "small run"
	if *acceptance.Full {
		verdict = "met"
		require.Less(t, took, time.Minute)
		for _, n := range []int{w.starting, w.step, w.unrecorded, w.unsaved, w.unclosed} {
			require.Positive(t, n, "%+v", w)
		}
	}
	t.Logf("| kill -9 of a running agent | 200, under 60 s | %d in %.0f s, over %d runs of %d orders | %s |", kills, took.Seconds(), runs, orders, verdict)
	t.Logf("| where they struck | in every gap | %+v | %s |", w, verdict)
	t.Logf("| effects done exactly once, nothing acknowledged lost or done again | all | all | %s |", verdict)
}

// killed is one run to its end, and how often it was killed before.
func killed(t *testing.T, luck *rand.Rand, w *wounds) (kills int) {
	dir, p := t.TempDir(), newPromises()
	for {
		lines, dead := live(t, dir, someMoment(luck))
		p.hear(t, lines)
		f := look(t, remains(t, dir))
		p.keep(t, f)
		if !dead {
			complete(t, f)
			return kills
		}
		kills++
		w.count(t, lines, f)
		require.NoError(t, f.store.Close())
	}
}

// complete is how a run must end: every order closed, every effect there once, nothing left in the store.
func complete(t *testing.T, f *found) {
	t.Helper()
	require.Len(t, f.closed, orders)
	var want []effect
	for order := uint32(1); order <= orders; order++ {
		want = append(want, effect{place{order, 3}, "tool/refund", ""}, effect{place{order, 5}, "tool/email", ""})
	}
	var have []effect
	for _, e := range f.effects {
		require.False(t, f.result(t, e.key), "what has ended is forgotten")
		have = append(have, effect{e.place, e.tool, ""})
	}
	require.ElementsMatch(t, want, have)
	for order := uint32(1); order <= orders; order++ {
		latest, _, err := f.store.Load(t.Context(), order)
		require.NoError(t, err)
		require.Nil(t, latest)
	}
}

// Without keys and checkpoints, kills and lost answers double effects: the ledger would show it.
func TestCarelessAgentRefundsTwice(t *testing.T) {
	luck := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		dir := t.TempDir()
		for dead := true; dead; {
			_, dead = live(t, dir, someMoment(luck), "-careless")
		}
		if twice := look(t, dir).doubled(); len(twice) > 0 {
			t.Logf("done twice: %v", twice)
			return
		}
	}
	t.Fatal("a hundred runs without a doubled effect")
}

// A run that nobody kills, and one that is started again when there is nothing left to do.
func TestUndisturbed(t *testing.T) {
	dir := t.TempDir()
	lines, _ := live(t, dir, never)
	newPromises().hear(t, lines)
	require.Greater(t, len(lines), orders*20, "as many as the moments count on")
	complete(t, look(t, remains(t, dir)))
	lines, _ = live(t, dir, never)
	require.Empty(t, lines)
	lines, _ = live(t, dir, never, "-orders", fmt.Sprint(orders+1))
	require.NotEmpty(t, lines, "a new order is a new task")
}
