package report

import (
	"math"
	"strconv"
	"time"
)

// Report is a run as tables and files show it. [Report.Table], [Report.Markdown] and [Report.JSON] render it, [Read] reads
// the JSON back.
type Report struct {
	Version     string // of agentchaos
	File        string // as the user named it; "" or a note such as "built-in suite"
	SHA256      string // of the file
	Settings    Settings
	Scenarios   []Scenario // in the order of the file
	Arms        []Arm      // in the order of the file, policies within scenarios
	Gates       []GateResult
	Warnings    []string // one line each: risky settings and the like
	Args        string   // what commands that look closer have to repeat: the file, --set …; "": nothing
	Shard       *Shard   // nil: the whole
	Quick       bool     // five seeds for a look: too little evidence is a warning
	Allow       bool     // --allow inconclusive: whatever exits with 3 is a warning
	Interrupted bool     // not all cells have run
}

// Settings are how the run was made and judged.
type Settings struct {
	FirstSeed  uint64
	Seeds      int
	Level      float64       // of intervals; 0: 0.95
	HiddenLoss float64       // max_hidden_loss; 0: 5 %
	MaxAway    time.Duration // a first model that does not serve for longer, while another does, is warned of; 0: 5 minutes
}

// defaultAway is what stands for a MaxAway of 0: longer than a scenario's fault is by design, shorter than an operator
// wants to go without knowing.
const defaultAway = 5 * time.Minute

// Options are the settings as [Judge] and [NewArm] want them. They are derived from nine digits, so that a file read back
// gives the same intervals.
func (s Settings) Options() Options {
	o := Options{Alpha: nine(1 - nine(s.Level)), PerSeed: 1 / nine(s.HiddenLoss)}
	if s.Level == 0 {
		o.Alpha = 0
	}
	if s.HiddenLoss == 0 {
		o.PerSeed = 0
	}
	return o.orDefault()
}

// Scenario is a scenario as reports introduce it.
type Scenario struct {
	Name   string
	About  string
	Faults []string // described: "primary: 60 requests/min from 60s to 240s"
}

// Shard says which part of a run this is, from 1.
type Shard struct{ I, N int }

// Verdict is the verdict over all gates; None if there are none.
func (r *Report) Verdict() Verdict {
	all := make([]Verdict, len(r.Gates))
	for i := range all {
		all[i] = r.Gates[i].Verdict
	}
	return Overall(all...)
}

// Exit is the exit code: that of the verdict, but for what was asked not to count.
func (r *Report) Exit() int {
	switch {
	case r.Interrupted:
		return 130
	case r.excused() > 0:
		return 0
	}
	return r.Verdict().Exit()
}

// excused is how many gates are open and were asked not to count, if for that the exit code is 0. Quick excuses too little
// evidence alone: where nothing was measured, or a fault never fired, more seeds would show no more.
func (r *Report) excused() int {
	n := 0
	for i := range r.Gates {
		g := &r.Gates[i]
		switch {
		case g.Verdict.Exit() == 1:
			return 0
		case g.Verdict.Exit() == 0:
		case r.Allow, r.Quick && g.Verdict == Inconclusive && !g.Unfired:
			n++
		default:
			return 0
		}
	}
	return n
}

// Tasks is how many tasks ended, over all arms.
func (r *Report) Tasks() int64 {
	n := int64(0)
	for i := range r.Arms {
		n += r.Arms[i].Total.Counts[Tasks]
	}
	return n
}

// Simulated is the time that passed in all worlds together.
func (r *Report) Simulated() time.Duration {
	d := time.Duration(0)
	for i := range r.Arms {
		d = addTime(d, r.Arms[i].Simulated())
	}
	return d
}

// Arm finds an arm; nil if there is none.
func (r *Report) Arm(scenario, policy string) *Arm {
	for i := range r.Arms {
		if a := &r.Arms[i]; a.Scenario == scenario && a.Policy == policy {
			return a
		}
	}
	return nil
}

// ArmVerdict is the verdict over the gates of one arm.
func (r *Report) ArmVerdict(a *Arm) Verdict {
	var all []Verdict
	for _, g := range r.Gates {
		if g.Scenario == a.Scenario && g.Policy == a.Policy {
			all = append(all, g.Verdict)
		}
	}
	return Overall(all...)
}

// nine rounds to nine significant digits: what files hold.
func nine(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 8, 64), 64)
	return r
}
