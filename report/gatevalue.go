package report

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// parseValue reads the VALUE of a gate in the metric's unit. problem is "" if it is one, else a line that says what is
// wrong, and hint how to write it.
func parseValue(u Unit, s string) (v float64, problem, hint string) {
	hint = [...]string{
		UnitNumber: "write a plain number, such as 1.5", UnitShare: "write 95% or 0.95",
		UnitDuration: "write a duration, such as 60s, 1m30s or 250ms", UnitMoney: "write $0.05 or 0.05",
		UnitCount: "write a whole number, such as 0",
	}[u]
	if s == "" {
		return 0, "a value is missing", hint
	}
	if strings.HasPrefix(s, "-") {
		return 0, "no metric is ever below 0", hint
	}
	ok := false
	switch u {
	case UnitShare:
		if digits, percent := strings.CutSuffix(s, "%"); percent {
			v, ok = parseDecimal(digits, "e-2")
		} else {
			v, ok = parseDecimal(s, "")
		}
		if ok && v > 1 {
			if !strings.HasSuffix(s, "%") && v <= 100 {
				hint = "did you mean " + s + "%?"
			}
			return 0, s + " is more than the whole", hint
		}
	case UnitDuration:
		d, err := time.ParseDuration(s)
		v, ok = float64(d)/float64(time.Second), err == nil && d >= 0
		if isDecimal(s) && !ok {
			hint = "did you mean " + s + "s?"
		}
	case UnitMoney:
		v, ok = parseDecimal(strings.TrimPrefix(s, "$"), "")
	case UnitCount:
		v, ok = parseDecimal(s, "")
		ok = ok && v == math.Trunc(v) && v <= 1<<53
	default:
		v, ok = parseDecimal(s, "")
	}
	if !ok {
		return 0, strconv.Quote(s) + " is not " + u.phrase(), hint
	}
	return v, "", ""
}

// parseDecimal reads a plain decimal number, with its point moved by exponent, "e-2" for percent: divided afterwards, the
// last bit of 99.9 % would not be that of 0.999.
func parseDecimal(s, exponent string) (float64, bool) {
	if !isDecimal(s) {
		return 0, false
	}
	v, err := strconv.ParseFloat(s+exponent, 64)
	return v, err == nil
}

// nearest is the name that word was most likely meant to be: the first that begins with it, else the one that is written most
// like it. "": none is near.
func nearest(word string, names []string) string {
	best, least := "", max(1, (len(word)+1)/3)+1
	if len(word) > 64 {
		return ""
	}
	for _, name := range names {
		if len(word) >= 3 && strings.HasPrefix(name, word) {
			return name
		}
	}
	for _, name := range names {
		if d := editDistance(word, name); d < least {
			best, least = name, d
		}
	}
	return best
}

// editDistance is Levenshtein's: insertions, deletions and replacements of bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
