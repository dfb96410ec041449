package report

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Op compares a metric with a gate's value.
type Op uint8

// The operators. Equal goes with counts only.
const (
	AtLeast Op = iota // >=
	AtMost            // <=
	Above             // >
	Below             // <
	Equal             // ==
	ops
)

var opNames = [ops]string{">=", "<=", ">", "<", "=="}

// String is the operator as written in gates.
func (o Op) String() string { return opNames[o] }

// holds is "x op value".
func (o Op) holds(x, value float64) bool {
	switch o {
	case AtLeast:
		return x >= value
	case AtMost:
		return x <= value
	case Above:
		return x > value
	case Below:
		return x < value
	}
	return x == value
}

// wantsLess reports whether smaller is better. For Equal too: what is counted exactly is nearly always a fault.
func (o Op) wantsLess() bool { return o == AtMost || o == Below || o == Equal }

// Gate is a demand on a metric of an arm: completion_rate >= 95%. [ParseGate] reads one.
type Gate struct {
	Phase  Phase   // zero: the whole run
	Metric string  // its name alone: "completion_rate", "errors", "mean", "p99.9"
	Arg    string  // what it is over: "quota" of errors(quota), "task_latency" of p95(task_latency); "": nothing
	Op     Op      // zero: >=
	Value  float64 // in the metric's unit: 0.95 for 95%, seconds, US$
	Source string  // as it was written, with blanks made single; "": not written
}

// Left is the left side of the gate: what is measured.
func (g Gate) Left() string {
	s := g.Metric
	if g.Arg != "" {
		s += "(" + g.Arg + ")"
	}
	if g.Phase != Whole {
		s = g.Phase.String() + " " + s
	}
	return s
}

// String is the gate as it was written, or else as one would write it. ParseGate reads it back.
func (g Gate) String() string {
	if g.Source != "" {
		return g.Source
	}
	return g.Left() + " " + g.Op.String() + " " + formatValue(g.Unit(), g.Value)
}

// Unit is the unit of the gate's metric; UnitNumber if it is unknown.
func (g Gate) Unit() Unit {
	m, _ := lookup(g.Metric)
	return m.Unit
}

// Tau is the quantile that the gate is about, and whether it is about one: 0.95 for p95(H).
func (g Gate) Tau() (float64, bool) { return parseQuantile(g.Metric) }

// formatValue writes a value so that parseValue reads the same number.
func formatValue(u Unit, v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	switch u {
	case UnitShare:
		return timesHundred(s) + "%"
	case UnitMoney:
		return "$" + s
	case UnitDuration:
		if v == math.Trunc(v) {
			return s + "s"
		}
		return time.Duration(math.Round(v * float64(time.Second))).String()
	}
	return s
}

// timesHundred moves the point of a decimal number two places, so that no bit is lost: 0.999 becomes 99.9.
func timesHundred(s string) string {
	whole, part, _ := strings.Cut(s, ".")
	part += "00"
	s = strings.TrimLeft(whole+part[:2], "0")
	if s == "" {
		s = "0"
	}
	if rest := strings.TrimRight(part[2:], "0"); rest != "" {
		s += "." + rest
	}
	return s
}

// parseQuantile reads p50, p99.9: a number of percent between 0 and 100.
func parseQuantile(name string) (float64, bool) {
	digits, ok := strings.CutPrefix(name, "p")
	if !ok || !isDecimal(digits) {
		return 0, false
	}
	tau, err := strconv.ParseFloat(digits+"e-2", 64)
	return tau, err == nil && tau > 0 && tau < 1
}

// isDecimal reports whether s is a plain decimal number such as 0, 12 or 99.9.
func isDecimal(s string) bool {
	whole, part, point := strings.Cut(s, ".")
	return isDigits(whole) && (!point || isDigits(part))
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
