package bench

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ending is how an attempt ends: answered, a kind, or hung until its context ends.
type ending uint8

const (
	answered ending = iota
	overloaded
	unavailable
	hung
	invalid
)

// step is a call, some time after the one before; patience is when its caller gives up, 0: never.
type step struct{ after, patience time.Duration }

// script is what a peer is shown: calls, and by model how its attempts end, in turn; beyond the list they are answered.
type script struct {
	calls []step
	ends  map[string][]ending
}

// transcript is all that a peer does with a script: each attempt with its time and model, and what each call got and when.
func (s script) transcript(t *testing.T, p Peer) (lines []string) {
	synctest.Test(t, func(t *testing.T) {
		start, made := time.Now(), map[string]int{}
		note := func(format string, a ...any) {
			lines = append(lines, fmt.Sprintf("%v ", time.Since(start))+fmt.Sprintf(format, a...))
		}
		call := p(func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
			n, e := made[req.Target], answered
			if made[req.Target]++; n < len(s.ends[req.Target]) {
				e = s.ends[req.Target][n]
			}
			note("attempt %d on %s", n+1, req.Target)
			switch e {
			case overloaded:
				return nil, &agentchaos.Error{Kind: agentchaos.Overloaded}
			case unavailable:
				return nil, &agentchaos.Error{Kind: agentchaos.Unavailable}
			case invalid:
				return nil, &agentchaos.Error{Kind: agentchaos.InvalidRequest}
			case hung:
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return &agentchaos.Response{Target: req.Target, Output: n}, nil
		})
		for _, c := range s.calls {
			time.Sleep(c.after)
			ctx, cancel := context.WithCancel(t.Context())
			if c.patience > 0 {
				time.AfterFunc(c.patience, cancel)
			}
			resp, err := call(ctx, &agentchaos.Request{})
			cancel()
			if err != nil {
				note("failed: %v", agentchaos.KindOf(err))
			} else {
				note("answered by %s with %d", resp.Target, resp.Output)
			}
		}
	})
	return lines
}

// agree requires the four to do the same, and gives what that is.
func (s script) agree(t *testing.T) []string {
	want := s.transcript(t, Ours)
	for _, p := range Peers[1:] {
		require.Equal(t, want, s.transcript(t, p.Make), p.Name)
	}
	return want
}

func repeated(e ending, n int) (all []ending) {
	for range n {
		all = append(all, e)
	}
	return all
}

func TestPeersAreTheSame(t *testing.T) {
	first, second := models[0], models[1]
	one, five := []step{{}}, make([]step, 5)
	for name, c := range map[string]struct {
		script
		attempts int
		last     string
	}{
		"first try":            {script{one, nil}, 1, "0s answered by " + first + " with 0"},
		"second try":           {script{one, map[string][]ending{first: {overloaded}}}, 2, "0s answered by " + first + " with 1"},
		"falls back":           {script{one, map[string][]ending{first: repeated(overloaded, 3)}}, 4, "0s answered by " + second + " with 0"},
		"all fail":             {script{one, map[string][]ending{first: repeated(overloaded, 3), second: repeated(unavailable, 3)}}, 6, "0s failed: unavailable"},
		"wrong request":        {script{one, map[string][]ending{first: {invalid}}}, 1, "0s failed: invalid_request"},
		"hangs":                {script{one, map[string][]ending{first: {hung}}}, 2, "1m0s answered by " + first + " with 1"},
		"caller gives up":      {script{[]step{{0, 9 * time.Second}}, map[string][]ending{first: {hung}}}, 1, "9s failed: cancelled"},
		"breaker opens":        {script{five, map[string][]ending{first: repeated(overloaded, 99)}}, 5 + 5, "0s answered by " + second + " with 4"},
		"breaker closes again": {script{append(five, step{after: 31 * time.Second}), map[string][]ending{first: repeated(overloaded, 5)}}, 5 + 5 + 1, "31s answered by " + first + " with 5"},
		"probe fails":          {script{append(five, step{after: 31 * time.Second}), map[string][]ending{first: repeated(overloaded, 99)}}, 5 + 5 + 2, "31s answered by " + second + " with 5"},
		"all breakers are open": {script{five, map[string][]ending{first: repeated(overloaded, 99), second: repeated(overloaded, 99)}},
			5 + 5, "0s failed: breaker_open"},
	} {
		t.Run(name, func(t *testing.T) {
			lines := c.agree(t)
			require.Len(t, lines, c.attempts+len(c.calls))
			require.Equal(t, c.last, lines[len(lines)-1])
		})
	}
}

// The times are chosen so that no call comes at the very instant in which a breaker would let a probe through.
func TestPeersAreTheSameWhateverHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fate := rapid.SliceOfN(rapid.SampledFrom([]ending{answered, overloaded, overloaded, unavailable, hung}), 0, 30)
		pauses := rapid.SliceOfN(rapid.SampledFrom([]time.Duration{0, 0, 7 * time.Second, 31 * time.Second}), 1, 20).Draw(rt, "pauses")
		s := script{ends: map[string][]ending{models[0]: fate.Draw(rt, "first"), models[1]: fate.Draw(rt, "second")}}
		for _, p := range pauses {
			s.calls = append(s.calls, step{after: p})
		}
		s.agree(t)
	})
}
