package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/agentchaos/agentchaos/faults"
)

// Describe says what a fault does, for the line above a group of results:
// "primary: 60 requests/min from 60s to 240s".
func Describe(r faults.Rule) string {
	said := ""
	deed := faults.Describe(r.Fault, func(noun string) string {
		said = subject(r.When, noun)
		return said
	})
	w := r.When
	if strings.HasPrefix(said, "every ") {
		deed, w.Every = said+one(strings.TrimPrefix(deed, said)), 0
	}
	return r.Target + ": " + deed + whenText(w)
}

// share writes 0.125 as 12.5%.
func shareText(x float64) string { return strconv.FormatFloat(x*100, 'g', 6, 64) + "%" }

// seconds writes a duration the way the table does: 90s, not 1m30s; from two hours on in Go's way.
func seconds(d time.Duration) string {
	if d >= 2*time.Hour || d%time.Millisecond != 0 {
		return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
	}
	if d < time.Second && d > 0 {
		return d.String()
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
}

// whenText is when: the rest of the sentence.
func whenText(w faults.When) string {
	var s string
	switch {
	case w.From > 0 && w.Until > 0:
		s = fmt.Sprintf(" from %s to %s", seconds(w.From), seconds(w.Until))
	case w.From > 0:
		s = " from " + seconds(w.From) + " on"
	case w.Until > 0:
		s = " until " + seconds(w.Until)
	}
	if w.Bursts.Up > 0 {
		s += fmt.Sprintf(", %s up and %s down", seconds(w.Bursts.Up), seconds(w.Bursts.Down))
	}
	if w.Every > 1 {
		s += ", only every " + ordinal(w.Every)
	}
	if w.CallFirst > 0 {
		s += fmt.Sprintf(", first %d of a call", w.CallFirst)
	}
	if w.After > 0 {
		s += fmt.Sprintf(", after %d", w.After)
	}
	if w.First > 0 {
		s += fmt.Sprintf(", the first %d", w.First)
	}
	return s
}

// subject is what it happens to: all of the requests, or a share, or every tenth.
func subject(w faults.When, what string) string {
	switch p := w.Probability; {
	case p != nil && *p < 1:
		return shareText(*p) + " of the " + what
	case w.Every > 1:
		return "every " + ordinal(w.Every) + " " + strings.TrimSuffix(what, "s")
	}
	return "all " + what
}

// one makes a deed of many the deed of one: " fail as quota" becomes " fails as quota". Participles stay.
func one(deed string) string {
	for _, verb := range []string{" fail", " stop", " end", " break"} {
		if rest, ok := strings.CutPrefix(deed, verb); ok && (rest == "" || rest[0] == ' ') {
			return verb + "s" + rest
		}
	}
	return deed
}

// ordinal is 1st, 2nd, 3rd, 4th, 11th, 21st.
func ordinal(n int) string {
	end := "th"
	if n/10%10 != 1 && n%10 >= 1 && n%10 <= 3 {
		end = [...]string{"st", "nd", "rd"}[n%10-1]
	}
	return strconv.Itoa(n) + end
}
