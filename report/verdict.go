package report

import "fmt"

// Verdict is what a gate comes to.
type Verdict uint8

// The verdicts.
const (
	None         Verdict = iota // there is no gate
	Pass                        // the whole interval is on the good side
	Fail                        // the whole interval is on the bad side
	Inconclusive                // too little evidence either way
	NoData                      // nothing was measured
	verdicts
)

var (
	verdictWords = [verdicts]string{"-", "pass", "FAIL", "inconclusive", "no data"}
	verdictNames = [verdicts]string{"none", "pass", "fail", "inconclusive", "no_data"}
)

// String is the verdict as tables say it.
func (v Verdict) String() string { return verdictWords[v] }

// MarshalText is the verdict as JSON says it: pass, fail, inconclusive, no_data, none.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(verdictNames[v]), nil }

// UnmarshalText reads what MarshalText writes.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdictNames {
		if name == string(text) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("unknown verdict %q", text)
}

// Exit is the exit code that the verdict of a whole run asks for: 1 for Fail, 3 for Inconclusive and NoData, else 0.
func (v Verdict) Exit() int {
	switch v {
	case Fail:
		return 1
	case Inconclusive, NoData:
		return 3
	}
	return 0
}

// Overall is the verdict over several: the first of Fail, Inconclusive, NoData and Pass that is among them. All gates
// must pass, so no correction for their number is needed: the chance of a false pass is at most that of the worst one.
func Overall(all ...Verdict) Verdict {
	var seen [verdicts]bool
	for _, v := range all {
		seen[v] = true
	}
	for _, v := range [...]Verdict{Fail, Inconclusive, NoData, Pass} {
		if seen[v] {
			return v
		}
	}
	return None
}

// against is the verdict of an interval on a gate: strictly on one side where the operator is strict.
//
// A limit that is the gate's value to the last bit holds for >= and <= and not for > and <. The limits that come out so by
// their making are 0, 1 and the one ratio of seeds that do not differ: sums and a division, the same bits on every processor.
// All others come of functions whose last bits are not, and of no round number.
func against(op Op, value float64, i Interval) Verdict {
	switch {
	case !i.Known:
		return NoData
	case !i.Bounded:
		return Inconclusive
	case op.holds(i.Low, value) && op.holds(i.High, value):
		return Pass
	case !op.holds(i.Low, value) && !op.holds(i.High, value):
		return Fail
	}
	return Inconclusive
}
