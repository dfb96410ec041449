package resilience

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// play sends one call after another through a circuit: F fails, S succeeds, x is refused, i is ignored; the result is what
// happened to each. The calls come every gap, from start on.
func play(c *circuit, start, gap time.Duration, calls string) string {
	out := ""
	for i, r := range calls {
		now := start + time.Duration(i)*gap
		ticket, ok, _ := c.enter(now, context.Background())
		if !ok {
			out += "x"
			continue
		}
		c.leave(now, ticket, map[rune]verdict{'S': success, 'F': failure, 'i': ignored}[r])
		out += string(r)
	}
	return out
}

// PUBLISHED.md §3.5.1: gobreaker v2, five consecutive failures, 30 s, one probe. Ours differs on purpose at the boundary
// (§3.5.2): like Polly's, the breaker is half-open from exactly 30 s on, where gobreaker still refuses.
func TestBreakerGolden(t *testing.T) {
	for _, at := range []struct {
		after time.Duration
		want  string
	}{
		{29999 * time.Millisecond, "x"}, {30*time.Second - 1, "x"}, {30 * time.Second, "S"}, {30*time.Second + 1, "S"}, {time.Minute, "S"},
	} {
		c := newCircuit(Breaker{Failures: 5, Recovery: 30 * time.Second})
		require.Equal(t, "FFFFSFFFFFxx", play(&c, 0, 0, "FFFFSFFFFFFF"))
		require.Equal(t, at.want, play(&c, at.after, 0, "S"), at.after)
		if at.want == "S" {
			require.Equal(t, closed, c.state)
			require.Equal(t, "FFFFFx", play(&c, at.after, 0, "FFFFFF"))
		}
	}
}

func TestBreakerFailureRate(t *testing.T) {
	// §3.5.3, resilience4j: 50 %, at least 5 calls, window 20 s, one call a second: open at 3 of 6, ≥ and not >.
	r4j := Breaker{FailureRate: 0.5, MinCalls: 5, Window: 20 * time.Second}
	c := newCircuit(r4j)
	require.Equal(t, "SSSFFFx", play(&c, 0, time.Second, "SSSFFFS"))
	// §3.5.4: judged on failures alone, like Polly and gobreaker: the fifth call, a success, makes 60 % and opens nothing.
	c = newCircuit(r4j)
	require.Equal(t, "FFFSSFx", play(&c, 0, time.Second, "FFFSSFS"))
	// §3.5.5, Polly's page: ratio .5, at least 2 calls, 2 s.
	polly := Breaker{FailureRate: 0.5, MinCalls: 2, Window: 2 * time.Second}
	c = newCircuit(polly)
	require.Equal(t, "SSFS", play(&c, 0, 0, "SSFS"))
	c = newCircuit(polly)
	require.Equal(t, "SFx", play(&c, 0, 0, "SFS"))
	// Ratio .1, at least 3: ten failing calls are 3 failures and 7 refusals.
	c = newCircuit(Breaker{FailureRate: 0.1, MinCalls: 3})
	require.Equal(t, "FFFxxxxxxx", play(&c, 0, 0, "FFFFFFFFFF"))
	// 10 % of 30 is exactly 3: no rounding keeps it closed.
	c = newCircuit(Breaker{FailureRate: 0.1, MinCalls: 30})
	require.Equal(t, "SSSSSSSSSSSSSSSSSSSSSSSSSSSFFFx", play(&c, 0, 0, "SSSSSSSSSSSSSSSSSSSSSSSSSSSFFFS"))
}

// A call of exactly the window's age no longer counts.
func TestBreakerWindowBoundary(t *testing.T) {
	for age, want := range map[time.Duration]string{10*time.Second - 1: "Fx", 10 * time.Second: "FS"} {
		c := newCircuit(Breaker{FailureRate: 1, MinCalls: 2, Window: 10 * time.Second})
		require.Equal(t, "F", play(&c, 0, 0, "F"))
		require.Equal(t, want, play(&c, age, 0, "FS"), age)
	}
}

func TestBreakerHalfOpen(t *testing.T) {
	open := func(probes int) *circuit {
		c := newCircuit(Breaker{Failures: 1, Recovery: time.Second, Probes: probes})
		require.Equal(t, "F", play(&c, 0, 0, "F"))
		return &c
	}
	background := context.Background()
	c := open(2) // §3.5.6: as gobreaker, at most two in flight, two successes close it
	a, ok, half := c.enter(time.Second, background)
	require.True(t, ok && half)
	b, ok, half := c.enter(time.Second, background)
	require.True(t, ok && !half)
	_, ok, _ = c.enter(time.Second, background)
	require.False(t, ok)
	require.Zero(t, c.leave(time.Second, a, success))
	_, ok, _ = c.enter(time.Second, background)
	require.False(t, ok, "one has succeeded, one is in flight: two in all")
	require.Equal(t, closed, c.leave(time.Second, b, success))

	c = open(2) // the first failure opens it again, and the other's success comes too late
	a, _, _ = c.enter(time.Second, background)
	b, _, _ = c.enter(time.Second, background)
	require.Equal(t, opened, c.leave(2*time.Second, a, failure))
	require.Zero(t, c.leave(2*time.Second, b, success))
	_, ok, _ = c.enter(3*time.Second-1, background)
	require.False(t, ok, "the recovery begins anew")
	_, ok, _ = c.enter(3*time.Second, background)
	require.True(t, ok)

	c = open(1) // a probe that says nothing gives its place back
	a, _, _ = c.enter(time.Second, background)
	require.Zero(t, c.leave(time.Second, a, ignored))
	_, ok, _ = c.enter(time.Second, background)
	require.True(t, ok)

	c = open(1) // a probe whose context has ended is swept, and changes nothing when it comes back
	gone, cancel := context.WithCancelCause(background)
	a, _, _ = c.enter(time.Second, gone)
	_, ok, _ = c.enter(time.Second, background)
	require.False(t, ok)
	cancel(errors.New("crash"))
	b, ok, _ = c.enter(time.Second, background)
	require.True(t, ok)
	require.Zero(t, c.leave(time.Second, a, failure))
	require.Equal(t, closed, c.leave(time.Second, b, success))
}

// §3.5.7: as in gobreaker, what began before the last change of state changes nothing.
func TestBreakerLateResults(t *testing.T) {
	c := newCircuit(Breaker{Failures: 2, Recovery: time.Second})
	var late [3]ticket
	for i := range late {
		late[i], _, _ = c.enter(0, context.Background())
	}
	require.Equal(t, "FFx", play(&c, 0, 0, "FFF"))
	require.Zero(t, c.leave(0, late[0], success))
	probe, ok, _ := c.enter(time.Second, context.Background())
	require.True(t, ok)
	require.Zero(t, c.leave(time.Second, late[1], failure), "half-open, and not the probe")
	require.Equal(t, closed, c.leave(time.Second, probe, success))
	require.Zero(t, c.leave(time.Second, late[2], failure))
	require.Zero(t, c.failures)
}

// What does not count neither breaks a row of failures nor adds to it.
func TestBreakerIgnores(t *testing.T) {
	c := newCircuit(Breaker{Failures: 3})
	require.Equal(t, "FiFiiFx", play(&c, 0, 0, "FiFiiFS"))
	c = newCircuit(Breaker{FailureRate: 0.5, MinCalls: 2})
	require.Equal(t, "iiiiiFSFx", play(&c, 0, 0, "iiiiiFSFS"))
}

func TestBreakerZeroValue(t *testing.T) {
	c := newCircuit(Breaker{})
	require.Equal(t, Breaker{Failures: 5, Window: 30 * time.Second, MinCalls: 10, Recovery: 30 * time.Second, Probes: 1}, c.settings)
}
