package faults_test

import (
	"math"
	"slices"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func varied(rules ...faults.Rule) faults.Settings {
	q, _ := ac.NewQuantiles(ac.Point{P: 0, Value: 1e6}, ac.Point{P: .5, Value: 1e9}, ac.Point{P: 1, Value: 5e9})
	s := healthy(rules...)
	s.Models = map[string]faults.Model{model: {FirstToken: q, PerToken: q}, other: {FirstToken: q, PerToken: q}}
	return s
}

var someRules = []faults.Rule{
	on("*/*", faults.Slow{Factor: 3}, faults.When{Probability: new(.3)}),
	on("primary", faults.Stall{}, faults.When{Probability: new(.2)}),
	on("*/*", broken, faults.When{Probability: new(.1)}),
	on("*/*", faults.Length{}, faults.When{Bursts: faults.Bursts{Up: 2 * time.Second, Down: time.Second}}),
}

func TestLuckBelongsToTheAttemptNotToTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.IntRange(0, 1000), 20, 20, rapid.ID[int]).Draw(t, "tasks")
		open := func(tasks []int) map[int]ac.Script {
			p, err := faults.New(varied(someRules...))
			require.NoError(t, err)
			out := map[int]ac.Script{}
			for _, id := range tasks {
				out[id] = p.Open(0, attemptOn([]string{model, other}[id%2], id))
			}
			return out
		}
		sorted := slices.Sorted(slices.Values(ids))
		require.Equal(t, open(sorted), open(ids))
	})
}

// Rules are told apart by their names, so one more moves nothing else: not the latencies, not when the others strike.
func TestOneMoreRuleDoesNotReshuffleTheOthers(t *testing.T) {
	for _, more := range []faults.When{{Probability: new(.5)}, {Every: 2}, {Bursts: faults.Bursts{Up: time.Second, Down: time.Second}}} {
		with := slices.Insert(slices.Clone(someRules), 0, on("*/*", faults.Malformed{}, more))
		a, b := start(t, varied(someRules...)), start(t, varied(with...))
		struck := 0
		for i := range 2000 {
			now := time.Duration(i) * 10 * ms
			x, y := a.Open(now, attempt(i)), b.Open(now, attempt(i))
			if y.End.Form == ac.Garbled {
				struck++
				y.End = ac.Ending{}
			} else if x.End.By > 0 {
				y.End.By--
			}
			if x.SlowBy > 0 {
				y.SlowBy--
			}
			if x.End.Form == ac.Whole {
				require.Equal(t, x, y)
			} else {
				require.Equal(t, x.End, y.End)
			}
		}
		require.Positive(t, struck)
	}
}

func TestSeedMatters(t *testing.T) {
	s := varied(someRules...)
	a := start(t, s)
	s.Seed = 2
	b := start(t, s)
	same := 0
	for i := range 100 {
		if a.Open(0, attempt(i)).First == b.Open(0, attempt(i)).First {
			same++
		}
	}
	require.Less(t, same, 30) // refused attempts have no first token in either
}

func TestNames(t *testing.T) {
	rules := []faults.Rule{
		{Target: "primary", Fault: broken}, {Target: "primary", Fault: broken}, {Name: "unavailable on primary #2"},
		{Name: "mine", Target: "primary", Fault: faults.Slow{}}, {Target: "primary", Fault: broken},
	}
	faults.Names(rules)
	var names []string
	for _, r := range rules {
		names = append(names, r.Name)
	}
	require.Equal(t, []string{"unavailable on primary", "unavailable on primary #3", "unavailable on primary #2", "mine", "unavailable on primary #4"}, names)
}

func TestExponentialLatencies(t *testing.T) {
	const mean, n = 1e9, 20_000
	exponential := ac.Exponential(mean).Quantiles()
	s := healthy()
	s.Models = map[string]faults.Model{model: {FirstToken: exponential, PerToken: ac.Exponential(mean / 100).Quantiles()}}
	s.Tools = map[string]faults.Tool{tool: {Use: ac.UseRead, Latency: exponential}}
	p := start(t, s)
	var first, gen, latency float64
	over := 0
	for i := range n {
		x := p.Open(0, attempt(i))
		first, gen, latency = first+float64(x.First), gen+float64(x.Gen), latency+float64(p.Open(0, attemptOn(tool, i)).First)
		if x.First > 2*time.Second {
			over++
		}
	}
	for what, sum := range map[string]float64{"first token": first, "a hundred tokens": gen, "tool": latency} {
		require.InDelta(t, mean, sum/n, 4*mean/math.Sqrt(n), what)
	}
	share := math.Exp(-2)
	require.InDelta(t, share, float64(over)/n, 4*math.Sqrt(share*(1-share)/n), "beyond twice the mean")
}

// However long the tail, a script's times can be added up.
func TestNoLatencyOverflows(t *testing.T) {
	s := healthy()
	s.Models = map[string]faults.Model{model: {FirstToken: ac.Exponential(math.MaxInt64).Quantiles(), PerToken: ac.Exponential(math.MaxInt64).Quantiles()}}
	p := start(t, s)
	for i := range 100 {
		x := p.Open(0, attempt(i))
		require.LessOrEqual(t, x.First, time.Duration(1<<60))
		require.Positive(t, x.Over())
	}
}
