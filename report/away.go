package report

import (
	"fmt"
	"time"
)

// maxAway is how long a first model may be away before that is warned of.
func (r *Report) maxAway() time.Duration {
	if r.Settings.MaxAway == 0 {
		return defaultAway
	}
	return r.Settings.MaxAway
}

// aways warn of first models for which others have answered for long: users got the second best, and nobody failed.
func (r *Report) aways() (out []string) {
	for i := range r.Arms {
		a := &r.Arms[i]
		longest, seed := time.Duration(0), uint64(0)
		for _, c := range a.Cells {
			if c.Away > longest {
				longest, seed = c.Away, c.Seed
			}
		}
		if longest > r.maxAway() {
			out = append(out, fmt.Sprintf("%s %s: others answered for the first model for %s in seed %d (max_away %s)",
				a.Scenario, a.Policy, duration(longest.Seconds()), seed, duration(r.maxAway().Seconds())))
		}
	}
	return out
}
