package faults_test

import (
	"fmt"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// keyedAsk is one request of a write tool, under key number k (0: none).
func keyedAsk(task, attempt, k int, arguments string) *ac.Request {
	r := &ac.Request{ID: ac.ID{Task: uint32(task), Step: 1, Attempt: uint8(attempt)}, Target: write, Use: ac.UseWrite, Arguments: arguments}
	r.Key[0] = byte(k)
	return r
}

// said is what a script gives its client.
func said(s ac.Script) string {
	switch {
	case s.End.Form == ac.Refuse && s.Replayed:
		return s.End.Kind.String() + " again"
	case s.End.Form == ac.Refuse:
		return s.End.Kind.String()
	case s.End.Form == ac.Silence:
		return "silence"
	case s.Replayed:
		return "done before"
	}
	return "done"
}

// A write tool does what comes under one key once. Its work takes 300 ms.
func TestKeys(t *testing.T) {
	type ask struct {
		at        time.Duration
		key       int
		arguments string
		want      string
	}
	first := func(f faults.Fault, n int) []faults.Rule { return []faults.Rule{on(write, f, faults.When{First: n})} }
	invalid := faults.Refusal{Of: ac.InvalidRequest, Delay: 40 * ms}
	for name, c := range map[string]struct {
		rules   []faults.Rule
		tool    faults.Tool
		asks    []ask
		effects int
	}{
		"the first result comes again": {nil, faults.Tool{}, []ask{{0, 1, "", "done"}, {time.Second, 1, "", "done before"}, {time.Minute, 1, "", "done before"}}, 1},
		"other keys are other effects": {nil, faults.Tool{}, []ask{{0, 1, "", "done"}, {0, 2, "", "done"}, {time.Second, 1, "", "done before"}}, 2},
		"no key":                       {nil, faults.Tool{}, []ask{{0, 0, "", "done"}, {time.Second, 0, "", "done"}}, 2},
		"it keeps no keys":             {nil, faults.Tool{NoKeys: true}, []ask{{0, 1, "", "done"}, {time.Second, 1, "", "done"}}, 2},
		"other arguments":              {nil, faults.Tool{}, []ask{{0, 1, `{"a":1}`, "done"}, {time.Second, 1, `{"a":2}`, "invalid_request"}, {time.Second, 1, `{"a":1}`, "done before"}}, 1},
		"at work":                      {nil, faults.Tool{}, []ask{{0, 1, "", "done"}, {0, 1, "", "conflict"}, {300*ms - 1, 1, "", "conflict"}, {300 * ms, 1, "", "done before"}}, 1},
		"a day":                        {nil, faults.Tool{}, []ask{{0, 1, "", "done"}, {24*time.Hour - 1, 1, "", "done before"}, {24 * time.Hour, 1, "", "done"}}, 2},
		"its own time": {nil, faults.Tool{Expiry: time.Minute}, []ask{{0, 1, "", "done"}, {time.Minute - 1, 1, "", "done before"}, {time.Minute, 1, "", "done"},
			{2*time.Minute - 1, 1, "", "done before"}}, 2},
		"its own no":                    {first(invalid, 1), faults.Tool{}, []ask{{0, 1, "", "invalid_request"}, {time.Second, 1, "", "invalid_request again"}, {time.Second, 2, "", "done"}}, 1},
		"its own no takes a while":      {first(invalid, 1), faults.Tool{}, []ask{{0, 1, "", "invalid_request"}, {40*ms - 1, 1, "", "conflict"}, {40 * ms, 1, "", "invalid_request again"}}, 0},
		"its own no does not unsay":     {[]faults.Rule{on(write, invalid, faults.When{After: 1})}, faults.Tool{}, []ask{{0, 1, "", "done"}, {time.Second, 1, "", "done before"}}, 1},
		"a no without a key":            {first(invalid, 1), faults.Tool{}, []ask{{0, 0, "", "invalid_request"}, {time.Second, 0, "", "done"}}, 1},
		"the front of the house":        {first(faults.Refusal{Of: ac.Overloaded}, 2), faults.Tool{}, []ask{{0, 1, "", "overloaded"}, {0, 1, "", "overloaded"}, {time.Second, 1, "", "done"}}, 1},
		"it failed before doing it":     {first(faults.ToolError{}, 1), faults.Tool{}, []ask{{0, 1, "", "tool_error"}, {0, 1, "", "done"}}, 1},
		"it never came":                 {first(faults.Timeout{}, 1), faults.Tool{}, []ask{{0, 1, "", "silence"}, {0, 1, "", "done"}}, 1},
		"done, and the answer lost":     {first(faults.CommitThenTimeout{}, 1), faults.Tool{}, []ask{{0, 1, "", "done"}, {300*ms - 1, 1, "", "conflict"}, {300 * ms, 1, "", "done before"}}, 1},
		"slow work is at work for long": {first(faults.Slow{Factor: 10}, 1), faults.Tool{}, []ask{{0, 1, "", "done"}, {3*time.Second - 1, 1, "", "conflict"}, {3 * time.Second, 1, "", "done before"}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy(c.rules...)
			c.tool.Use, c.tool.Latency = ac.UseWrite, ac.Constant(int64(300*ms))
			s.Tools[write] = c.tool
			p := start(t, s)
			for i, a := range c.asks {
				require.Equal(t, a.want, said(p.Open(a.at, keyedAsk(1, i+1, a.key, a.arguments))), "request %d", i+1)
			}
			duplicates, lost := p.Ledger().Settle(1, []uint16{1})
			require.Equal(t, c.effects, duplicates+1-lost)
			require.Zero(t, p.Ledger().Open())
		})
	}
}

// Two tools that are given the same key are two; and what a read tool is given says nothing to it.
func TestKeysBelongToATool(t *testing.T) {
	s := healthy()
	s.Tools["tool/charge"] = s.Tools[write]
	p := start(t, s)
	for _, target := range []string{write, "tool/charge", tool, tool} {
		r := keyedAsk(1, 1, 7, "")
		r.Target = target
		require.Equal(t, "done", said(p.Open(0, r)), target)
	}
	duplicates, _ := p.Ledger().Settle(1, nil)
	require.Equal(t, 1, duplicates, "each has done it")
}

func TestSettlingForgetsKeys(t *testing.T) {
	p, req := start(t, healthy()), keyedAsk(1, 1, 1, "")
	rounds := func() {
		for task := range 10_000 {
			for attempt := range 3 {
				req.ID.Task, req.ID.Attempt, req.Key[1] = uint32(task+1), uint8(attempt+1), byte(task)
				p.Open(time.Duration(attempt)*time.Second, req)
			}
			duplicates, lost := p.Ledger().Settle(uint32(task+1), []uint16{1})
			require.Zero(t, duplicates+lost)
		}
	}
	require.Less(t, testing.AllocsPerRun(10, rounds), 10.0, "of 10,000 tasks")
}

// A tool with keys against a list of all that was ever asked.
func TestKeysAgainstAList(t *testing.T) {
	type entry struct {
		key       int
		arguments string
		at, done  time.Duration
		no        bool
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := healthy(on(write, faults.Refusal{Of: ac.InvalidRequest, Delay: 2}, faults.When{Probability: new(0.2)}), on(write, faults.Reset{}, faults.When{Probability: new(0.2)}))
		s.Seed = ac.Seed(rapid.Uint64().Draw(rt, "seed"))
		expiry := time.Duration(rapid.IntRange(1, 40).Draw(rt, "expiry"))
		s.Tools[write] = faults.Tool{Use: ac.UseWrite, Latency: ac.Constant(3), Expiry: expiry}
		p := start(t, s)
		plain := start(t, faults.Settings{Seed: s.Seed, Primary: s.Primary, Rules: s.Rules, Tools: map[string]faults.Tool{write: {Use: ac.UseWrite, NoKeys: true, Latency: ac.Constant(3)}}})
		var list []entry
		effects, now := 0, time.Duration(0)
		for i := range rapid.IntRange(1, 60).Draw(rt, "asks") {
			now += time.Duration(rapid.IntRange(0, 4).Draw(rt, "later"))
			key, arguments := rapid.IntRange(0, 3).Draw(rt, "key"), fmt.Sprint(rapid.IntRange(0, 1).Draw(rt, "arguments"))
			raw := plain.Open(now, keyedAsk(1, i+1, key, arguments)) // what the faults alone do
			var known *entry
			for j := range list {
				if e := &list[j]; key != 0 && e.key == key && now < e.at+expiry {
					known = e
				}
			}
			no := raw.End.Form == ac.Refuse && raw.End.Kind == ac.InvalidRequest
			want := "done"
			switch {
			case raw.End.Form == ac.Refuse && !no:
				want = raw.End.Kind.String()
			case known != nil && known.arguments != arguments:
				want = "invalid_request"
			case known != nil && now < known.done:
				want = "conflict"
			case known != nil && known.no:
				want = "invalid_request again"
			case known != nil:
				want = "done before"
			case no:
				want = "invalid_request"
				list = append(list, entry{key, arguments, now, now + 2, true})
			default:
				effects++
				list = append(list, entry{key, arguments, now, now + 3, false})
			}
			require.Equal(rt, want, said(p.Open(now, keyedAsk(1, i+1, key, arguments))))
		}
		duplicates, lost := p.Ledger().Settle(1, []uint16{1})
		require.Equal(rt, effects, duplicates+1-lost)
	})
}
