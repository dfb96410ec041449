package agentchaos_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	ac "github.com/agentchaos/agentchaos"
	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"
)

// published are bodies as the vendors sent them (recorded in public issue threads and SDK fixtures, and in the vendors'
// error pages, read November 2026), with the kind a careful client makes of each.
var published = []struct {
	name   string
	status int
	body   string
	kind   ac.Kind
}{
	{"anthropic not found", 404, `{"type":"error","error":{"type":"not_found_error","message":"The requested resource could not be found."},"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"}`, ac.NotFound},
	{"anthropic overloaded, with details first", 529, `{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"},"request_id":"req_011CX3viqzURh9fnBF6nffNS"}`, ac.Overloaded},
	{"anthropic overloaded with status 500", 500, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, ac.Overloaded},
	{"anthropic overloaded in a stream, after 200", 200, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, ac.Overloaded},
	{"anthropic rate limit", 429, `{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your organization's rate limit"}}`, ac.RateLimit},
	{"anthropic ramp limit", 429, `{"type":"error","error":{"details":{"error_code":"ramp_limit_exceeded"},"type":"rate_limit_error","message":"x"}}`, ac.RateLimit},
	{"anthropic spend limit: a 429 that never succeeds", 429, `{"type":"error","error":{"details":{"error_code":"enforced_spend_limit_reached"},"type":"rate_limit_error","message":"x"}}`, ac.Quota},
	{"anthropic spend limit set by the organisation: a 400", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2026-12-01"}}`, ac.Quota},
	{"anthropic billing", 402, `{"type":"error","error":{"type":"billing_error","message":"x"}}`, ac.Quota},
	{"anthropic prompt too long", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 207791 tokens > 200000 maximum"}}`, ac.ContextLength},
	{"anthropic prompt and answer too long", 400, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length or `max_tokens` and try again\"}}", ac.ContextLength},
	{"anthropic bad request", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: field required"}}`, ac.InvalidRequest},
	{"anthropic key", 401, `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`, ac.Auth},
	{"anthropic permission", 403, `{"type":"error","error":{"type":"permission_error","message":"x"}}`, ac.Auth},
	{"anthropic server error", 500, `{"type":"error","error":{"type":"api_error","message":"Internal server error"}}`, ac.Unavailable},
	{"anthropic timeout", 504, `{"type":"error","error":{"type":"timeout_error","message":"x"}}`, ac.Timeout},
	{"openai rate limit", 429, `{"error":{"message":"Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 1.2s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}`, ac.RateLimit},
	{"openai slow down", 429, `{"error":{"message":"x","type":"rate_limit_error","param":null,"code":"slow_down"}}`, ac.RateLimit},
	{"openai quota: a 429 that never succeeds", 429, `{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}`, ac.Quota},
	{"openai credit", 429, `{"error":{"message":"x","type":"insufficient_quota","param":null,"code":"credit_balance_exhausted"}}`, ac.Quota},
	{"openai overloaded", 503, `{"error":{"message":"x","type":"service_unavailable_error","param":null,"code":"server_is_overloaded"}}`, ac.Overloaded},
	{"openai server error", 500, `{"error":{"message":"The server had an error while processing your request. Sorry about that!","type":"server_error","param":null,"code":null}}`, ac.Unavailable},
	{"openai context", 400, `{"error":{"message":"This model's maximum context length is 4097 tokens. However, your messages resulted in 4294 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}`, ac.ContextLength},
	{"openai key", 401, `{"error":{"message":"Incorrect API key provided: sk-x","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`, ac.Auth},
	{"openai model", 404, "{\"error\":{\"message\":\"The model `x` does not exist or you do not have access to it.\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"model_not_found\"}}", ac.NotFound},
	{"openai filter", 400, `{"error":{"message":"x","type":"invalid_request_error","param":null,"code":"content_policy_violation"}}`, ac.ContentFilter},
	{"openai timeout: the code is read before the type", 504, `{"error":{"message":"x","type":"server_error","param":null,"code":"timeout"}}`, ac.Timeout},
	{"openai server error in a stream, after 200", 200, `{"error":{"message":"x","type":"server_error","param":null,"code":null}}`, ac.Unavailable},
	{"openai requests", 429, `{"error":{"message":"Rate limit reached for requests","type":"requests","param":null,"code":null}}`, ac.RateLimit},
	{"openai bad request in a stream, after 200", 200, `{"error":{"message":"x","type":"invalid_request_error","param":"input","code":null}}`, ac.InvalidRequest},
	{"openai failed response: a server error", 200, `{"error":{"code":"server_error","message":"x"}}`, ac.Unavailable},
	{"openai failed response: an image of another type", 200, `{"error":{"code":"invalid_image_format","message":"x"}}`, ac.InvalidRequest},
	{"openai failed response: refused for its content", 200, `{"error":{"code":"bio_policy","message":"x"}}`, ac.ContentFilter},
	{"context of a vendor with a code of its own", 400, `{"error":{"message":"This model's maximum context length is 131072 tokens. However, you requested 140012 tokens","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}`, ac.ContextLength},
	{"anthropic bad request in a stream, after 200", 200, `{"type":"error","error":{"type":"invalid_request_error","message":"x"}}`, ac.InvalidRequest},
	{"anthropic too large", 413, `{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}`, ac.InvalidRequest},
	{"anthropic contract spent", 429, `{"type":"error","error":{"details":{"error_code":"contract_spend_limit_reached"},"type":"rate_limit_error","message":"x"}}`, ac.Quota},
	{"anthropic spend limit of a workspace: a 400", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified workspace API usage limits. You will regain access on 2026-12-01"}}`, ac.Quota},
	{"anthropic account empty: a 400", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}`, ac.Quota},
	{"anthropic key of the customer out of reach", 503, `{"type":"error","error":{"details":{"error_code":"cmek_key_unreachable"},"type":"api_error","message":"x"}}`, ac.Unavailable},
	{"anthropic organization on hold", 403, `{"type":"error","error":{"details":{"error_code":"organization_on_hold"},"type":"permission_error","message":"x"}}`, ac.Auth},
	{"a front-end proxy's page", 502, `<html><body>502 Bad Gateway</body></html>`, ac.Unavailable},
	{"a request timeout without a body", 408, ``, ac.Timeout},
	{"a conflict without a body", 409, ``, ac.Conflict},
}

// read is what a client sees of an error body of either vendor; what does not parse leaves the status alone to go by.
func read(status int, body []byte) ac.WireError {
	var b struct {
		Error struct {
			Type, Message, Code string
			Details             struct {
				Code string `json:"error_code"`
			}
		}
	}
	_ = json.Unmarshal(body, &b)
	w := ac.WireError{Status: status, Type: b.Error.Type, Code: b.Error.Code, Prefix: b.Error.Message}
	if w.Code == "" {
		w.Code = b.Error.Details.Code
	}
	return w
}

func TestPublishedErrorBodiesAreClassified(t *testing.T) {
	for _, p := range published {
		t.Run(p.name, func(t *testing.T) {
			mock := httpmock.NewMockTransport()
			mock.RegisterResponder("POST", "https://api.test/v1/messages", httpmock.NewStringResponder(p.status, p.body))
			resp, err := (&http.Client{Transport: mock}).Post("https://api.test/v1/messages", "application/json", nil)
			require.NoError(t, err)
			defer resp.Body.Close()
			body := make([]byte, len(p.body))
			_, _ = resp.Body.Read(body)
			require.Equal(t, p.kind, ac.Classify(read(resp.StatusCode, body)))
		})
	}
}

// The table is one-to-one: what a dialect sends for a kind is read back as that kind, whatever stands after the prefix.
func TestDialectsRoundTrip(t *testing.T) {
	for _, d := range []ac.Dialect{ac.OpenAI, ac.Anthropic} {
		seen := 0
		for k := ac.RateLimit; int(k) < ac.Kinds; k++ {
			w, ok := d.Wire(k)
			if !ok {
				continue
			}
			seen++
			require.Equal(t, w.Status, d.Status(k))
			w.Prefix += "and so on"
			require.Equal(t, k, ac.Classify(w), fmt.Sprint(d, k))
			for _, w.Status = range []int{200, 0} { // in a stream, after the headers
				require.Equal(t, k, ac.Classify(w), "%v %v in a stream of status %d", d, k, w.Status)
			}
		}
		require.Equal(t, 11, seen)
	}
	require.Zero(t, ac.Plain.Status(ac.RateLimit))
}

// A simulated provider under another status sends the body of the kind that it is read as: it must be read as that again.
func TestAKindUnderAnyStatusIsReadTheSameTwice(t *testing.T) {
	for _, d := range []ac.Dialect{ac.OpenAI, ac.Anthropic} {
		for k := ac.RateLimit; int(k) < ac.Kinds; k++ {
			w, ok := d.Wire(k)
			for w.Status = 400; ok && w.Status < 600; w.Status++ {
				once := ac.Classify(w)
				again, ok := d.Wire(once)
				require.True(t, ok)
				again.Status = w.Status
				require.Equal(t, once, ac.Classify(again), "%v %v with status %d", d, k, w.Status)
				if w.Type != "invalid_request_error" || w.Code != "" || w.Prefix != "" {
					require.Equal(t, k, once, "%v %v names itself, whatever the status %d", d, k, w.Status)
				}
			}
		}
	}
}

func TestDialectOfTarget(t *testing.T) {
	for target, want := range map[string]ac.Dialect{
		"anthropic/claude-sonnet-4": ac.Anthropic, "openai/gpt-4o": ac.OpenAI, "sim/capped": ac.OpenAI,
		"tool/refund": ac.Plain, "retrieval/kb": ac.Plain,
	} {
		require.Equal(t, want, ac.DialectOf(target), target)
	}
}
