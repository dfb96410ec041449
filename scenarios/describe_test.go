package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/scenarios"
)

// every: N is the subject of the sentence, and its verb agrees.
func TestDescribeEvery(t *testing.T) {
	half, all := 0.5, 1.0
	for _, c := range []struct {
		f    faults.Fault
		w    faults.When
		want string
	}{
		{faults.Refusal{Of: agentchaos.Unavailable}, faults.When{Every: 10}, "every 10th request fails as unavailable"},
		{faults.Refusal{Of: agentchaos.Unavailable}, faults.When{Every: 1}, "all requests fail as unavailable"},
		{faults.Stall{}, faults.When{Every: 2}, "every 2nd stream stops at half of the text"},
		{faults.Truncated{}, faults.When{Every: 3}, "every 3rd stream ends at half of the text"},
		{faults.Truncated{How: faults.ByClose}, faults.When{Every: 3}, "every 3rd stream torn off at half of the text"},
		{faults.Truncated{How: faults.ByReset}, faults.When{Every: 11}, "every 11th stream reset at half of the text"},
		{faults.StreamError{}, faults.When{Every: 112}, "every 112th stream breaks off as overloaded at half of the text"},
		{faults.ToolError{}, faults.When{Every: 101, Probability: &all}, "every 101st call fails"},
		{faults.Reset{}, faults.When{Every: 22, Until: 5e9}, "every 22nd connection reset until 5s"},
		{faults.Timeout{}, faults.When{Every: 4, After: 2}, "every 4th request never answered, after 2"},
		{faults.Malformed{}, faults.When{Every: 4}, "every 4th answer malformed (invalid_json)"},
		{faults.Slow{}, faults.When{Every: 4}, "every 4th request 5 times slower"},
		{faults.RateLimit{}, faults.When{Every: 4}, "every 4th request refused as rate_limit"},
		{faults.RateLimit{RequestsPerMinute: 60}, faults.When{Every: 4}, "60 requests/min, only every 4th"},
		{faults.ToolError{}, faults.When{Every: 4, Probability: &half}, "50% of the calls fail, only every 4th"},
	} {
		require.Equal(t, "x/y: "+c.want, scenarios.Describe(faults.Rule{Target: "x/y", Fault: c.f, When: c.w}))
	}
}
