package published_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/stretchr/testify/require"
)

var breakers = chapter{
	name: "breakers",
	kind: others,
	source: "sony/gobreaker v2, run; resilience4j, CircuitBreaker and its tests, such as shouldOpenAfterFailureRateThresholdExceeded2; Polly, docs/strategies/circuit-breaker.md and CircuitStateController.cs. " +
		"F is a call that fails, S one that succeeds, ✗ one that is refused. Where these differ from each other, the row says what each does, and ours is held to what it has chosen: " +
		"half-open from exactly `recovery` on, judged when a failure is recorded, open at ≥, a late answer changes nothing.",
	tell: tellBreakers,
}

func tellBreakers(t *testing.T, b *board) {
	tellConsecutive(t, b)
	tellRate(t, b)
	tellHalfOpen(t, b)
	tellLate(t, b)
}

// script is how calls on a breaker go: at a time since the start, one after the other.
type script struct {
	at    time.Duration
	gap   time.Duration // between the calls; 0: all at once
	calls string
}

// on plays scripts on a fresh breaker and gives what became of each call, and how the breaker changed.
func on(t *testing.T, s resilience.Breaker, scripts ...script) (calls []string, changes string) {
	w := sim.New(sim.Poison)
	defer w.Close()
	var said []string
	env := agentchaos.Env{Clock: w, Trace: agentchaos.Trace{Change: func(c agentchaos.Change) {
		if c.What != agentchaos.Refused {
			said = append(said, strings.TrimPrefix(c.What.String(), "breaker_"))
		}
	}}}
	outcome := error(nil)
	call := s.Start(env, "x/a")(func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) {
		return &agentchaos.Response{}, outcome
	})
	w.GoAt(0, 1, func() {
		for _, sc := range scripts {
			require.NoError(t, w.Sleep(w.Background(), sc.at-w.Now()))
			out := ""
			for i, r := range sc.calls {
				if i > 0 {
					require.NoError(t, w.Sleep(w.Background(), sc.gap))
				}
				outcome = map[rune]error{'F': unavailable, 'S': nil}[r]
				_, err := call(w.Background(), &agentchaos.Request{})
				if agentchaos.KindOf(err) == agentchaos.BreakerOpen {
					r = '✗'
				}
				out += string(r)
			}
			calls = append(calls, out)
		}
	})
	require.NoError(t, w.Run())
	return calls, strings.Join(said, ", ")
}

// golden claims what becomes of calls.
func (b *board) golden(what, published string, s resilience.Breaker, scripts ...script) {
	b.t.Helper()
	calls, _ := on(b.t, s, scripts...)
	b.exact(what, published, strings.Join(calls, ", "))
}

// chosen claims that ours does what it has chosen where others differ.
func (b *board) chosen(what, others, ours string, s resilience.Breaker, scripts ...script) {
	b.t.Helper()
	calls, _ := on(b.t, s, scripts...)
	measured := strings.Join(calls, ", ")
	b.add(claim{what: what, published: others, measured: measured, tolerance: "ours: " + ours, holds: measured == ours})
}

const recovery = 30 * time.Second

func tellConsecutive(t *testing.T, b *board) {
	five := resilience.Breaker{Failures: 5, Recovery: recovery, Probes: 1}
	open := script{calls: "FFFFSFFFFF"}
	b.golden("gobreaker, 5 in a row, 30 s: a success begins the row anew, the fifth failure opens; the next call", "FFFFSFFFFF, ✗", five, open, script{calls: "F"})
	b.golden("gobreaker, at 29.999 s", "FFFFSFFFFF, ✗", five, open, script{at: recovery - time.Millisecond, calls: "S"})
	b.golden("gobreaker, at 60 s: a success closes it, five failures open it again", "FFFFSFFFFF, S, FFFFF, ✗", five,
		open, script{at: time.Minute, calls: "S"}, script{at: time.Minute, calls: "FFFFF"}, script{at: time.Minute, calls: "S"})
	_, changes := on(t, five, open, script{at: time.Minute, calls: "S"}, script{at: time.Minute, calls: "FFFFF"})
	b.exact("gobreaker, its states on the way", "opened, half_opened, closed, opened", changes)

	at := func(d time.Duration) []script { return []script{open, {at: d, calls: "S"}} }
	b.chosen("the boundary, 30 s − 1 ns", "✗ (all three)", "FFFFSFFFFF, ✗", five, at(recovery-1)...)
	b.chosen("the boundary, exactly 30 s", "gobreaker (expiry.Before(now)) and resilience4j (isAfter): ✗; Polly (now >= blockedUntil): let through",
		"FFFFSFFFFF, S", five, at(recovery)...)
	b.chosen("the boundary, 30 s + 1 ns", "let through (all three)", "FFFFSFFFFF, S", five, at(recovery+1)...)
}

func tellRate(t *testing.T, b *board) {
	half := resilience.Breaker{FailureRate: .5, MinCalls: 5, Window: 20 * time.Second}
	second := func(calls string) script { return script{gap: time.Second, calls: calls} }
	b.golden("resilience4j, 50%, at least 5 calls, 20 s, a call a second: closed at 2 of 5, open at 3 of 6, ≥ and not >", "SSSFFF✗", half, second("SSSFFFS"))
	b.chosen("a success as the fifth call makes 3 of 5", "resilience4j: FFFSS✗, judged at every call; Polly and gobreaker: FFFSSF✗, judged at failures alone",
		"FFFSSF✗", half, second("FFFSSFS"))
	polly := resilience.Breaker{FailureRate: .5, MinCalls: 2, Window: 2 * time.Second}
	b.golden("Polly's page, ratio 0.5, at least 2, 2 s: closed at 1 of 3", "SSFS", polly, script{calls: "SSFS"})
	b.golden("Polly's page, the same: open at 1 of 2", "SF✗", polly, script{calls: "SFS"})
	b.golden("Polly's page, ratio 0.1, at least 3: ten failing calls", "FFF✗✗✗✗✗✗✗", resilience.Breaker{FailureRate: .1, MinCalls: 3}, script{calls: "FFFFFFFFFF"})
}

func tellHalfOpen(t *testing.T, b *board) {
	three := resilience.Breaker{Failures: 1, Recovery: recovery, Probes: 3}
	after := func(calls string) []script { return []script{{calls: "F"}, {at: recovery, calls: calls}} }
	_, changes := on(t, three, after("SSS")...)
	b.exact("half-open, gobreaker with 3 requests: so many successes in a row close it", "opened, half_opened, closed", changes)
	b.golden("half-open, gobreaker with 3 requests: the first failure opens it again", "F, SF✗", three, after("SFS")...)
	four := resilience.Breaker{Failures: 1, Recovery: recovery, Probes: 4}
	b.chosen("half-open, 4 calls of which the first fails", "resilience4j at 50%: F, FSSS, closed at 1 of 4; gobreaker: F, F✗✗✗", "F, F✗✗✗", four, after("FSSS")...)
	b.exact("half-open, gobreaker with 3 requests: of 5 at the same time", "3 let through, 2 ✗", flock(t, three, 5))
	b.exact("half-open, Polly: of 5 at the same time", "1 let through, 4 ✗", flock(t, resilience.Breaker{Failures: 1, Recovery: recovery}, 5))
}

// slowly is a breaker around a target that is asked to take a time and end in a way.
func slowly(w *sim.World, s resilience.Breaker, said *[]string) func(takes time.Duration, outcome error) error {
	env := agentchaos.Env{Clock: w, Trace: agentchaos.Trace{Change: func(c agentchaos.Change) {
		if c.What != agentchaos.Refused {
			*said = append(*said, fmt.Sprintf("%s at %v", strings.TrimPrefix(c.What.String(), "breaker_"), c.At))
		}
	}}}
	type plan struct {
		takes   time.Duration
		outcome error
	}
	plans := map[*agentchaos.Request]plan{}
	call := s.Start(env, "x/a")(func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		p := plans[req]
		if err := w.Sleep(ctx, p.takes); err != nil {
			return nil, err
		}
		return &agentchaos.Response{}, p.outcome
	})
	return func(takes time.Duration, outcome error) error {
		req := &agentchaos.Request{}
		plans[req] = plan{takes, outcome}
		_, err := call(w.Background(), req)
		return err
	}
}

// flock sends so many calls of a second to a breaker that becomes half-open by the first of them.
func flock(t *testing.T, s resilience.Breaker, n int) string {
	w := sim.New(sim.Poison)
	defer w.Close()
	var said []string
	call := slowly(w, s, &said)
	w.GoAt(0, 1, func() { _ = call(0, unavailable) })
	through := 0
	for i := range n {
		w.GoAt(recovery, uint32(i+2), func() {
			if call(time.Second, nil) == nil {
				through++
			}
		})
	}
	require.NoError(t, w.Run())
	return fmt.Sprintf("%d let through, %d ✗", through, n-through)
}

// tellLate is of calls that were begun while it was closed and end later.
func tellLate(t *testing.T, b *board) {
	s := resilience.Breaker{Failures: 1, Recovery: recovery}
	late := func(begun, takes time.Duration, outcome error) string {
		w := sim.New(sim.Poison)
		defer w.Close()
		var said []string
		call := slowly(w, s, &said)
		w.GoAt(0, 1, func() { _ = call(takes, outcome) })
		w.GoAt(begun, 2, func() { _ = call(0, unavailable) })
		w.GoAt(begun+recovery, 3, func() { _ = call(10*time.Second, nil) })
		require.NoError(t, w.Run())
		return strings.Join(said, ", ")
	}
	const unmoved = "opened at 1s, half_opened at 31s, closed at 41s"
	for _, c := range []struct {
		what, others string
		takes        time.Duration
		outcome      error
	}{
		{"late success while open, at 5 s", "Polly counts it, gobreaker drops it by its generation; neither changes", 5 * time.Second, nil},
		{"late failure while open, at 5 s: the recovery is not put off", "the same", 5 * time.Second, unavailable},
		{"late failure while half-open, at 35 s", "Polly takes it for the probe's and opens again; gobreaker drops it", 35 * time.Second, unavailable},
	} {
		measured := late(time.Second, c.takes, c.outcome)
		b.add(claim{what: c.what, published: c.others, measured: measured, tolerance: "ours: " + unmoved, holds: measured == unmoved})
	}
}
