package faults

import (
	"fmt"
	"time"

	"github.com/agentchaos/agentchaos"
)

var _ = kind(Info{
	Kind: "rate_limit", Doc: "429, by token buckets of its own or outright",
	Settings: []string{"requests_per_minute", "tokens_per_minute", "burst", "retry_after", "should_retry"},
	Make: func(g Given) Fault {
		return RateLimit{RequestsPerMinute: g.RequestsPerMinute, TokensPerMinute: g.TokensPerMinute, Burst: g.Burst, RetryAfter: g.RetryAfter, Advice: g.Advice}
	},
})

// RateLimit is a 429: for every attempt, or by token buckets of its own, one set for each target. An attempt that is
// refused takes nothing from them.
type RateLimit struct {
	RequestsPerMinute int64 // 0: no such bucket; neither: every attempt is refused
	TokensPerMinute   int64 // input and output together; 0: no such bucket
	Burst             int64 // requests that the request bucket holds; 0: a minute's worth
	RetryAfter        RetryAfter
	Advice            agentchaos.Advice
}

// Kind is "rate_limit".
func (f RateLimit) Kind() string { return "rate_limit" }

// Check reports settings that make no sense.
func (f RateLimit) Check() error {
	if f.Burst != 0 && f.RequestsPerMinute == 0 {
		return fmt.Errorf("burst needs requests_per_minute")
	}
	if err := checkBucket("requests_per_minute", f.RequestsPerMinute, f.Burst); err != nil {
		return err
	}
	if err := checkBucket("tokens_per_minute", f.TokensPerMinute, 0); err != nil {
		return err
	}
	if f.outright() {
		return f.RetryAfter.check()
	}
	return nil
}

func (f RateLimit) outright() bool { return f.RequestsPerMinute == 0 && f.TokensPerMinute == 0 }

// Start fills the buckets.
func (f RateLimit) Start(agentchaos.Seed, string) Injector {
	inject, _ := f.begin()
	return inject
}

func (f RateLimit) begin() (Injector, buckets) {
	refusal := agentchaos.Effect{End: agentchaos.Ending{Form: agentchaos.Refuse, Kind: agentchaos.RateLimit, Advice: f.Advice}}
	say := f.RetryAfter
	if f.outright() {
		refusal.End.RetryAfter = say.fixed()
		return ends(refusal.End), nil
	}
	if say.Say == SayDefault {
		say.Say = SayHonest
	}
	set := buckets{newBucket(f.RequestsPerMinute, f.Burst), newBucket(f.TokensPerMinute, 0)}
	return func(now time.Duration, req *agentchaos.Request) agentchaos.Effect {
		cost := [...]int64{1, tokens(req.Input) + tokens(req.Output)}
		wait := set.wait(now, cost[:])
		if wait == 0 {
			set.take(now, cost[:])
			return agentchaos.Effect{}
		}
		e := refusal
		if wait == never && say.Say.counts() {
			return e // no honest hint for what never conforms
		}
		if say.Say == SayFor {
			wait = say.For
		}
		e.End.RetryAfter = say.says(wait)
		return e
	}, set
}

// Describe is what it does, for reports.
func (f RateLimit) Describe(subject func(string) string) string {
	switch {
	case f.RequestsPerMinute > 0 && f.TokensPerMinute > 0:
		return fmt.Sprintf("%d requests and %d tokens/min", f.RequestsPerMinute, f.TokensPerMinute)
	case f.RequestsPerMinute > 0:
		return fmt.Sprintf("%d requests/min", f.RequestsPerMinute)
	case f.TokensPerMinute > 0:
		return fmt.Sprintf("%d tokens/min", f.TokensPerMinute)
	}
	return subject("requests") + " refused as rate_limit"
}
