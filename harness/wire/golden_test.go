package wire_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// transcript is an HTTP answer to be read by people: status line, headers in order, body, and how it ended if not well. Bytes
// that are no UTF-8 are written as \xNN.
func transcript(t *testing.T, s *wire.Server, f wire.Format, stream bool) string {
	hr, err := http.NewRequest("POST", "http://server.test/v1"+paths[f], strings.NewReader(asking(f, stream)))
	require.NoError(t, err)
	wire.WriteID(hr.Header, ac.ID{Task: 1, Step: 1, Attempt: 1})
	r, err := s.RoundTrip(hr)
	if err != nil {
		return "    -- " + err.Error() + "\n"
	}
	out := r.Status + "\n"
	names := []string{}
	for n := range r.Header {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		out += n + ": " + strings.Join(r.Header[n], ", ") + "\n"
	}
	body, err := io.ReadAll(r.Body)
	out += "\n" + readable(strings.TrimRight(string(body), "\n")) + "\n"
	if err != nil {
		out += "-- " + err.Error() + "\n"
	}
	return "    " + strings.ReplaceAll(strings.TrimRight(out, "\n"), "\n", "\n    ") + "\n"
}

func readable(s string) string {
	var out strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&out, `\x%02x`, s[0])
		} else {
			out.WriteString(s[:n])
		}
		s = s[n:]
	}
	return out.String()
}

// golden compares with a file of testdata, by lines. An empty line at the end of a body is not kept.
func golden(t *testing.T, name, got string) {
	lines := strings.Split(got, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	file := "testdata/" + name + ".txt"
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test ./harness/wire -update makes it")
	require.Equal(t, strings.Split(string(want), "\n"), lines)
}

// exhibits are one of everything that a provider can do.
func exhibits(f wire.Format) []exhibit {
	end := func(e ac.Ending) ac.Effect { return ac.Effect{End: e} }
	half := func(e ac.Ending) ac.Script { return ac.Script{N: 4, Sent: 2, Effect: end(e)} }
	say := func(text string, calls ...wire.ToolCall) wire.Reply {
		return wire.Reply{Text: text, Calls: calls, Tokens: 4, Sized: true}
	}
	look, run := wire.ToolCall{Name: "look", Arguments: `{"city":"Köln"}`}, wire.ToolCall{Name: "run", Arguments: `{}`}
	list := []exhibit{
		{"a text", say("It is on its way."), whole(4), false},
		{"structured output", say(faults.Answer), whole(4), false},
		{"a call of a tool", say("", look), whole(4), false},
		{"two calls", say("", look, run), whole(4), false},
		{"a text and a call", say("Let me see.", look), whole(4), false},
		{"an answer without tokens", wire.Reply{Text: "It is on its way.", Sized: true}, whole(0), false},
		{"cut by max_tokens", say("It is on its way."), half(ac.Ending{Form: ac.Short}), false},
		{"refused for its content by the model", wire.Reply{Text: "No.", Finish: ac.ContentFilter, Tokens: 1, Sized: true}, whole(1), false},
		{"cut, ending cleanly", say("It is on its way."), half(ac.Ending{Form: ac.CutEOF}), false},
		{"cut by closing, in a rune of a tool's arguments", say("", look), ac.Script{N: 4, Sent: 2, Effect: end(ac.Ending{Form: ac.CutFIN})}, false},
		{"cut by a reset", say("It is on its way."), half(ac.Ending{Form: ac.CutRST}), false},
		{"stalled", say("It is on its way."), half(ac.Ending{Form: ac.Stall}), false},
		{"silence", say("It is on its way."), ac.Script{Effect: end(ac.Ending{Form: ac.Silence})}, false},
		{"no connection", say("It is on its way."), ac.Script{Effect: end(ac.Ending{Form: ac.Refuse, Kind: ac.Reset})}, false},
	}
	for v := ac.HTML; v.Protocol(); v++ {
		list = append(list, exhibit{"malformed " + v.String(), say(""), ac.Script{N: 4, Sent: 4, Effect: end(ac.Ending{Form: ac.Garbled, Variant: v})}, false})
	}
	for k := ac.RateLimit; int(k) < ac.Kinds; k++ {
		if f.Dialect().Status(k) != 0 {
			list = append(list, exhibit{name: "an error event, " + k.String(), reply: say("It is on its way."), streamed: true,
				script: ac.Script{N: 4, Effect: end(ac.Ending{Form: ac.Event, Kind: k})}})
		}
	}
	return list
}

type exhibit struct {
	name     string
	reply    wire.Reply
	script   ac.Script
	streamed bool // only: its plain form is among the errors
}

// What every format looks like on the wire. A difference in these files is a difference in what the vendors' SDKs read.
func TestOnTheWire(t *testing.T) {
	for _, f := range formats {
		var out strings.Builder
		for _, x := range exhibits(f) {
			if !x.streamed {
				fmt.Fprintf(&out, "== %s, plain\n%s\n", x.name, transcript(t, serves(author(x.reply), x.script), f, false))
			}
			fmt.Fprintf(&out, "== %s, streamed\n%s\n", x.name, transcript(t, serves(author(x.reply), x.script), f, true))
		}
		golden(t, f.String(), out.String())
	}
}

// Errors of every kind, of a proxy's and of other statuses, and every form of Retry-After; the bodies of Chat and Responses
// are the same.
func TestErrorsOnTheWire(t *testing.T) {
	for _, f := range []wire.Format{wire.Chat, wire.Messages} {
		var out strings.Builder
		refuse := func(name string, k ac.Kind, status int, after ac.RetryAfter, meters ...ac.Meter) {
			s := serves(nil, ac.Script{Effect: ac.Effect{End: ac.Ending{Form: ac.Refuse, Kind: k, Status: status, RetryAfter: after}}})
			if len(meters) > 0 {
				s.Meters = func(time.Duration, string) []ac.Meter { return meters }
			}
			fmt.Fprintf(&out, "== %s\n%s\n", name, transcript(t, s, f, true))
		}
		for k := ac.RateLimit; int(k) < ac.Kinds; k++ {
			if status := f.Dialect().Status(k); status != 0 {
				refuse(k.String(), k, status, ac.RetryAfter{})
			}
		}
		refuse("unavailable, 502: the proxy's", ac.Unavailable, 502, ac.RetryAfter{Hint: ac.HintSeconds, Millis: 3000})
		refuse("unavailable, 504: the proxy's", ac.Unavailable, 504, ac.RetryAfter{})
		refuse("overloaded, 500: the body says what it is", ac.Overloaded, 500, ac.RetryAfter{})
		for _, x := range []struct {
			name  string
			after ac.RetryAfter
		}{
			{"seconds", ac.After(7 * time.Second)}, {"zero", ac.RetryAfter{Hint: ac.HintSeconds}}, {"negative", ac.RetryAfter{Hint: ac.HintNegative}},
			{"a day", ac.After(ac.HugeRetryAfter)}, {"milliseconds", ac.RetryAfter{Hint: ac.HintMillis, Millis: 2500}}, {"a date", ac.RetryAfter{Hint: ac.HintDate, Millis: 2500}},
		} {
			refuse("rate_limit, retry after: "+x.name, ac.RateLimit, 429, x.after)
		}
		refuse("rate_limit, with the state of its buckets", ac.RateLimit, 429, ac.After(7*time.Second),
			ac.Meter{Name: ac.MeterRequests, Limit: 50, Reset: 60 * time.Second},
			ac.Meter{Name: ac.MeterInputTokens, Limit: 30_000, Remaining: 1200, Reset: 2400 * time.Millisecond},
			ac.Meter{Name: ac.MeterOutputTokens, Limit: 8000, Remaining: 8000},
			ac.Meter{Name: ac.MeterTokens, Limit: 38_000, Remaining: 1, Reset: 12 * time.Millisecond})
		golden(t, "errors-"+f.String(), out.String())
	}
}
