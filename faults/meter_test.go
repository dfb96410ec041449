package faults_test

import (
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Meters show what the buckets hold to the token and the nanosecond, and asking changes nothing.
func TestMetersAreTheBucketsThatRefuse(outer *testing.T) {
	rapid.Check(outer, func(t *rapid.T) {
		rate := func(name string) int64 { return rapid.Int64Range(1, 2000).Draw(t, name) }
		requests, tokens := &dumbBucket{rate: rate("rpm")}, &dumbBucket{rate: rate("tpm")}
		tokens.size, requests.size = tokens.rate, rapid.Int64Range(1, 20).Draw(t, "burst")
		rule := on(model, faults.RateLimit{RequestsPerMinute: requests.rate, TokensPerMinute: tokens.rate, Burst: requests.size}, faults.When{})
		asked, alone := start(outer, healthy(rule)), start(outer, healthy(rule))
		now := time.Duration(0)
		for i := range rapid.IntRange(1, 30).Draw(t, "requests") {
			now += time.Duration(rapid.Int64Range(0, int64(2*time.Second)).Draw(t, "gap"))
			req := attempt(i)
			req.Input, req.Output = rapid.IntRange(0, 500).Draw(t, "input"), rapid.IntRange(0, 500).Draw(t, "output")
			want := []ac.Meter{
				{Name: ac.MeterRequests, Limit: requests.size, Remaining: floor(requests, now), Reset: requests.wait(now, requests.size)},
				{Name: ac.MeterTokens, Limit: tokens.size, Remaining: floor(tokens, now), Reset: tokens.wait(now, tokens.size)},
			}
			require.Equal(t, want, asked.Meters(now, model))
			s := asked.Open(now, req)
			require.Equal(t, alone.Open(now, req).End, s.End)
			cost := int64(req.Input + req.Output)
			require.Equal(t, want[0].Remaining < 1 || want[1].Remaining < cost, s.End.Form == ac.Refuse)
			if s.End.Form != ac.Refuse {
				requests.take(now, 1)
				tokens.take(now, cost)
			}
		}
		past := asked.Meters(0, model) // a clock that two goroutines have read in one order and come with in the other
		require.True(t, past[0].Remaining >= 0 && past[1].Remaining >= 0)
	})
}

func floor(b *dumbBucket, now time.Duration) int64 {
	level := b.level(now)
	return level.Num().Int64() / level.Denom().Int64()
}

func TestMetersOfTheModelAndOfItsFaults(t *testing.T) {
	rpm := func(n int64) faults.RateLimit { return faults.RateLimit{RequestsPerMinute: n} }
	never := 0.0
	s := healthy(
		on("primary", faults.RateLimit{RequestsPerMinute: 60, TokensPerMinute: 6000}, faults.When{From: time.Minute, Until: 2 * time.Minute, Probability: &never}),
		on("primary", rpm(500), faults.When{From: time.Minute}),
		on("primary", rpm(100), faults.When{From: time.Hour, Every: 1000}),
		on("*/*", faults.RateLimit{}, faults.When{From: time.Hour}),
		on(tool, rpm(30), faults.When{}),
	)
	m := s.Models[model]
	m.Limits = faults.Limits{RequestsPerMinute: 200, InputTokensPerMinute: 1000}
	s.Models[model] = m
	p := start(t, s)
	input := ac.Meter{Name: ac.MeterInputTokens, Limit: 1000, Remaining: 950, Reset: 3 * time.Second}
	p.Open(0, attempt(1))
	own := []ac.Meter{{Name: ac.MeterRequests, Limit: 200, Remaining: 199, Reset: 300 * ms}, input}
	require.Equal(t, own, p.Meters(0, model))
	full := func(name string, n int64) ac.Meter { return ac.Meter{Name: name, Limit: n, Remaining: n} }
	now := time.Minute
	require.Equal(t, []ac.Meter{full("requests", 60), full("input_tokens", 1000), full("tokens", 6000)}, p.Meters(now, model), "the tighter one, and what the model has not")
	require.Equal(t, []ac.Meter{full("requests", 200), full("input_tokens", 1000)}, p.Meters(2*now, model), "the window is over; 500 are not tighter")
	require.Equal(t, []ac.Meter{full("requests", 100), full("input_tokens", 1000)}, p.Meters(time.Hour, model), "other conditions are not asked, and outright is no bucket")
	require.Equal(t, []ac.Meter{full("requests", 30)}, p.Meters(0, tool))
	require.Empty(t, p.Meters(0, other))
	require.Empty(t, p.Meters(0, "nobody/heard-of-it"))
}

// No time and no rate is too much for the arithmetic.
func TestMetersOfALongTimeAgo(t *testing.T) {
	s := healthy()
	s.Models[model] = faults.Model{Limits: faults.Limits{RequestsPerMinute: 1 << 62}}
	p := start(t, s)
	p.Open(0, attempt(1))
	require.Equal(t, []ac.Meter{{Name: ac.MeterRequests, Limit: 1 << 62, Remaining: 0, Reset: 1<<62 + 1}}, p.Meters(-1<<62, model))
}

// Whoever asks for meters first is not yet the primary.
func TestMetersChooseNoPrimary(t *testing.T) {
	s := healthy(on("primary", faults.RateLimit{RequestsPerMinute: 60}, faults.When{}))
	s.Primary = ""
	p := start(t, s)
	require.Empty(t, p.Meters(0, other))
	p.Open(0, attempt(1))
	require.Len(t, p.Meters(0, model), 1)
	require.Empty(t, p.Meters(0, other))
}

func TestAppendMetersAllocatesNothing(t *testing.T) {
	p := start(t, limited())
	p.Open(0, attempt(1))
	dst := make([]ac.Meter, 0, 4)
	require.Zero(t, testing.AllocsPerRun(100, func() { dst = p.AppendMeters(dst[:0], time.Second, model) }))
	require.Len(t, dst, 3)
	head := ac.Meter{Name: ac.MeterRequests}
	require.Equal(t, head, p.AppendMeters([]ac.Meter{head}, time.Second, model)[0], "what stands before is left alone")
}
