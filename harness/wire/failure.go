package wire

import (
	"fmt"
	"strconv"

	"github.com/agentchaos/agentchaos"
)

// errorBody is what a vendor's error says.
type errorBody struct {
	agentchaos.WireError
	message string
	request string // its id, which Anthropic repeats in the body
}

// bodyOf is the error of a kind in a dialect. A kind that has none there says what an unavailable provider does.
func bodyOf(d agentchaos.Dialect, k agentchaos.Kind, status int, x *exchange) errorBody {
	w, ok := d.Wire(k)
	if !ok {
		w, _ = d.Wire(agentchaos.Unavailable)
	}
	if status != 0 {
		w.Status = status
	}
	return errorBody{w, message(d, k, w, x), x.requestID()}
}

// message is what the vendor writes, or like it. WIRE: the recorded bodies and the error guides named at the table of kinds.
func message(d agentchaos.Dialect, k agentchaos.Kind, w agentchaos.WireError, x *exchange) string {
	model := x.Prompt.Model
	if d == agentchaos.Anthropic {
		switch k {
		case agentchaos.RateLimit:
			return "This request would exceed your organization's rate limit. Please reduce the prompt length or the maximum tokens requested, or try again later."
		case agentchaos.Quota:
			return "You have reached the spend limit of your usage tier. It resets on the first of next month at 00:00 UTC."
		case agentchaos.Overloaded:
			return "Overloaded"
		case agentchaos.Timeout:
			return "Request timed out. Consider streaming for long requests."
		case agentchaos.ContextLength:
			return w.Prefix + fmt.Sprintf("%d tokens > %d maximum", max(x.Request.Input, 200_001), 200_000)
		case agentchaos.ContentFilter:
			return w.Prefix
		case agentchaos.Auth:
			return "invalid x-api-key"
		case agentchaos.NotFound:
			return "model: " + model
		case agentchaos.InvalidRequest:
			return "messages: the request is not valid"
		case agentchaos.Conflict:
			return "The resource was modified concurrently."
		}
		return "Internal server error"
	}
	switch k {
	case agentchaos.RateLimit:
		return "Rate limit reached for " + model + " on requests per min (RPM)." + tryAgain(x) + " Visit https://platform.openai.com/account/rate-limits to learn more."
	case agentchaos.Quota:
		return "You exceeded your current quota, please check your plan and billing details."
	case agentchaos.Overloaded:
		return "The server is currently overloaded. Please try again later."
	case agentchaos.Timeout:
		return "The request timed out."
	case agentchaos.ContextLength:
		return fmt.Sprintf("This model's maximum context length is %d tokens. However, your messages resulted in %d tokens. Please reduce the length of the messages.", 128_000, max(x.Request.Input, 128_001))
	case agentchaos.ContentFilter:
		return "Your request was rejected as a result of our safety system."
	case agentchaos.Auth:
		return "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys."
	case agentchaos.NotFound:
		return "The model `" + model + "` does not exist or you do not have access to it."
	case agentchaos.InvalidRequest:
		return "The request is not valid."
	case agentchaos.Conflict:
		return "Another request is modifying the same resource."
	}
	return "The server had an error while processing your request. Sorry about that!"
}

func tryAgain(x *exchange) string {
	if r := x.Script.End.RetryAfter; r.Hint == agentchaos.HintSeconds || r.Hint == agentchaos.HintMillis {
		return " Please try again in " + strconv.FormatFloat(float64(r.Millis)/1000, 'f', -1, 64) + "s."
	}
	return ""
}

// appendError is an error as the dialect writes it.
func appendError(b []byte, d agentchaos.Dialect, e errorBody) []byte {
	if d == agentchaos.Anthropic {
		b = append(b, `{"type":"error","error":{"details":`...)
		if e.Code == "" {
			b = append(b, "null"...)
		} else {
			b = append(appendString(append(b, `{"error_code":`...), e.Code), '}')
		}
		b = appendString(append(b, `,"type":`...), e.Type)
		b = appendString(append(b, `,"message":`...), e.message)
		b = appendString(append(b, `},"request_id":`...), e.request)
		return append(b, '}')
	}
	b = appendString(append(b, `{"error":{"message":`...), e.message)
	b = appendString(append(b, `,"type":`...), e.Type)
	b = append(b, `,"param":`...)
	if e.Code == "context_length_exceeded" {
		b = append(b, `"messages"`...)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"code":`...)
	if e.Code == "" {
		b = append(b, "null"...)
	} else {
		b = appendString(b, e.Code)
	}
	return append(b, "}}"...)
}

// page is what a front-end proxy says when it cannot reach what is behind it, whatever was asked.
func page(status int, ray string) string {
	what := map[int]string{502: "502 Bad Gateway", 503: "503 Service Temporarily Unavailable", 504: "504 Gateway Time-out"}[status]
	if what == "" {
		what = "Just a moment..."
	}
	return "<!DOCTYPE html>\n<html>\n<head><title>" + what + "</title></head>\n<body>\n<center><h1>" + what +
		"</h1></center>\n<hr><center>cloudflare</center>\n<!-- ray " + ray + " -->\n</body>\n</html>\n"
}
