package scenarios_test

import (
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/scenarios"
)

// exactly is After in fractions, without rounding; nil: never.
func exactly(p scenarios.Profile, now time.Duration, need uint64) *big.Rat {
	left := big.NewRat(int64(need), scenarios.Unit)
	at, end := big.NewRat(int64(now), 1), new(big.Rat)
	for i, x := range p {
		end.Add(end, big.NewRat(int64(x.For), 1))
		last := i == len(p)-1
		if at.Cmp(end) >= 0 && !last {
			continue
		}
		if x.Gap > 0 {
			gap := big.NewRat(int64(x.Gap), 1)
			then := new(big.Rat).Add(at, new(big.Rat).Mul(left, gap))
			if last || then.Cmp(end) <= 0 {
				return then
			}
			left.Sub(left, new(big.Rat).Quo(new(big.Rat).Sub(end, at), gap))
		}
		at.Set(end)
	}
	return nil
}

func drawProfile(t *rapid.T) (p scenarios.Profile) {
	for range rapid.IntRange(1, 6).Draw(t, "pieces") {
		p = append(p, scenarios.Piece{
			For: time.Duration(rapid.Int64Range(1, 20e9).Draw(t, "for")),
			Gap: time.Duration(max(0, rapid.Int64Range(-5e9, 20e9).Draw(t, "gap"))),
		})
	}
	return p
}

func TestProfileIsAChangeOfTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProfile(t)
		now := time.Duration(rapid.Int64Range(0, 100e9).Draw(t, "now"))
		need := rapid.Uint64Range(0, 20*scenarios.Unit).Draw(t, "need")
		want, got := exactly(p, now, need), p.After(now, need)
		if want == nil {
			require.Equal(t, agentchaos.Forever, got)
			return
		}
		f, _ := new(big.Rat).Sub(want, big.NewRat(int64(got), 1)).Float64()
		// rounded down, and every boundary may take a hair from the gap
		require.True(t, f > -1 && f < 1, "%v: %v ns after %v", p, f, got)
	})
}

// Constant gaps come when the integrated rate is whole, and one rate is the same with boundaries as without.
func TestProfileOfConstantGaps(t *testing.T) {
	const ms = time.Millisecond
	come := func(p scenarios.Profile, n int) (at []time.Duration) {
		now := time.Duration(0)
		for range n {
			now = p.After(now, scenarios.Unit)
			at = append(at, now)
		}
		return at
	}
	require.Equal(t, []time.Duration{500 * ms, 1000 * ms, 1100 * ms, 1200 * ms}, come(scenarios.Profile{{For: 1000 * ms, Gap: 500 * ms}, {Gap: 100 * ms}}, 4), "one at the boundary")
	require.Equal(t, []time.Duration{500 * ms, 800 * ms, 900 * ms}, come(scenarios.Profile{{For: 750 * ms, Gap: 500 * ms}, {Gap: 100 * ms}}, 3), "half a gap at each rate")
	require.Equal(t, []time.Duration{500 * ms, 1750 * ms, 2250 * ms}, come(scenarios.Profile{{For: 750 * ms, Gap: 500 * ms}, {For: 750 * ms}, {For: ms, Gap: 500 * ms}}, 3), "a pause takes its time, and the last rate goes on")
	require.Equal(t, []time.Duration{100 * ms, agentchaos.Forever}, come(scenarios.Profile{{For: 150 * ms, Gap: 100 * ms}, {}}, 2))
	require.Equal(t, []time.Duration{2000 * ms, 2250 * ms}, come(scenarios.Profile{{For: 600 * ms, Gap: time.Second}, {For: 1300 * ms}, {Gap: 250 * ms}}, 2), "a gap across a pause")
	require.Equal(t, 3+time.Second+5, scenarios.Profile{{For: 3, Gap: 1}, {For: time.Second}, {Gap: 10}}.After(0, 3.5*scenarios.Unit), "what comes just after a boundary does not come before the pause")
}

func TestProfileNeverOverflows(t *testing.T) {
	year := 8760 * time.Hour
	p := scenarios.Profile{{For: year, Gap: 1}, {Gap: year}}
	require.Equal(t, agentchaos.Forever, p.After(year, 1<<63), "millions of years")
	require.Equal(t, agentchaos.Forever, p.After(agentchaos.Forever-1, scenarios.Unit))
	require.Equal(t, 2*year, p.After(year, scenarios.Unit))
	require.Equal(t, time.Duration(10_000_000), p.After(0, scenarios.MaxTasks*scenarios.Unit), "the most tasks there are")
}

func TestTraffic(t *testing.T) {
	src, err := os.ReadFile("testdata/traffic.yaml")
	require.NoError(t, err)
	s := load(t, string(src))
	require.Empty(t, s.Warnings)
	day, burst := s.Scenarios[0], s.Scenarios[1]
	const ms = time.Millisecond
	require.Equal(t, scenarios.Arrivals{Burstiness: 1, Profile: scenarios.Profile{
		{For: 60 * time.Second, Gap: 200 * ms}, {For: 30 * time.Second, Gap: 50 * ms}, {For: 10 * time.Second}, {Gap: 200 * ms},
	}}, day.Agent.Arrivals)
	require.Equal(t, faults.Capacity{Concurrency: 64, Queue: 8, Slowdown: 10 * ms, Abandoned: faults.Cancel}, day.Models["sim/m"].Capacity)
	require.Equal(t, faults.Capacity{Slowdown: 10 * ms, Abandoned: faults.Cancel}, day.Models["sim/n"].Capacity)

	require.Equal(t, 300, day.Tasks)
	require.Equal(t, 160*time.Second, day.Duration, "all of the profile, and a minute of what has no end")
	require.Equal(t, 0, burst.Tasks, "nobody would come to be the 300th")
	require.Equal(t, 120*time.Second, burst.Duration)
}

// Neither tasks nor duration: at least all of the profile.
func TestLengthWithAProfile(t *testing.T) {
	for _, c := range []struct {
		profile, until string
		tasks          int
		duration       time.Duration
	}{
		{"[{for: 60s, rate: 5/s}, {for: 30s, rate: 20/s}]", "30s", 300, 90 * time.Second},
		{"[{for: 60s, rate: 5/s}, {for: 30s, rate: 20/s}]", "50s", 300, 110 * time.Second},
		{"[{for: 60s, rate: 5/s}, {rate: 20/s}]", "30s", 300, 120 * time.Second},
		{"[{for: 60s, rate: 5/s}, {for: 30s, rate: 0/s}]", "30s", 0, 90 * time.Second},
		{"[{for: 60s, rate: 5/s}, {for: 30s, rate: 0/s}]", "100s", 0, 160 * time.Second},
	} {
		s := load(t, `version: 1
agents: {a: {arrivals: {profile: `+c.profile+`}, steps: [model: {}]}}
policies: {p: {models: [openai/gpt-4o]}}
scenarios: {s: {agent: a, faults: [{target: primary, kind: slow, when: {until: `+c.until+`}}]}}
`)
		require.Equal(t, c.tasks, s.Scenarios[0].Tasks, "%v", c)
		require.Equal(t, c.duration, s.Scenarios[0].Duration, "%v", c)
	}
}

func TestFaultsAfterTheLastArrivalOfAProfile(t *testing.T) {
	for _, c := range []struct{ profile, length, from, last string }{
		{"[{for: 60s, rate: 5/s}, {rate: 20/s}]", "tasks: 500", "69s", ""},
		{"[{for: 60s, rate: 5/s}, {rate: 20/s}]", "tasks: 500", "71s", "1m10s"},
		{"[{for: 60s, rate: 5/s}, {rate: 0/s}]", "duration: 5m", "59s", ""},
		{"[{for: 60s, rate: 5/s}, {rate: 0/s}]", "duration: 5m", "60s", "1m0s"},
		{"[{for: 60s, rate: 5/s}, {for: 10s, rate: 0/s}, {rate: 1/s}]", "duration: 65s", "61s", "1m0s"},
		{"[{for: 60s, rate: 5/s}, {for: 10s, rate: 0/s}, {rate: 1/s}]", "duration: 75s", "71s", ""},
	} {
		s := load(t, `version: 1
agents: {a: {arrivals: {profile: `+c.profile+`}, deadline: 1m, steps: [model: {}]}}
policies: {p: {models: [openai/gpt-4o], timeout: {attempt: 5s}}}
scenarios: {s: {agent: a, `+c.length+`, faults: [{target: primary, kind: slow, when: {from: `+c.from+`}}]}}
`)
		if c.last == "" {
			require.Empty(t, s.Warnings, "%v", c)
			continue
		}
		require.Len(t, s.Warnings, 1, "%v", c)
		require.Contains(t, s.Warnings[0].Message, "the last task arrives at about "+c.last)
	}
}

func TestWarningOfALastPieceThatEnds(t *testing.T) {
	for _, c := range []struct {
		profile, length, warns string
	}{
		{"[{for: 60s, rate: 5/s}, {for: 30s, rate: 20/s}]", "", ""},
		{"[{for: 60s, rate: 5/s}, {for: 30s, rate: 20/s}]", "tasks: 900", ""},
		{"[{for: 60s, rate: 5/s}, {for: 30s, rate: 20/s}]", "duration: 90s", ""},
		{"[{for: 60s, rate: 5/s}, {rate: 20/s}]", "tasks: 901", ""},
		{"[{for: 60s, rate: 5/s}, {for: 30s, rate: 20/s}]", "tasks: 901", "1m30s"},
		{"[{for: 60s, rate: 5/s}, {for: 30s, rate: 20/s}]", "duration: 91s", "1m30s"},
		{"[{for: 60s, rate: 5/s}, {for: 30s, rate: 0/s}]", "duration: 91s", "1m30s"},
		{"[{for: 60s, rate: 5/s}]", "tasks: 300", ""},
		{"[{for: 60s, rate: 5/s}]", "tasks: 301", "1m0s"},
	} {
		s := load(t, `version: 1
agents:
  a: {arrivals: {profile: `+c.profile+`}, deadline: 1m, steps: [model: {}]}
policies: {p: {models: [openai/gpt-4o], timeout: {attempt: 5s}}}
scenarios: {s: {agent: a, `+c.length+`}}
`)
		if c.warns == "" {
			require.Empty(t, s.Warnings, "%v", c)
			continue
		}
		require.Len(t, s.Warnings, 1, "%v", c)
		line := "  a: {arrivals: {profile: " + c.profile
		require.Equal(t, scenarios.Problem{
			File: "scenarios.yaml", Line: 3, Column: strings.LastIndex(line, "for:") + 1, Path: fmt.Sprintf("agents.a.arrivals.profile[%d].for", strings.Count(c.profile, "rate")-1), Warning: true,
			Message: "the profile is over after " + c.warns + ", and the scenario s is not: the last rate goes on after it",
			Hint:    `add {rate: …} to change it, or leave out the last "for"`, Source: line + "}, deadline: 1m, steps: [model: {}]}",
		}, s.Warnings[0])
	}
}

// A profile stands in for a rate and for workers, and they for it.
func TestExtendsArrivals(t *testing.T) {
	s := load(t, `version: 1
agents:
  rate: {arrivals: {rate: 5/s, burstiness: 1}, steps: [model: {}]}
  profile: {extends: rate, arrivals: {profile: [{rate: 7/s}]}}
  workers: {extends: profile, arrivals: {workers: 3}}
  again: {extends: profile, arrivals: {rate: 2/s}}
scenarios: {p: {agent: profile}, w: {agent: workers}, a: {agent: again}}
policies: {p: {models: [openai/gpt-4o]}}
`)
	require.Equal(t, scenarios.Arrivals{Burstiness: 1, Profile: scenarios.Profile{{Gap: 142857143}}}, s.Scenarios[0].Agent.Arrivals)
	require.Equal(t, scenarios.Arrivals{Workers: 3}, s.Scenarios[1].Agent.Arrivals)
	require.Equal(t, scenarios.Arrivals{Burstiness: 1, Gap: 500 * time.Millisecond}, s.Scenarios[2].Agent.Arrivals)
}
