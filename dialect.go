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
}

var byCode = map[string]Kind{
	"rate_limit_exceeded": RateLimit, "slow_down": RateLimit, "ramp_limit_exceeded": RateLimit,
	"server_is_overloaded": Overloaded, "context_length_exceeded": ContextLength, "timeout": Timeout,
	"content_policy_violation": ContentFilter, "content_filter": ContentFilter,
	"invalid_api_key": Auth, "model_not_found": NotFound, "conflict": Conflict,
}

// byPrefix are messages that vendors give nothing else for. The last is a spend limit the organisation set itself, which
// Anthropic sends as a 400.
var byPrefix = []struct {
	prefix string
	kind   Kind
}{
	{"prompt is too long: ", ContextLength},
	{"input length and `max_tokens` exceed context limit", ContextLength},
	{"Output blocked by content filtering policy", ContentFilter},
	{"You have reached your specified API usage limits", Quota},
}

// Classify reads the kind of an error body: from its code, its type and, where there is nothing else, the beginning of its
// message; the status decides only what the body leaves open. WireError's fields are what the body says; Prefix is the
// whole message.
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
