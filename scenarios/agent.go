package scenarios

import (
	"time"

	"github.com/agentchaos/agentchaos/resilience"
)

// Agent is a workload: what a task does, and how tasks arrive.
type Agent struct {
	Name     string
	Arrivals Arrivals
	resilience.Agent
}

// agent is an entry of `agents`, and where it stands.
type agent struct {
	Agent
	place at
}

// Arrivals is an open loop (Gap or Profile) or a closed one (Workers).
type Arrivals struct {
	Gap        time.Duration // mean time between arrivals; the first comes one gap after 0
	Profile    Profile       // in place of Gap
	Burstiness float64       // of the gaps: 0 constant, 1 exponential, above 1 gamma: the coefficient of variation
	Workers    int           // that many take the next task when their last has ended; 0: open loop
}

// Rates is the open loop's rate over time.
func (a *Arrivals) Rates() Profile {
	if a.Profile != nil {
		return a.Profile
	}
	return Profile{{Gap: a.Gap}}
}

// after is when that many tasks have come, about; Forever: never.
func (a *Arrivals) after(tasks int) time.Duration { return a.Rates().After(0, uint64(tasks)*Unit) }

func agentSection(l *loader) *section[agent] {
	return &section[agent]{name: "agent", doc: "a workload", check: func(d *decoder, v at, t *agent) { t.place = v }, fields: []field[agent]{
		needed(sectionField("arrivals", "", arrivalsSection, func(t *agent) *Arrivals { return &t.Arrivals })),
		positiveDurationField("deadline", "time budget of a task", "no limit", "", func(t *agent) *time.Duration { return &t.Deadline }),
		needed(stepsField(l)),
	}}
}

var arrivalsSection = &section[Arrivals]{name: "arrival", doc: "how tasks arrive: an open loop {rate, burstiness} or {profile, burstiness}, or a closed one {workers}", either: [][]string{{"rate", "workers", "profile"}, {"burstiness", "workers"}}, check: func(d *decoder, v at, t *Arrivals) {
	if t.Gap == 0 && t.Workers == 0 && t.Profile == nil {
		d.fail(v.node, v.path, `none of "rate", "profile" and "workers"`, "such as {rate: 5/s, burstiness: 1}, or {workers: 20}")
	}
}, fields: []field[Arrivals]{
	rateField("rate", "mean rate of arrivals, whatever becomes of earlier tasks", false, func(t *Arrivals) *time.Duration { return &t.Gap }),
	numberField("burstiness", "0 constant gaps, 1 exponential, above 1 gamma", "0", 0, 100, func(t *Arrivals) *float64 { return &t.Burstiness }),
	wholeField("workers", "tasks at a time, each worker taking the next when its last has ended", "", 1, 1_000_000, func(t *Arrivals) *int { return &t.Workers }),
	profileField(),
}}
