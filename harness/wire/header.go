package wire

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/agentchaos/agentchaos"
)

var (
	jsonType  = []string{"application/json"}
	sseType   = []string{"text/event-stream; charset=utf-8"}
	htmlType  = []string{"text/html; charset=utf-8"}
	noCache   = []string{"no-cache"}
	cloudName = []string{"cloudflare"}
	version   = []string{"2020-10-01"}
)

// head writes the headers of what next has given first, which goes out now.
func (x *exchange) head(h http.Header, now time.Duration) {
	if x.Status >= 400 {
		x.advise(h, now)
	}
	switch {
	case x.html():
		h["Content-Type"], h["Server"] = htmlType, cloudName
		return
	case x.streams():
		h["Content-Type"], h["Cache-Control"] = sseType, noCache
	default:
		h["Content-Type"] = jsonType
	}
	x.vendor(h, now)
	if x.server.Meters != nil {
		meters(h, x.format.Dialect(), x.server.Meters(now, x.Request.Target), x.server.calendar(now))
	}
}

// advise says whether to come back, and when.
func (x *exchange) advise(h http.Header, now time.Duration) {
	e := &x.Script.End
	retryAfter(h, e.RetryAfter, x.server.calendar(now))
	switch e.Advice {
	case agentchaos.DoRetry:
		h["X-Should-Retry"] = []string{"true"}
	case agentchaos.DontRetry:
		h["X-Should-Retry"] = []string{"false"}
	}
}

// vendor writes what tells one request from another.
func (x *exchange) vendor(h http.Header, now time.Duration) {
	if x.format == Messages {
		h["Request-Id"] = []string{x.requestID()}
		return
	}
	h["X-Request-Id"] = []string{x.requestID()}
	h["Openai-Processing-Ms"] = []string{strconv.FormatInt((now - x.Begin).Milliseconds(), 10)}
	h["Openai-Version"] = version
}

// requestID is as the vendors make them.
func (x *exchange) requestID() string {
	if x.format == Messages {
		return "req_" + x.answer.id
	}
	return hexName(x.Request.ID, x.Request.Target)
}

// html reports whether a front-end proxy answers instead of the vendor.
func (x *exchange) html() bool {
	e := &x.Script.End
	if e.Form == agentchaos.Garbled {
		return e.Variant == agentchaos.HTML
	}
	return x.Status >= 400 && proxied(e.Kind, x.Status)
}

// streams reports whether the body is a stream of events.
func (x *exchange) streams() bool {
	e := &x.Script.End
	switch {
	case x.Status != 200 || !x.Prompt.Stream:
		return false
	case e.Form == agentchaos.Garbled:
		return !e.Variant.Protocol() || e.Variant == agentchaos.TruncatedJSON || e.Variant == agentchaos.InvalidJSON
	}
	return true
}

// retryAfter says when to come back, in whichever form.
func retryAfter(h http.Header, r agentchaos.RetryAfter, now time.Time) {
	d := time.Duration(r.Millis) * time.Millisecond
	switch r.Hint {
	case agentchaos.HintSeconds:
		h.Set("Retry-After", strconv.FormatInt(r.Millis/1000, 10))
	case agentchaos.HintNegative:
		h.Set("Retry-After", "-1")
	case agentchaos.HintMillis:
		h.Set("Retry-After-Ms", strconv.FormatInt(r.Millis, 10))
	case agentchaos.HintFraction:
		h.Set("Retry-After", strconv.FormatFloat(d.Seconds(), 'f', -1, 64))
	case agentchaos.HintZero:
		h.Set("Retry-After", "0")
	case agentchaos.HintConflict:
		h.Set("Retry-After", strconv.FormatInt(r.Millis/1000, 10))
		h.Set("Retry-After-Ms", strconv.FormatInt(r.Millis/10, 10))
	case agentchaos.HintDate:
		at := now.Add(d)
		if whole := at.Truncate(time.Second); whole.Before(at) {
			at = whole.Add(time.Second)
		}
		h.Set("Retry-After", at.UTC().Format(http.TimeFormat))
	}
}

// understood is what a response says about when to come back: retry-after-ms before retry-after, as all SDKs have it, and what
// says nothing (zero, negative, garbage) not at all. 0: nothing.
func understood(h http.Header, now time.Time) time.Duration {
	if d := wait(h.Get("Retry-After-Ms"), time.Millisecond); d > 0 {
		return d
	}
	s := h.Get("Retry-After")
	if at, err := http.ParseTime(s); err == nil {
		return min(max(0, at.Sub(now)), longestWait)
	}
	return wait(s, time.Second)
}

// longestWait is what longer ones are understood as: RFC 9110 sets no end to them, and time.Duration does.
const longestWait = (1<<31 - 1) * time.Second

// wait is a number of units, fractions too; 0: it is none.
func wait(s string, unit time.Duration) time.Duration {
	switch n, err := strconv.ParseFloat(s, 64); {
	case err != nil || !(n > 0) || math.IsInf(n, 0):
		return 0
	case n >= float64(longestWait/unit):
		return longestWait
	default:
		return time.Duration(n * float64(unit))
	}
}

// meters writes the state of the token buckets: docs.anthropic.com/en/api/rate-limits, and for OpenAI
// platform.openai.com/docs/guides/rate-limits, November 2026.
func meters(h http.Header, d agentchaos.Dialect, ms []agentchaos.Meter, now time.Time) {
	tokens := int64(math.MaxInt64) // left, by the tightest bucket of those that OpenAI has one header for
	for _, m := range ms {
		limit, left := strconv.FormatInt(m.Limit, 10), strconv.FormatInt(m.Remaining, 10)
		if d == agentchaos.Anthropic {
			name := map[string]string{"requests": "Requests", "tokens": "Tokens", "input_tokens": "Input-Tokens", "output_tokens": "Output-Tokens"}[m.Name]
			p := "Anthropic-Ratelimit-" + name + "-"
			h[p+"Limit"], h[p+"Remaining"] = []string{limit}, []string{left}
			h[p+"Reset"] = []string{now.Add(m.Reset + time.Second - 1).UTC().Truncate(time.Second).Format(time.RFC3339)}
			continue
		}
		name := "Tokens"
		switch m.Name {
		case "requests":
			name = "Requests"
		case "output_tokens":
			continue // OpenAI counts what goes in
		default:
			if m.Remaining >= tokens {
				continue
			}
			tokens = m.Remaining
		}
		h["X-Ratelimit-Limit-"+name], h["X-Ratelimit-Remaining-"+name] = []string{limit}, []string{left}
		h["X-Ratelimit-Reset-"+name] = []string{m.Reset.Round(time.Millisecond).String()}
	}
}
