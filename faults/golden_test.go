package faults_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/sim"
	"github.com/stretchr/testify/require"
)

type exhibit struct {
	name  string
	fault faults.Fault
}

func exhibits() []exhibit {
	list := []exhibit{{"nothing", nil}}
	for _, k := range faults.Kinds() {
		f := k.Make(faults.Given{})
		if f.Start(0, model) != nil || f.Start(0, tool) != nil { // the others strike the agent itself
			list = append(list, exhibit{k.Kind, f})
		}
	}
	for v := ac.HTML; int(v) < ac.Variants; v++ {
		list = append(list, exhibit{"malformed " + v.String(), faults.Malformed{Variant: v}})
	}
	bucket := faults.RateLimit{RequestsPerMinute: 7, Burst: 1}
	for _, say := range []string{"honest", "none", "date", "huge", "negative", "milliseconds", "fraction", "zero", "conflict", "2500ms"} {
		b := bucket
		b.RetryAfter, _ = faults.ParseRetryAfter(say)
		list = append(list, exhibit{"rate_limit 7/min retry_after " + say, b})
	}
	return append(list,
		exhibit{"rate_limit 100 tokens/min: the request is larger", faults.RateLimit{TokensPerMinute: 100}},
		exhibit{"rate_limit date", faults.RateLimit{RetryAfter: faults.RetryAfter{Say: faults.SayDate}}},
		exhibit{"overloaded after 250ms, status 503, retry_after 30s", faults.Refusal{Of: ac.Overloaded, Status: 503, Delay: 250 * ms, RetryAfter: faults.RetryAfter{Say: faults.SayFor, For: 30 * time.Second}}},
		exhibit{"invalid_request, status 404: its body says nothing more", faults.Refusal{Of: ac.InvalidRequest, Status: 404}},
		exhibit{"not_found, status 400: its body does", faults.Refusal{Of: ac.NotFound, Status: 400}},
		exhibit{"truncated by close", faults.Truncated{How: faults.ByClose}},
		exhibit{"truncated by close at 0%", faults.Truncated{How: faults.ByClose, At: new(0.0)}},
		exhibit{"truncated by reset", faults.Truncated{How: faults.ByReset}},
		exhibit{"truncated by reset at 0%", faults.Truncated{How: faults.ByReset, At: new(0.0)}},
		exhibit{"truncated at 0%", faults.Truncated{At: new(0.0)}},
		exhibit{"truncated at 100%", faults.Truncated{At: new(1.0)}},
		exhibit{"stall at 0%", faults.Stall{At: new(0.0)}},
		exhibit{"stall, hang 1s: within the idle limit", faults.Stall{Hang: time.Second}},
		exhibit{"stream_error at 0%", faults.StreamError{At: new(0.0), Error: ac.Unavailable}},
		exhibit{"slow 100", faults.Slow{Factor: 100}},
		exhibit{"reset after 1s", faults.Reset{Delay: time.Second}},
	)
}

// see plays one attempt at 300 ms, after one that empties the bucket of a rate limit, and writes what its client sees.
func see(t *testing.T, x exhibit, how string, req ac.Request) string {
	var rules []faults.Rule
	if x.fault != nil {
		rules = append(rules, on("*/*", x.fault, faults.When{}))
	}
	out := ""
	inWorld(t, func(w *sim.World, ctx context.Context) {
		p := start(t, healthy(rules...))
		first := req
		p.Open(0, &first)
		_ = w.Sleep(ctx, 300*ms)
		begin := w.Now()
		resp, err := faults.Play(w, p.Open)(ctx, &req)
		out = fmt.Sprintf("    %-16s +%-9v ", how, w.Now()-begin)
		if err == nil {
			out += fmt.Sprintf("%d tokens, first +%v: %s%s%s", resp.Output, resp.First, strings.ReplaceAll(resp.Content.Text, "\n", `\n`), resp.Content.Tool, resp.Content.Arguments)
		} else {
			e := err.(*ac.Error)
			out += e.Error()
			if e.Got > 0 {
				out += fmt.Sprintf(", %d tokens, first +%v", e.Got, e.First)
			}
		}
		tr := req.Truth
		out += fmt.Sprintf("  | paid %d+%d", tr.Input, tr.Output)
		for _, by := range []struct {
			name string
			is   bool
		}{{"ended by the fault", tr.EndBy == 1}, {"slowed by the fault", tr.SlowBy == 1}, {"wrong", tr.Wrong}} {
			if by.is {
				out += ", " + by.name
			}
		}
	})
	return strings.TrimRight(out, " ") + "\n"
}

// What a client sees of every fault. A difference in this file is a difference in what users measure.
func TestWhatClientsSee(t *testing.T) {
	var out strings.Builder
	for _, x := range exhibits() {
		fmt.Fprintf(&out, "%s\n", x.name)
		r := attempt(1)
		out.WriteString(see(t, x, "streamed", *r))
		r.FirstToken, r.Idle = 5*time.Second, 2*time.Second
		out.WriteString(see(t, x, "with limits", *r))
		r.Stream = false
		out.WriteString(see(t, x, "plain", *r))
		r.Target = "openai/gpt-4o"
		out.WriteString(see(t, x, "plain at OpenAI", *r))
		out.WriteString(see(t, x, "tool", ac.Request{ID: r.ID, Target: tool, Use: ac.UseRead}))
	}
	const file = "testdata/clients.txt"
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(out.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, strings.Split(string(want), "\n"), strings.Split(out.String(), "\n"))
}
