package scenarios

import (
	"fmt"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
)

// What the settings of a fault become, kind by kind.

func makeRateLimit(t *settings) faults.Fault {
	return faults.RateLimit{RequestsPerMinute: t.requests, TokensPerMinute: t.tokens, Burst: t.burst, RetryAfter: t.retryAfter}
}

func makeRefusal(t *settings) faults.Fault {
	k, _ := agentchaos.ParseKind(t.kind)
	return faults.Refusal{Of: k, Status: t.status, Delay: t.delay, RetryAfter: t.retryAfter}
}

func makeTimeout(t *settings) faults.Fault   { return faults.Timeout{Hang: t.hang} }
func makeSlow(t *settings) faults.Fault      { return faults.Slow{Factor: t.factor} }
func makeStall(t *settings) faults.Fault     { return faults.Stall{At: t.at, Hang: t.hang} }
func makeTruncated(t *settings) faults.Fault { return faults.Truncated{At: t.at, Reset: t.reset} }
func makeStreamError(t *settings) faults.Fault {
	return faults.StreamError{At: t.at, Error: t.err}
}
func makeReset(t *settings) faults.Fault     { return faults.Reset{Delay: t.delay} }
func makeMalformed(t *settings) faults.Fault { return faults.Malformed{Variant: t.variant} }
func makeLength(t *settings) faults.Fault    { return faults.Length{At: t.at} }
func makeToolError(t *settings) faults.Fault { return faults.ToolError{Delay: t.delay} }

// deed is what a fault does, in a few words.
func deed(f faults.Fault, w faults.When) string {
	requests, streams := subject(w, "requests"), subject(w, "streams")
	switch f := f.(type) {
	case faults.RateLimit:
		switch {
		case f.RequestsPerMinute > 0 && f.TokensPerMinute > 0:
			return fmt.Sprintf("%d requests and %d tokens/min", f.RequestsPerMinute, f.TokensPerMinute)
		case f.RequestsPerMinute > 0:
			return fmt.Sprintf("%d requests/min", f.RequestsPerMinute)
		case f.TokensPerMinute > 0:
			return fmt.Sprintf("%d tokens/min", f.TokensPerMinute)
		}
		return requests + " refused as rate_limit"
	case faults.Refusal:
		return requests + " fail as " + f.Kind()
	case faults.Timeout:
		return requests + " never answered"
	case faults.Slow:
		if f.Factor == 0 {
			f.Factor = 5
		}
		return fmt.Sprintf("%s %v times slower", requests, f.Factor)
	case faults.Stall:
		return streams + " stop at " + cut(f.At) + " of the text"
	case faults.Truncated:
		if f.Reset {
			return streams + " reset at " + cut(f.At) + " of the text"
		}
		return streams + " end at " + cut(f.At) + " of the text"
	case faults.StreamError:
		k := f.Error
		if k == agentchaos.None {
			k = agentchaos.Overloaded
		}
		return fmt.Sprintf("%s break off as %v at %s of the text", streams, k, cut(f.At))
	case faults.Reset:
		return subject(w, "connections") + " reset"
	case faults.Malformed:
		if f.Variant == agentchaos.NoVariant {
			f.Variant = agentchaos.InvalidJSON
		}
		return subject(w, "answers") + " malformed (" + f.Variant.String() + ")"
	case faults.Length:
		return subject(w, "answers") + " cut by max_tokens at " + cut(f.At) + " of the text"
	case faults.ToolError:
		return subject(w, "calls") + " fail"
	}
	return f.Kind()
}

func cut(at *float64) string {
	if at == nil {
		return "half"
	}
	return shareText(*at)
}
