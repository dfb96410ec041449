package e2e

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Seen is what came of a row with a client in a mode.
type Seen struct {
	Result
	Attempts int
	Waits    [][]time.Duration // between attempts, in order: of each, what it was every time the case was played
	Each     time.Duration     // how long the first attempt took, on the provider's clock
	Untold   string            // why there is nothing to tell; "": there is
}

// backoff is what all official SDKs do between attempts when nobody tells them: 0.5 s times two to the n, at most 8 s, less up
// to a quarter at random. requestconfig.go of both Go SDKs; client.js of both JavaScript ones.
func backoff(n int) (from, to time.Duration) {
	to = min(500*time.Millisecond<<n, 8*time.Second)
	return to * 3 / 4, to
}

// wait is the n-th wait in words that are the same every time: the figure, or the limits of the random one. What follows
// neither is an error, for a page cannot have it.
func wait(n int, measured []time.Duration, date time.Duration) (string, error) {
	first := measured[0].Round(time.Millisecond)
	from, to := backoff(n)
	same, random, told := true, true, date > 0
	for _, d := range measured {
		same = same && d.Round(time.Millisecond) == first
		random = random && d >= from && d <= to
		told = told && d > date-5*time.Second && d <= date+time.Second
	}
	switch {
	case told:
		return span(date), nil
	case random:
		return figures(from) + "–" + span(to), nil
	case same:
		return span(first), nil
	}
	return "", fmt.Errorf("wait %d follows no rule that is known: %v", n+1, measured)
}

// span is a time in its largest whole unit.
func span(d time.Duration) string {
	if d >= time.Hour && d%time.Hour == 0 {
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return figures(d) + " s"
}

// figures are seconds in at most two decimals.
func figures(d time.Duration) string {
	return strconv.FormatFloat(math.Round(d.Seconds()*100)/100, 'f', -1, 64)
}

// waiting is all waits of a row.
func (s *Seen) waiting(date time.Duration) (string, error) {
	var all []string
	for n, measured := range s.Waits {
		w, err := wait(n, measured, date)
		if err != nil {
			return "", err
		}
		all = append(all, w)
	}
	return strings.Join(all, ", "), nil
}
