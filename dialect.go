package agentchaos

import "strings"

// Dialect is how a provider speaks.
type Dialect uint8

// The dialects.
const (
	Plain  Dialect = iota // tools and retrieval: typed, no wire of their own
	OpenAI                // also the default of every provider that is not Anthropic
	Anthropic
)

// DialectOf is the dialect of a target by its name: anthropic/… speaks Anthropic, tools and retrieval are plain, every
// other provider speaks OpenAI.
func DialectOf(target string) Dialect {
	switch {
	case strings.HasPrefix(target, "tool/"), strings.HasPrefix(target, "retrieval/"):
		return Plain
	case strings.HasPrefix(target, "anthropic/"):
		return Anthropic
	}
	return OpenAI
}

// WireError is how a kind of failure looks in a dialect. Code is OpenAI's error.code, or Anthropic's
// error.details.error_code. Prefix begins the message where the vendor gives nothing else to tell kinds apart.
type WireError struct {
	Status             int
	Type, Code, Prefix string
}

// wireErrors is the one table, one-to-one over kinds within a dialect. Sources: docs.anthropic.com/en/api/errors, the
// recorded bodies of anthropic-sdk-typescript 1.12; platform.openai.com/docs/guides/error-codes and the openai-openapi spec
// 2.3.0, read November 2026. The rows marked ours are published by neither: the SDKs know the status only.
var wireErrors = map[Dialect][Kinds]WireError{
	Anthropic: {
		RateLimit:      {429, "rate_limit_error", "", ""},
		Quota:          {429, "rate_limit_error", "enforced_spend_limit_reached", ""},
		Overloaded:     {529, "overloaded_error", "", ""},
		Unavailable:    {500, "api_error", "", ""},
		Timeout:        {504, "timeout_error", "", ""},
		ContentFilter:  {400, "invalid_request_error", "", "Output blocked by content filtering policy"},
		ContextLength:  {400, "invalid_request_error", "", "prompt is too long: "},
		Auth:           {401, "authentication_error", "", ""},
		NotFound:       {404, "not_found_error", "", ""},
		InvalidRequest: {400, "invalid_request_error", "", ""},
		Conflict:       {409, "conflict_error", "", ""},
	},
	OpenAI: {
		RateLimit:      {429, "requests", "rate_limit_exceeded", ""},
		Quota:          {429, "insufficient_quota", "insufficient_quota", ""},
		Overloaded:     {503, "service_unavailable_error", "server_is_overloaded", ""},
		Unavailable:    {500, "server_error", "", ""},
		Timeout:        {504, "server_error", "timeout", ""}, // ours
		ContentFilter:  {400, "invalid_request_error", "content_policy_violation", ""},
		ContextLength:  {400, "invalid_request_error", "context_length_exceeded", ""},
		Auth:           {401, "invalid_request_error", "invalid_api_key", ""},
		NotFound:       {404, "invalid_request_error", "model_not_found", ""},
		InvalidRequest: {400, "invalid_request_error", "", ""},
		Conflict:       {409, "invalid_request_error", "conflict", ""}, // ours
	},
}

// statuses is wireErrors' Status column as an array: the typed player asks it for every failure.
var statuses = func() (t [3][Kinds]int) {
	for d, row := range wireErrors {
		for k := range row {
			t[d][k] = row[k].Status
		}
	}
	return t
}()

// Wire is how the kind looks in the dialect; false for kinds that have no error of their own on the wire.
func (d Dialect) Wire(k Kind) (WireError, bool) {
	w := wireErrors[d][k]
	return w, w.Status != 0
}

// Status is the HTTP status of a kind in the dialect; 0 where it has none, and always for plain targets.
func (d Dialect) Status(k Kind) int { return statuses[d][k] }

// quotaCodes are the codes of a 429, 402 or 400 that waiting does not cure. help.openai.com/en/articles/6614457 and the
// error-codes guide (November 2026); anthropic-sdk-typescript 1.12, resources/shared.d.ts.
var quotaCodes = map[string]bool{
	"insufficient_quota": true, "credit_balance_exhausted": true, "organization_spend_limit_exceeded": true,
	"project_spend_limit_exceeded": true, "organization_usage_limit_exceeded": true,
	"enforced_spend_limit_reached": true, "contract_spend_limit_reached": true,
}

// byType are the types that name their kind alone, whatever the status: Anthropic sends overloaded_error with 529, with
// 500 and, in a stream, after 200.
var byType = map[string]Kind{
	"overloaded_error": Overloaded, "service_unavailable_error": Overloaded, "rate_limit_error": RateLimit,
	"billing_error": Quota, "insufficient_quota": Quota, "authentication_error": Auth, "permission_error": Auth,
	"not_found_error": NotFound, "timeout_error": Timeout, "conflict_error": Conflict, "api_error": Unavailable,
	"server_error": Unavailable, "requests": RateLimit, "tokens": RateLimit, "request_too_large": InvalidRequest,
}

// byCode are the codes that name their kind alone. Those of response.error in OpenAI's Responses come without a type and
// after status 200 (openai-node 7.57).
var byCode = map[string]Kind{
	"rate_limit_exceeded": RateLimit, "slow_down": RateLimit, "ramp_limit_exceeded": RateLimit,
	"server_is_overloaded": Overloaded, "context_length_exceeded": ContextLength, "timeout": Timeout,
	"content_policy_violation": ContentFilter, "content_filter": ContentFilter,
	"invalid_api_key": Auth, "model_not_found": NotFound, "conflict": Conflict,
	"server_error": Unavailable, "cmek_context_unavailable": Unavailable, "cmek_key_unreachable": Unavailable,
	"vector_store_timeout": Timeout, "image_content_policy_violation": ContentFilter, "bio_policy": ContentFilter,
	"misalignment_policy_violation": ContentFilter, "invalid_prompt": InvalidRequest, "data_residency_mismatch": InvalidRequest,
	"invalid_image": InvalidRequest, "invalid_image_format": InvalidRequest, "invalid_base64_image": InvalidRequest,
	"invalid_image_url": InvalidRequest, "invalid_image_mode": InvalidRequest, "image_too_large": InvalidRequest,
	"image_too_small": InvalidRequest, "image_parse_error": InvalidRequest, "image_file_too_large": InvalidRequest,
	"image_file_not_found": InvalidRequest, "empty_image_file": InvalidRequest, "unsupported_image_media_type": InvalidRequest,
	"failed_to_download_image": InvalidRequest,
}

// byPrefix are messages that vendors give nothing else for. Money that is spent Anthropic sends as a 400: a limit that the
// organisation or workspace has set itself, and an empty account. Vendors that speak OpenAI's dialect have codes of their own.
var byPrefix = []struct {
	prefix string
	kind   Kind
}{
	{"prompt is too long: ", ContextLength},
	{"input length and `max_tokens` exceed context limit", ContextLength},
	{"Output blocked by content filtering policy", ContentFilter},
	{"This model's maximum context length is ", ContextLength},
	{"You have reached your specified API usage limits", Quota},
	{"You have reached your specified workspace API usage limits", Quota},
	{"Your credit balance is too low to access the ", Quota},
}

// Classify reads the kind of an error body: from its code, its type and, where there is nothing else, the beginning of its
// message; the status decides only what the body leaves open. WireError's fields are what the body says; Prefix is the
// whole message. A Status below 400 is that of an error which comes in a stream, after the headers, or in an answer.
func Classify(w WireError) Kind {
	if quotaCodes[w.Code] {
		return Quota
	}
	if k, ok := byCode[w.Code]; ok {
		return k
	}
	if k, ok := byType[w.Type]; ok {
		return k
	}
	for _, p := range byPrefix {
		if strings.HasPrefix(w.Prefix, p.prefix) {
			return p.kind
		}
	}
	if w.Type == "invalid_request_error" && w.Status < 400 {
		return InvalidRequest
	}
	return byStatus(w.Status)
}

func byStatus(status int) Kind {
	switch status {
	case 401, 403:
		return Auth
	case 402:
		return Quota
	case 404:
		return NotFound
	case 408:
		return Timeout
	case 409:
		return Conflict
	case 429:
		return RateLimit
	case 529:
		return Overloaded
	}
	if status >= 400 && status < 500 {
		return InvalidRequest
	}
	return Unavailable
}
