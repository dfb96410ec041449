package wire_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

const page502 = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n"

// refusals are error responses as the vendors, and what stands before them, send them: SDK fixtures, public issue threads and
// the vendors' error pages, read November 2026.
var refusals = []struct {
	name   string
	format wire.Format
	status int
	body   string
	kind   ac.Kind
}{
	{"anthropic, an old body: no details", wire.Messages, 404, `{"type":"error","error":{"type":"not_found_error","message":"The requested resource could not be found."},"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"}`, ac.NotFound},
	{"anthropic, a new body: details are null", wire.Messages, 529, `{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"},"request_id":"req_011CX3viqzURh9fnBF6nffNS"}`, ac.Overloaded},
	{"anthropic, a new body: details without a code", wire.Messages, 429, `{"type":"error","error":{"details":{},"type":"rate_limit_error","message":"x"}}`, ac.RateLimit},
	{"anthropic, details of a shape that nobody knows do not hide the type", wire.Messages, 500, `{"type":"error","error":{"details":["x"],"type":"overloaded_error","message":"x"}}`, ac.Overloaded},
	{"anthropic, the type decides, not the status: overloaded as a 500", wire.Messages, 500, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, ac.Overloaded},
	{"anthropic, a message that says so is not enough", wire.Messages, 500, `{"type":"error","error":{"type":"api_error","message":"Overloaded"}}`, ac.Unavailable},
	{"anthropic, 529 without a body", wire.Messages, 529, "", ac.Overloaded},
	{"anthropic, rate limit", wire.Messages, 429, `{"type":"error","error":{"details":null,"type":"rate_limit_error","message":"This request would exceed your organization's rate limit"}}`, ac.RateLimit},
	{"anthropic, traffic that grew too fast", wire.Messages, 429, `{"type":"error","error":{"details":{"error_code":"ramp_limit_exceeded"},"type":"rate_limit_error","message":"x"}}`, ac.RateLimit},
	{"anthropic, the tier's spend limit", wire.Messages, 429, `{"type":"error","error":{"details":{"error_code":"enforced_spend_limit_reached"},"type":"rate_limit_error","message":"x"}}`, ac.Quota},
	{"anthropic, the contract's spend limit", wire.Messages, 429, `{"type":"error","error":{"details":{"error_code":"contract_spend_limit_reached"},"type":"rate_limit_error","message":"x"}}`, ac.Quota},
	{"anthropic, the organisation's own spend limit: a 400, told by how its message begins", wire.Messages, 400, `{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."}}`, ac.Quota},
	{"anthropic, the workspace's", wire.Messages, 400, `{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified workspace API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."}}`, ac.Quota},
	{"anthropic, billing", wire.Messages, 402, `{"type":"error","error":{"type":"billing_error","message":"x"}}`, ac.Quota},
	{"402 without a body", wire.Messages, 402, "", ac.Quota},
	{"anthropic, the prompt is too long: told by its message", wire.Messages, 400, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 207791 tokens > 200000 maximum"}}`, ac.ContextLength},
	{"anthropic, prompt and answer are too long together", wire.Messages, 400, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length or `max_tokens` and try again\"}}", ac.ContextLength},
	{"anthropic, blocked", wire.Messages, 400, `{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}`, ac.ContentFilter},
	{"anthropic, any other 400", wire.Messages, 400, `{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Field required"}}`, ac.InvalidRequest},
	{"anthropic, key", wire.Messages, 401, `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`, ac.Auth},
	{"anthropic, permission", wire.Messages, 403, `{"type":"error","error":{"type":"permission_error","message":"x"}}`, ac.Auth},
	{"anthropic, conflict", wire.Messages, 409, `{"type":"error","error":{"type":"conflict_error","message":"x"}}`, ac.Conflict},
	{"anthropic, too large, in JSON", wire.Messages, 413, `{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}`, ac.InvalidRequest},
	{"anthropic, too large, by Cloudflare in front of it", wire.Messages, 413, "<html><head><title>413 Request Entity Too Large</title></head><body><hr><center>cloudflare</center></body></html>", ac.InvalidRequest},
	{"anthropic, timeout", wire.Messages, 504, `{"type":"error","error":{"type":"timeout_error","message":"x"}}`, ac.Timeout},
	{"anthropic, the customer's key is out of reach", wire.Messages, 503, `{"type":"error","error":{"details":{"error_code":"cmek_key_unreachable"},"type":"api_error","message":"x"}}`, ac.Unavailable},

	{"openai, tokens a minute", wire.Chat, 429, `{"error":{"message":"Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 1.2s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}`, ac.RateLimit},
	{"openai, requests a minute, no code", wire.Responses, 429, `{"error":{"message":"Rate limit reached","type":"requests","param":null,"code":null}}`, ac.RateLimit},
	{"openai, slow down", wire.Responses, 429, `{"error":{"message":"x","type":"rate_limit_error","param":null,"code":"slow_down"}}`, ac.RateLimit},
	{"openai, quota", wire.Chat, 429, `{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}`, ac.Quota},
	{"openai, credit", wire.Responses, 429, `{"error":{"message":"x","type":"insufficient_quota","param":null,"code":"credit_balance_exhausted"}}`, ac.Quota},
	{"openai, the organisation's spend limit", wire.Chat, 429, `{"error":{"message":"x","type":"insufficient_quota","param":null,"code":"organization_spend_limit_exceeded"}}`, ac.Quota},
	{"openai, the project's spend limit, whatever the type", wire.Chat, 429, `{"error":{"message":"x","type":"requests","param":null,"code":"project_spend_limit_exceeded"}}`, ac.Quota},
	{"openai, the organisation's usage limit", wire.Chat, 429, `{"error":{"message":"x","type":"insufficient_quota","param":null,"code":"organization_usage_limit_exceeded"}}`, ac.Quota},
	{"openai, overloaded", wire.Responses, 503, `{"error":{"message":"x","type":"service_unavailable_error","param":null,"code":"server_is_overloaded"}}`, ac.Overloaded},
	{"openai, server error", wire.Chat, 500, `{"error":{"message":"The server had an error while processing your request. Sorry about that!","type":"server_error","param":null,"code":null}}`, ac.Unavailable},
	{"openai, context", wire.Chat, 400, `{"error":{"message":"This model's maximum context length is 4097 tokens. However, your messages resulted in 4294 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}`, ac.ContextLength},
	{"a vendor like openai, context: told by its message", wire.Chat, 400, `{"error":{"message":"This model's maximum context length is 131072 tokens. However, you requested 140012 tokens","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}`, ac.ContextLength},
	{"openai, filter", wire.Chat, 400, `{"error":{"message":"x","type":"invalid_request_error","param":null,"code":"content_policy_violation"}}`, ac.ContentFilter},
	{"azure, filter, with more inside", wire.Chat, 400, `{"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}`, ac.ContentFilter},
	{"openai, key", wire.Responses, 401, `{"error":{"message":"Incorrect API key provided: sk-x","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`, ac.Auth},
	{"openai, country", wire.Chat, 403, `{"error":{"message":"Country, region, or territory not supported","type":"request_forbidden","param":null,"code":"unsupported_country_region_territory"}}`, ac.Auth},
	{"openai, model", wire.Chat, 404, "{\"error\":{\"message\":\"The model `x` does not exist or you do not have access to it.\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"model_not_found\"}}", ac.NotFound},
	{"openai, anything else with 422", wire.Chat, 422, `{"error":{"message":"x","type":"invalid_request_error","param":null,"code":null}}`, ac.InvalidRequest},
	{"a code that is a number says nothing", wire.Chat, 429, `{"error":{"message":"x","code":429}}`, ac.RateLimit},
	{"an error that is a string leaves the status", wire.Chat, 429, `{"error":"too many requests"}`, ac.RateLimit},
	{"an error that is null leaves the status", wire.Chat, 409, `{"error":null}`, ac.Conflict},
	{"a body that is no object leaves the status", wire.Chat, 404, `[1]`, ac.NotFound},

	{"Cloudflare, 502", wire.Chat, 502, page502, ac.Unavailable},
	{"Cloudflare, 504: a gateway's, so no timeout of the vendor's", wire.Messages, 504, "<html><head><title>504 Gateway Time-out</title></head></html>", ac.Unavailable},
	{"503 without a body", wire.Messages, 503, "", ac.Unavailable},
	{"408 without a body", wire.Chat, 408, "", ac.Timeout},
	{"408 of a gateway, in JSON", wire.Chat, 408, `{"error":{"message":"Request exceeded the timeout sent in the request: 10ms","type":"timeout_error","param":null,"code":null}}`, ac.Timeout},
	{"409 without a body", wire.Responses, 409, "", ac.Conflict},
	{"401 without a body", wire.Responses, 401, "", ac.Auth},
	{"500 with half a body", wire.Messages, 500, `{"type":"error","error":{"type":"overl`, ac.Unavailable},
	{"a redirect is not followed, and no answer", wire.Chat, 307, "", ac.Unavailable},
}

func TestErrorResponses(t *testing.T) {
	for _, x := range refusals {
		t.Run(x.name, func(t *testing.T) {
			for _, stream := range []bool{false, true} {
				_, err := hear(t, x.format, stream, answers(x.status, http.Header{"Content-Type": {"application/json"}}, x.body))
				require.Equal(t, verdict{Kind: x.kind, Status: x.status}, verdictOf(nil, err))
				require.ErrorIs(t, err, x.kind)
				var s *wire.StatusError
				require.ErrorAs(t, err, &s)
				require.Equal(t, wire.StatusError{Status: x.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(x.body)}, *s)
			}
		})
	}
}

func TestAStatusErrorSaysWhatCame(t *testing.T) {
	require.EqualError(t, &wire.StatusError{Status: 500, Body: []byte("oh\xff no")}, "HTTP 500: oh? no")
	long := make([]byte, 1000)
	require.LessOrEqual(t, len((&wire.StatusError{Status: 500, Body: long}).Error()), 220)
}

// A date in a Retry-After counts from the client's calendar: its epoch and what its clock shows.
func TestRetryAfter(t *testing.T) {
	epoch := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		name, seconds, millis string // the headers; "": absent
		want                  time.Duration
	}{
		{"absent", "", "", 0},
		{"whole seconds", "7", "", 7 * time.Second},
		{"fractional", "1.5", "", 1500 * time.Millisecond},
		{"zero is nothing", "0", "", 0},
		{"negative is nothing", "-1", "", 0},
		{"a day", "86400", "", 24 * time.Hour},
		{"more than anybody can wait is still a wait", "99999999999999999999", "", longest},
		{"not a number", "NaN", "", 0},
		{"endless is no number", "Inf", "", 0},
		{"garbage", "soon", "", 0},
		{"a date", "Mon, 23 Nov 2026 12:00:30 GMT", "", 30 * time.Second},
		{"a date in the form of RFC 850", "Monday, 23-Nov-26 12:00:30 GMT", "", 30 * time.Second},
		{"a date that has passed", "Mon, 23 Nov 2026 11:59:30 GMT", "", 0},
		{"a date of another age", "Fri, 31 Dec 9999 23:59:59 GMT", "", longest},
		{"milliseconds", "", "1250", 1250 * time.Millisecond},
		{"a fraction of a millisecond", "", "1250.5", 1250*time.Millisecond + 500*time.Microsecond},
		{"zero milliseconds say nothing", "", "0", 0},
		{"garbage of milliseconds", "", "soon", 0},
		{"more milliseconds than anybody can wait", "", "9223372036854775807", longest},
		{"two that disagree: the milliseconds, as all SDKs have it", "7", "1250", 1250 * time.Millisecond},
		{"two, and the milliseconds say nothing", "7", "-3", 7 * time.Second},
		{"two, and the milliseconds are garbage", "7", "x", 7 * time.Second},
	} {
		t.Run(x.name, func(t *testing.T) {
			h := http.Header{}
			for name, v := range map[string]string{"Retry-After": x.seconds, "retry-after-ms": x.millis} {
				if v != "" {
					h.Set(name, v)
				}
			}
			for _, f := range formats {
				call := wire.Config{Clock: frozen{}, Epoch: epoch, Endpoint: func(string) wire.Endpoint { return wire.Endpoint{URL: api, Format: f} }}.Client(transport(answers(429, h, "")))
				_, err := call(t.Context(), &ac.Request{Target: model})
				require.Equal(t, verdict{Kind: ac.RateLimit, Status: 429, RetryAfter: x.want}, verdictOf(nil, err), f)
			}
		})
	}
}

// longest is the longest wait that a client understands: RFC 9110 sets no end to seconds.
const longest = (1<<31 - 1) * time.Second

// transport is a function as a RoundTripper.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(hr *http.Request) (*http.Response, error) { return f(hr) }

func TestTheEndpointIsAsked(t *testing.T) {
	var got *http.Request
	call := wire.Config{Endpoint: func(target string) wire.Endpoint {
		require.Equal(t, model, target)
		return wire.Endpoint{URL: "https://vendor.test/x/v1", Format: wire.Messages, Header: http.Header{"x-api-key": {"k"}, "anthropic-version": {"2026-10-21"}}}
	}}.Client(transport(func(hr *http.Request) (*http.Response, error) {
		got = hr
		return nil, errors.New("no route")
	}))
	_, err := call(t.Context(), &ac.Request{ID: ac.ID{Task: 7, Step: 2, Attempt: 3, Copy: 1}, Target: model})
	require.ErrorIs(t, err, ac.Unavailable)
	require.Equal(t, "https://vendor.test/x/v1/messages", got.URL.String())
	require.Equal(t, "k", got.Header.Get("X-Api-Key"))
	require.Equal(t, "2026-10-21", got.Header.Get("Anthropic-Version"), "an endpoint's own version goes before ours")
	id, ok := wire.ReadID(got.Header)
	require.True(t, ok)
	require.Equal(t, ac.ID{Task: 7, Step: 2, Attempt: 3, Copy: 1}, id)
	for _, bad := range []string{"", "1/2/3", "1/2/3/4/5", "1/2/3/x", "1/2/3/256", "-1/2/3/4", fmt.Sprint(1<<32, "/1/1/1")} {
		_, ok = wire.ReadID(http.Header{wire.IDHeader: {bad}})
		require.False(t, ok, bad)
	}
}

// What a refusal is stands in its status and headers: that its body breaks off changes nothing.
func TestARefusalWhoseBodyBreaks(t *testing.T) {
	for _, f := range formats {
		_, err := hear(t, f, true, func(hr *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {"7"}}, Request: hr, Body: io.NopCloser(&ending{strings.NewReader(`{"err`), io.ErrUnexpectedEOF})}, nil
		})
		require.Equal(t, verdict{Kind: ac.RateLimit, Status: 429, RetryAfter: 7 * time.Second}, verdictOf(nil, err))
		var s *wire.StatusError
		require.ErrorAs(t, err, &s)
		require.Equal(t, `{"err`, string(s.Body))
	}
}

// A body of just the limit is read, over a socket and without; one byte more is refused, announced or not.
func TestTheLimitOfABody(t *testing.T) {
	body := asking(wire.Chat, false)
	for limit, want := range map[int]int{len(body): 200, len(body) - 1: 413} {
		s := serves(author{Text: "Hi"}, whole(1))
		s.Limit = int64(limit)
		require.Equal(t, want, post(t, s, paths[wire.Chat], body).StatusCode)
		tr, url := listens(t, s)
		for _, announced := range []int64{int64(len(body)), -1} {
			hr, err := http.NewRequest("POST", url+paths[wire.Chat], io.NopCloser(strings.NewReader(body)))
			require.NoError(t, err)
			hr.ContentLength = announced
			r, err := tr.RoundTrip(hr)
			require.NoError(t, err)
			_, _ = bodyOf(r)
			require.Equal(t, want, r.StatusCode)
		}
	}
}
