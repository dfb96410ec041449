package faults_test

import (
	"math"
	"strings"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/stretchr/testify/require"
)

var broken = faults.Refusal{Of: ac.Unavailable}

// pattern is which of n attempts, one a second from 0, are struck.
func pattern(t *testing.T, n int, w faults.When) string {
	p := start(t, healthy(on(model, broken, w)))
	var out strings.Builder
	for i := range n {
		r := attempt(1 + i/3) // three attempts a call
		r.ID.Attempt = uint8(1 + i%3)
		p.Open(time.Duration(i)*time.Second, attemptOn(other, i)) // counted apart
		if p.Open(time.Duration(i)*time.Second, r).End.By == 1 {
			out.WriteByte('X')
		} else {
			out.WriteByte('.')
		}
	}
	return out.String()
}

func TestWhen(t *testing.T) {
	s := time.Second
	for want, w := range map[string]faults.When{
		"XXXXXXXXXXXX": {},
		"............": {Probability: new(0.0)},
		"xxxxxxxxxxxx": {Probability: new(1.0)},
		"..XXX.......": {From: 2 * s, Until: 5 * s},
		".........XXX": {From: 9 * s},
		"XXX.........": {Until: 3 * s},
		"....XXXXXXXX": {After: 4},
		"..X..X..X..X": {Every: 3},
		".....X.....X": {Every: 3, After: 4, CallFirst: 3, Probability: new(1.0), From: 0, Until: 0, First: 0, Bursts: faults.Bursts{}},
		"X..X..X..X..": {CallFirst: 1},
		"XX.XX.XX.XX.": {CallFirst: 2},
		"XX..........": {First: 2},
		"...X..X.....": {CallFirst: 1, After: 2, First: 2}, // first counts only what met all the others
	} {
		if want == ".....X.....X" {
			w.Every, w.After = 6, 4
		}
		require.Equal(t, strings.ToUpper(want), pattern(t, len(want), w), "%+v", w)
	}
}

func TestWhenRefusesNonsense(t *testing.T) {
	for _, w := range []faults.When{
		{Probability: new(1.5)}, {Probability: new(-.1)}, {Probability: new(math.NaN())}, {From: -1}, {From: 5, Until: 5},
		{After: -1}, {Every: -1}, {CallFirst: -1}, {First: -1}, {Bursts: faults.Bursts{Up: time.Second}}, {Bursts: faults.Bursts{Up: 1, Down: 1}},
	} {
		require.Error(t, w.Check(), "%+v", w)
	}
}

func TestProbabilityIsTheShareThatIsStruck(t *testing.T) {
	const n = 200_000
	for _, prob := range []float64{.001, .05, .5, .93} {
		p := start(t, healthy(on(model, broken, faults.When{Probability: &prob})))
		hits := 0.0
		for i := range n {
			hits += float64(p.Open(0, attempt(i)).End.By)
		}
		require.InDelta(t, prob, hits/n, 4*math.Sqrt(prob*(1-prob)/n))
	}
}

func TestBurstsHaveTheirShareAndAreCommonToAllTargets(t *testing.T) {
	up, down := 5*time.Minute, 30*time.Second
	p := start(t, healthy(on("*/*", broken, faults.When{Bursts: faults.Bursts{Up: up, Down: down}})))
	const hours = 500
	faulty, runs, was := 0, 0, false
	for s := range hours * 3600 {
		now := time.Duration(s) * time.Second
		is := p.Open(now, attempt(s)).End.By == 1
		require.Equal(t, is, p.Open(now, attemptOn(other, s)).End.By == 1)
		if s == 0 {
			require.False(t, is, "starts healthy")
		}
		if is {
			faulty++
			if !was {
				runs++
			}
		}
		was = is
	}
	cycles := hours * 3600 / (up + down).Seconds()
	share := down.Seconds() / (up + down).Seconds()
	require.InEpsilon(t, share, float64(faulty)/(hours*3600), 4*math.Sqrt(2/cycles))
	require.InEpsilon(t, cycles, runs, .1)
}
