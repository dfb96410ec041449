package scenarios

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxTime bounds every duration: a year, far from where arithmetic on nanoseconds overflows.
const maxTime = 8760 * time.Hour

// decimal is a number as people write it. Not NaN, not infinite, not hexadecimal, and short enough for exact arithmetic.
var decimal = regexp.MustCompile(`^[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})$`)

func (d *decoder) scalar(v at, want string) (string, bool) {
	if !d.want(v, scalarNode, want) {
		return "", false
	}
	return strings.TrimSpace(v.text), true
}

func (d *decoder) bad(v at, want, hint string) {
	d.fail(v.node, v.path, fmt.Sprintf("%s is not %s", quote(v.text), want), hint)
}

// duration reads a Go duration that is not negative.
func (d *decoder) duration(v at) (time.Duration, bool) {
	const want = "a duration"
	s, ok := d.scalar(v, want+" such as 250ms")
	if !ok {
		return 0, false
	}
	t, err := time.ParseDuration(s)
	switch {
	case err != nil && decimal.MatchString(s):
		d.fail(v.node, v.path, fmt.Sprintf("%s has no unit", quote(v.text)), fmt.Sprintf("%sms, or %ss?", s, s))
	case err != nil:
		d.bad(v, want, "durations are written 250ms, 1.5s, 3m, 2h")
	case t < 0:
		d.fail(v.node, v.path, fmt.Sprintf("%s is negative", quote(v.text)), "")
	case t > maxTime:
		d.fail(v.node, v.path, fmt.Sprintf("%s is more than a year", quote(v.text)), "")
	default:
		return t, true
	}
	return 0, false
}

// share reads 5% or 0.05 as 0.05.
func (d *decoder) share(v at) (float64, bool) {
	const want = "a share"
	s, ok := d.scalar(v, want+" such as 5% or 0.05")
	if !ok {
		return 0, false
	}
	digits, percent := strings.CutSuffix(s, "%")
	digits = strings.TrimSpace(digits)
	if !decimal.MatchString(digits) {
		d.bad(v, want, "shares are written 5% or 0.05")
		return 0, false
	}
	r, _ := new(big.Rat).SetString(digits)
	if percent {
		r.Quo(r, big.NewRat(100, 1))
	}
	if r.Sign() < 0 || r.Cmp(big.NewRat(1, 1)) > 0 {
		hint := "a share is between 0 and 1, or between 0% and 100%"
		if x, _ := r.Float64(); !percent && x > 1 && x <= 100 {
			hint = fmt.Sprintf("did you mean %s%%?", digits)
		}
		d.fail(v.node, v.path, fmt.Sprintf("%s is not between 0 and 1", quote(v.text)), hint)
		return 0, false
	}
	x, _ := r.Float64() // correctly rounded: 5% is the same number as 0.05
	return x, true
}

// whole reads a whole number in a range.
func (d *decoder) whole(v at, low, high int64) (int64, bool) {
	const want = "a whole number"
	s, ok := d.scalar(v, want)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case v.quoted:
		d.fail(v.node, v.path, "is a text in quotes; want "+want, "")
	case err != nil && decimal.MatchString(strings.TrimSuffix(s, ".0")) && !strings.Contains(s, "."):
		d.fail(v.node, v.path, fmt.Sprintf("%s is not between %d and %d", quote(v.text), low, high), "")
	case err != nil:
		d.bad(v, want, "")
	case n < low || n > high:
		d.fail(v.node, v.path, fmt.Sprintf("%d is not between %d and %d", n, low, high), "")
	default:
		return n, true
	}
	return 0, false
}

// number reads a decimal number in a range.
func (d *decoder) number(v at, low, high float64) (float64, bool) {
	const want = "a number"
	s, ok := d.scalar(v, want)
	if !ok {
		return 0, false
	}
	if v.quoted {
		d.fail(v.node, v.path, "is a text in quotes; want "+want, "")
		return 0, false
	}
	if !decimal.MatchString(s) {
		d.bad(v, want, "")
		return 0, false
	}
	x, _ := strconv.ParseFloat(s, 64)
	if x < low || x > high {
		d.fail(v.node, v.path, fmt.Sprintf("%s is not between %v and %v", quote(v.text), low, high), "")
		return 0, false
	}
	return x, true
}

var perUnit = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}

// rate reads 5/s, 11.2/s, 300/m as the mean gap between two, to the nanosecond; 0/s, where it may be, as 0.
func (d *decoder) rate(v at, zero bool) (time.Duration, bool) {
	const want, hint = "a rate", "rates are written 5/s, 300/m, 2000/h"
	s, ok := d.scalar(v, want+" such as 5/s")
	if !ok {
		return 0, false
	}
	n, unit, _ := strings.Cut(s, "/")
	per := perUnit[strings.TrimSpace(unit)]
	n = strings.TrimSpace(n)
	if per == 0 || !decimal.MatchString(n) {
		if per == 0 && decimal.MatchString(n) && unit == "" {
			d.fail(v.node, v.path, fmt.Sprintf("%s has no unit", quote(v.text)), fmt.Sprintf("%s/s, or %s/m?", n, n))
		} else {
			d.bad(v, want, hint)
		}
		return 0, false
	}
	r, _ := new(big.Rat).SetString(n)
	switch {
	case r.Sign() == 0 && zero:
		return 0, true
	case r.Sign() < 0 && zero:
		d.fail(v.node, v.path, fmt.Sprintf("%s is negative", quote(v.text)), "")
		return 0, false
	case r.Sign() <= 0:
		d.fail(v.node, v.path, fmt.Sprintf("%s is not above 0", quote(v.text)), "")
		return 0, false
	}
	gap := new(big.Rat).Quo(new(big.Rat).SetInt64(int64(per)), r)
	if gap.Cmp(big.NewRat(1, 1)) < 0 || gap.Cmp(new(big.Rat).SetInt64(int64(maxTime))) > 0 {
		d.fail(v.node, v.path, fmt.Sprintf("%s is out of range", quote(v.text)), "between one a year and one a nanosecond")
		return 0, false
	}
	return time.Duration(round(gap)), true
}

// round is the nearest integer, halves upward, of what is not negative.
func round(r *big.Rat) int64 {
	two := new(big.Int).Lsh(r.Denom(), 1)
	n := new(big.Int).Add(new(big.Int).Lsh(r.Num(), 1), r.Denom())
	return n.Div(n, two).Int64()
}

// price reads US$ per million tokens as nano-dollars per token: 3.00 is 3000. It must come out whole.
func (d *decoder) price(v at) (int64, bool) {
	const want = "a price"
	s, ok := d.scalar(v, want+" in US$ per million tokens")
	if !ok {
		return 0, false
	}
	s = strings.TrimPrefix(s, "$")
	if !decimal.MatchString(s) {
		d.bad(v, want, "prices are US$ per million tokens: 3.00")
		return 0, false
	}
	r, _ := new(big.Rat).SetString(s)
	r.Mul(r, big.NewRat(1000, 1))
	switch {
	case r.Sign() < 0 || r.Cmp(big.NewRat(1_000_000_000, 1)) > 0:
		d.fail(v.node, v.path, fmt.Sprintf("%s is not between $0 and $1,000,000 per million tokens", quote(v.text)), "")
	case !r.IsInt():
		d.fail(v.node, v.path, fmt.Sprintf("%s is finer than $0.001 per million tokens", quote(v.text)), "")
	default:
		return r.Num().Int64(), true
	}
	return 0, false
}

// yes reads true or false.
func (d *decoder) yes(v at) (bool, bool) {
	s, ok := d.scalar(v, "true or false")
	if !ok || s != "true" && s != "false" || v.quoted {
		if ok {
			d.bad(v, "true or false", "")
		}
		return false, false
	}
	return s == "true", true
}

// oneOf reads a word of a fixed list, as its place in it.
func (d *decoder) oneOf(v at, plural string, words ...string) (int, bool) {
	s, ok := d.scalar(v, "one of "+strings.Join(words, ", "))
	if !ok {
		return 0, false
	}
	for i, w := range words {
		if w == s {
			return i, true
		}
	}
	d.fail(v.node, v.path, fmt.Sprintf("unknown value %s", quote(v.text)), hintFor(s, plural, words))
	return 0, false
}
