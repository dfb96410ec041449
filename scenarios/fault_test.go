package scenarios_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/scenarios"
)

func ptr(x float64) *float64 { return &x }

// TestFaults has every kind with every setting, and what the table of `run` says of it.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		yaml string
		want faults.Fault
		says string
	}{
		{"rate_limit, requests_per_minute: 60, tokens_per_minute: 9000, burst: 5, retry_after: date", faults.RateLimit{RequestsPerMinute: 60, TokensPerMinute: 9000, Burst: 5, RetryAfter: faults.RetryAfter{Say: faults.SayDate}}, "primary: 60 requests and 9000 tokens/min"},
		{"rate_limit, retry_after: 30s, when: {probability: 2.5%}", faults.RateLimit{RetryAfter: faults.RetryAfter{Say: faults.SayFor, For: 30 * time.Second}}, "primary: 2.5% of the requests refused as rate_limit"},
		{"quota, when: {from: 1m}", faults.Refusal{Of: agentchaos.Quota}, "primary: all requests fail as quota from 60s on"},
		{"overloaded, status: 503, delay: 2s, retry_after: huge", faults.Refusal{Of: agentchaos.Overloaded, Status: 503, Delay: 2 * time.Second, RetryAfter: faults.RetryAfter{Say: faults.SayHuge}}, "primary: all requests fail as overloaded"},
		{"unavailable, retry_after: negative, when: {bursts: {up: 5m, down: 30s}}", faults.Refusal{Of: agentchaos.Unavailable, RetryAfter: faults.RetryAfter{Say: faults.SayNegative}}, "primary: all requests fail as unavailable, 300s up and 30s down"},
		{"auth, retry_after: none", faults.Refusal{Of: agentchaos.Auth, RetryAfter: faults.RetryAfter{Say: faults.SayNone}}, "primary: all requests fail as auth"},
		{"timeout, hang: 3m, when: {first: 2}", faults.Timeout{Hang: 3 * time.Minute}, "primary: all requests never answered, the first 2"},
		{"slow, factor: 2.5, when: {until: 90s}", faults.Slow{Factor: 2.5}, "primary: all requests 2.5 times slower until 90s"},
		{"slow", faults.Slow{}, "primary: all requests 5 times slower"},
		{"stall, at: 40%, hang: 1h, when: {probability: 12%}", faults.Stall{At: ptr(0.4), Hang: time.Hour}, "primary: 12% of the streams stop at 40% of the text"},
		{"stall, at: 0", faults.Stall{At: ptr(0)}, "primary: all streams stop at 0% of the text"},
		{"truncated, at: 0.25, how: reset", faults.Truncated{At: ptr(0.25), How: faults.ByReset}, "primary: all streams reset at 25% of the text"},
		{"truncated, at: 25%, how: close", faults.Truncated{At: ptr(0.25), How: faults.ByClose}, "primary: all streams torn off at 25% of the text"},
		{"truncated, how: eof", faults.Truncated{}, "primary: all streams end at half of the text"},
		{"stream_error, at: 10%, error: unavailable", faults.StreamError{At: ptr(0.1), Error: agentchaos.Unavailable}, "primary: all streams break off as unavailable at 10% of the text"},
		{"reset, delay: 1s", faults.Reset{Delay: time.Second}, "primary: all connections reset"},
		{"malformed, variant: fenced_json", faults.Malformed{Variant: agentchaos.FencedJSON}, "primary: all answers malformed (fenced_json)"},
		{"malformed, variant: error_body", faults.Malformed{Variant: agentchaos.ErrorBody}, "primary: all answers malformed (error_body)"},
		{"length, at: 75%", faults.Length{At: ptr(0.75)}, "primary: all answers cut by max_tokens at 75% of the text"},
		{"tool_error, delay: 5ms, when: {after: 3, every: 4, call_first: 2}", faults.ToolError{Delay: 5 * time.Millisecond}, "primary: every 4th call fails, first 2 of a call, after 3"},
	} {
		s := load(t, fmt.Sprintf("version: 1\nscenarios: {s: {agent: support, policies: [bare], faults: [{target: primary, kind: %s}]}}\n", c.yaml))
		r := s.Scenarios[0].Faults[0]
		require.Equal(t, c.want, r.Fault, c.yaml)
		require.Equal(t, c.want.Kind()+" on primary", r.Name)
		require.Equal(t, c.says, scenarios.Describe(r))
	}
}

func TestFaultNames(t *testing.T) {
	s := load(t, `version: 1
scenarios:
  s:
    agent: support
    policies: [bare]
    faults: [{target: primary, kind: stall}, {target: primary, kind: stall, at: 10%}, {target: primary, kind: quota, name: broke}]
`)
	var names []string
	for _, r := range s.Scenarios[0].Faults {
		names = append(names, r.Name)
	}
	require.Equal(t, []string{"stall on primary", "stall on primary #2", "broke"}, names, "luck is drawn by name")
}
