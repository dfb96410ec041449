package faults_test

import (
	"math/big"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// dumbBucket remembers everything that was taken and replays it with exact fractions.
type dumbBucket struct {
	rate, size int64
	taken      []struct {
		at   time.Duration
		cost int64
	}
}

func (b *dumbBucket) level(now time.Duration) *big.Rat {
	level, last := big.NewRat(b.size, 1), time.Duration(0)
	to := func(t time.Duration) {
		level.Add(level, big.NewRat(int64(t-last)*b.rate, int64(time.Minute)))
		if full := big.NewRat(b.size, 1); level.Cmp(full) > 0 {
			level.Set(full)
		}
		last = t
	}
	for _, x := range b.taken {
		to(x.at)
		level.Sub(level, big.NewRat(x.cost, 1))
	}
	to(now)
	return level
}

func (b *dumbBucket) take(now time.Duration, cost int64) {
	b.taken = append(b.taken, struct {
		at   time.Duration
		cost int64
	}{now, cost})
}

// wait is the smallest whole number of nanoseconds after which there is enough; -1: never.
func (b *dumbBucket) wait(now time.Duration, cost int64) time.Duration {
	if cost > b.size {
		return -1
	}
	missing := new(big.Rat).Sub(big.NewRat(cost, 1), b.level(now))
	if missing.Sign() <= 0 {
		return 0
	}
	ns := missing.Mul(missing, big.NewRat(int64(time.Minute), b.rate))
	up := new(big.Int).Add(ns.Num(), new(big.Int).Sub(ns.Denom(), big.NewInt(1)))
	return time.Duration(up.Div(up, ns.Denom()).Int64())
}

func TestLimitsAreThreeBucketsAskedTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := func(name string, most int64) int64 { return rapid.Int64Range(1, most).Draw(t, name) }
		l := faults.Limits{RequestsPerMinute: rate("rpm", 100), InputTokensPerMinute: rate("itpm", 2000), OutputTokensPerMinute: rate("otpm", 2000)}
		dumb := []*dumbBucket{{rate: l.RequestsPerMinute, size: l.RequestsPerMinute}, {rate: l.InputTokensPerMinute, size: l.InputTokensPerMinute}, {rate: l.OutputTokensPerMinute, size: l.OutputTokensPerMinute}}
		if rapid.Bool().Draw(t, "burst?") {
			l.Burst = rate("burst", 20)
			dumb[0].size = l.Burst
		}
		p, err := faults.New(faults.Settings{Models: map[string]faults.Model{model: {Limits: l}}})
		require.NoError(t, err)
		now := time.Duration(0)
		for range 40 {
			now += time.Duration(rapid.Int64Range(0, int64(20*time.Second)).Draw(t, "gap"))
			in, out := rapid.IntRange(0, 1000).Draw(t, "in"), rapid.IntRange(0, 1000).Draw(t, "out")
			s := p.Open(now, &ac.Request{ID: ac.ID{Task: 1}, Target: model, Input: in, Output: out})
			cost, wait := []int64{1, int64(in), int64(out)}, time.Duration(0)
			for i, b := range dumb {
				if w := b.wait(now, cost[i]); w < 0 || wait < 0 {
					wait = -1
				} else {
					wait = max(wait, w)
				}
			}
			if wait == 0 {
				require.Equal(t, ac.Whole, s.End.Form)
				for i, b := range dumb {
					b.take(now, cost[i])
				}
				continue
			}
			require.Equal(t, ac.RateLimit, s.End.Kind)
			require.Equal(t, 429, s.End.Status)
			require.Zero(t, s.End.By, "no fault is to blame")
			if wait < 0 {
				require.Equal(t, ac.RetryAfter{}, s.End.RetryAfter, "no patience helps a request that is larger than the bucket")
				continue
			}
			require.Equal(t, ac.After(wait), s.End.RetryAfter)
		}
	})
}

// "Its Retry-After is honest": who comes back exactly then is served, if nobody else came.
func TestRetryAfterIsHonest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := faults.RateLimit{RequestsPerMinute: rapid.Int64Range(1, 1000).Draw(t, "rpm"), TokensPerMinute: rapid.Int64Range(150, 100_000).Draw(t, "tpm")}
		if rapid.Bool().Draw(t, "as a date") {
			r.RetryAfter.Say = faults.SayDate
		}
		p, err := faults.New(healthy(on(model, r, faults.When{})))
		require.NoError(t, err)
		now := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "now"))
		for range 2000 {
			s := p.Open(now, attempt(1))
			if s.End.Form == ac.Whole {
				continue
			}
			require.EqualValues(t, 1, s.End.By)
			wait := s.End.RetryAfter.Understood(now)
			require.Positive(t, wait)
			require.Equal(t, ac.Whole, p.Open(now+wait, attempt(1)).End.Form)
			return
		}
		require.Fail(t, "never refused")
	})
}

// A bucket that is never full again gives its n-th token at n·60/7 seconds, also after a day.
func TestBucketsDoNotDrift(t *testing.T) {
	p, err := faults.New(faults.Settings{Models: map[string]faults.Model{model: {Limits: faults.Limits{RequestsPerMinute: 7, Burst: 2}}}})
	require.NoError(t, err)
	require.Equal(t, ac.Whole, p.Open(0, attempt(1)).End.Form)
	for n := range int64(7 * 60 * 24) {
		at := time.Duration((n*int64(time.Minute) + 6) / 7)
		if n > 0 {
			require.Equal(t, ac.Refuse, p.Open(at-1, attempt(1)).End.Form, "%d", n)
		}
		require.Equal(t, ac.Whole, p.Open(at, attempt(1)).End.Form, "%d", n)
	}
}
