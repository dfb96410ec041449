package report

import (
	"math"
	"strconv"
	"strings"
)

// How numbers look in tables. What is not all is never shown as 100 %, and what is not nothing never as 0.

// percent is a share as percent, with one decimal, or with as many as it takes: 58.4, 99.96, 100.
func percent(v float64) string {
	if v == 1 {
		return "100"
	}
	for digits := 1; digits < 6; digits++ {
		s := strconv.FormatFloat(100*v, 'f', digits, 64)
		if rounded, _ := strconv.ParseFloat(s, 64); (rounded < 100 || v > 1) && (rounded > 0 || v == 0) {
			return s
		}
	}
	if v > 0.5 {
		return ">99.99999"
	}
	return "<0.00001"
}

// duration is a time given in seconds: 9.4s, 350ms, 2.1ms, 0s.
func duration(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "never"
	case v == 0:
		return "0s"
	case v < 0.01:
		return strconv.FormatFloat(1000*v, 'g', 2, 64) + "ms"
	case v < 0.9995:
		return strconv.FormatFloat(1000*v, 'f', 0, 64) + "ms"
	case v < 99999.95:
		return strconv.FormatFloat(v, 'f', 1, 64) + "s"
	}
	return strconv.FormatFloat(v, 'f', 0, 64) + "s"
}

// money is US$ without the sign: four decimals, or three digits where that would be none.
func money(v float64) string {
	if v == 0 || v >= 0.001 {
		return strconv.FormatFloat(v, 'f', 4, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// grouped is a whole number with its thousands apart: 41,318.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// value is a metric's value with its unit.
func value(u Unit, v float64) string {
	switch u {
	case UnitShare:
		return percent(v) + "%"
	case UnitDuration:
		return duration(v)
	case UnitMoney:
		return "$" + money(v)
	case UnitCount:
		return grouped(int64(v))
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// bare is value without the unit, for the ends of intervals.
func bare(u Unit, v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "0"
	case u == UnitShare:
		return percent(v)
	case u == UnitDuration && v < 0.9995 && v > 0:
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strings.TrimSuffix(strings.TrimPrefix(value(u, v), "$"), "s")
}

// interval is the two ends: 53.4-63.3; "" if there are none.
func interval(u Unit, i Interval) string {
	if !i.Bounded {
		return ""
	}
	return bare(u, i.Low) + "-" + bare(u, i.High)
}

// seedList is seeds with runs drawn together: "seeds 1-20", "seed 7", "seeds 1-3, 9".
func seedList(seeds []uint64) string {
	var parts []string
	for i := 0; i < len(seeds); {
		j := i
		for j+1 < len(seeds) && seeds[j+1] == seeds[j]+1 {
			j++
		}
		s := strconv.FormatUint(seeds[i], 10)
		if j > i {
			s += "-" + strconv.FormatUint(seeds[j], 10)
		}
		parts = append(parts, s)
		i = j + 1
	}
	return plural(len(seeds), "seed") + " " + strings.Join(parts, ", ")
}

// count is a number with its noun: "1 task", "300 tasks".
func count(n int, word string) string { return grouped(int64(n)) + " " + plural(n, word) }
