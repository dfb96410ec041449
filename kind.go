package agentchaos

import (
	"fmt"
	"strings"
)

// A Kind is a kind of failure. There is one list, for faults, policies, reports and the wire. A Kind is also an error to
// match on: errors.Is(err, agentchaos.RateLimit).
type Kind uint8

// The kinds of failure.
const (
	None            Kind = iota // no failure
	RateLimit                   // 429: too many requests or tokens; passes by itself
	Quota                       // 429 or 402: the money is spent; does not pass
	Overloaded                  // 529, 503: no capacity for anybody
	Unavailable                 // 500, 502, 504, refused: broken
	Timeout                     // no answer, no first token or no next token in time
	Reset                       // the connection was refused or reset
	Truncated                   // a stream that ended without its terminal event
	Malformed                   // an answer that does not parse or does not fit its schema; see Variant
	ToolError                   // the tool failed before doing anything
	ContentFilter               // refused for its content
	ContextLength               // the prompt is too long for the model
	Length                      // cut by max_tokens, and says so
	Auth                        // 401, 403
	NotFound                    // 404: the model or tool is gone
	InvalidRequest              // 400: wrong for everybody
	Conflict                    // 409: somebody else is at it
	BreakerOpen                 // refused by our own circuit breaker
	BulkheadFull                // refused by our own bulkhead
	BudgetExhausted             // refused by our own retry budget
	Cancelled                   // the caller gave up or ran out of time
	Crash                       // the agent's process died
	StoreFull                   // the agent's own store has no room
	StoreLocked                 // the agent's own store is held by somebody else; passes by itself
	StoreReadOnly               // the agent's own store cannot be written
	StoreCorrupt                // what the agent's own store holds is torn or damaged
	kinds
)

// Kinds is the number of kinds, None included: the size of an array indexed by Kind.
const Kinds = int(kinds)

var kindNames = [Kinds]string{
	"none", "rate_limit", "quota", "overloaded", "unavailable", "timeout", "reset", "truncated", "malformed", "tool_error",
	"content_filter", "context_length", "length", "auth", "not_found", "invalid_request", "conflict",
	"breaker_open", "bulkhead_full", "budget_exhausted", "cancelled", "crash",
	"store_full", "store_locked", "store_read_only", "store_corrupt",
}

// String is the kind as written in scenario files and reports.
func (k Kind) String() string {
	if int(k) < Kinds {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Error makes a Kind an error that [Error.Is] matches.
func (k Kind) Error() string { return k.String() }

// ParseKind reads a kind as String writes it. The error lists all kinds.
func ParseKind(s string) (Kind, error) {
	for k := RateLimit; k < kinds; k++ {
		if kindNames[k] == s {
			return k, nil
		}
	}
	return None, fmt.Errorf("unknown kind %q; the kinds are %s", s, strings.Join(kindNames[1:], ", "))
}

// Variant says how an answer is malformed.
type Variant uint8

// The variants of Malformed. The first five are the provider's fault and count against its breaker; the others are the
// model's.
const (
	NoVariant     Variant = iota
	HTML                  // a front-end proxy's page instead of JSON
	Empty                 // nothing at all
	TruncatedJSON         // JSON that stops in the middle
	InvalidJSON           // not JSON
	ErrorBody             // an error object under status 200, which most SDKs pass on as an answer
	WrongSchema           // JSON of another shape
	WrongType             // a field of another type
	MissingField          // a required field is not there
	UnknownTool           // a tool that does not exist
	BadArguments          // a tool's arguments do not parse or do not fit
	FencedJSON            // JSON in a Markdown fence, with prose around it
	variants
)

// Variants is the number of variants, NoVariant included.
const Variants = int(variants)

var variantNames = [Variants]string{
	"", "html", "empty", "truncated_json", "invalid_json", "error_body", "wrong_schema", "wrong_type", "missing_field",
	"unknown_tool", "bad_arguments", "fenced_json",
}

// String is the variant as written in scenario files; "" for NoVariant.
func (v Variant) String() string { return variantNames[v] }

// Protocol reports whether the provider, not the model, is to blame: the answer is not even of its format, or is an error.
func (v Variant) Protocol() bool { return v >= HTML && v <= ErrorBody }

// ParseVariant reads a variant as String writes it. The error lists all variants.
func ParseVariant(s string) (Variant, error) {
	for v := HTML; v < variants; v++ {
		if variantNames[v] == s {
			return v, nil
		}
	}
	return NoVariant, fmt.Errorf("unknown variant %q; the variants are %s", s, strings.Join(variantNames[1:], ", "))
}
