package faults

import (
	"fmt"
	"time"

	"github.com/agentchaos/agentchaos"
)

var _ = kind(Info{
	Kind: "slow", Doc: "first token and generation take factor (default 5) times as long",
	Settings: []string{"factor"},
	Make:     func(g Given) Fault { return Slow{Factor: g.Factor} },
})

// Slow makes first token and generation, or a tool's answer, take Factor times as long. The longer service also fills a
// provider's capacity. It strikes work that begins in its window, whenever the request came.
type Slow struct {
	Factor float64 // 1 to 1,000,000, exact to a thousandth; 0: 5
}

// Kind is "slow".
func (f Slow) Kind() string { return "slow" }

// factor is Factor or what stands for 0.
func (f Slow) factor() float64 {
	if f.Factor == 0 {
		return 5
	}
	return f.Factor
}

func (Slow) strikesService() {}

// Check reports settings that make no sense.
func (f Slow) Check() error {
	if f.Factor != 0 && !(f.Factor >= 1 && f.Factor <= 1e6) {
		return fmt.Errorf("factor %v is not between 1 and 1,000,000", f.Factor)
	}
	return nil
}

// Start slows every attempt.
func (f Slow) Start(agentchaos.Seed, string) Injector {
	effect := agentchaos.Effect{Slow: int64(float64(f.factor()*1000)+.5) - 1000}
	return func(time.Duration, *agentchaos.Request) agentchaos.Effect { return effect }
}

// Describe is what it does, for reports.
func (f Slow) Describe(subject func(string) string) string {
	return fmt.Sprintf("%s %v times slower", subject("requests"), f.factor())
}
