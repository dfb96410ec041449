package wire

import (
	"github.com/agentchaos/agentchaos"
)

// refusal is an error of the script's kind.
func (x *exchange) refusal(status int) []byte {
	d := x.format.Dialect()
	if target := x.server.dialect(x.Request.Target); status == target.Status(x.Script.End.Kind) {
		status = d.Status(x.Script.End.Kind) // not asked for: the dialect's own, which is that of the format spoken
	}
	body := bodyOf(d, x.Script.End.Kind, status, x)
	x.Status = body.Status
	if proxied(x.Script.End.Kind, status) {
		x.buf = append(x.buf, page(body.Status, x.answer.id[:16])...)
		return x.buf
	}
	x.buf = appendError(x.buf, d, body)
	return x.buf
}

// proxied reports whether an error does not come from the vendor: 502 and 504, of what is just broken, are the front-end proxy's,
// in HTML.
func proxied(k agentchaos.Kind, status int) bool {
	return k == agentchaos.Unavailable && (status == 502 || status == 504)
}

// nonsense is a 200 that is no answer at all.
func (x *exchange) nonsense(v agentchaos.Variant) []byte {
	switch v {
	case agentchaos.Empty:
		return []byte{}
	case agentchaos.HTML:
		x.buf = append(x.buf, page(200, x.answer.id[:16])...)
	case agentchaos.ErrorBody:
		body := bodyOf(x.format.Dialect(), agentchaos.Unavailable, 0, x)
		x.buf = appendError(x.buf, x.format.Dialect(), body)
	case agentchaos.InvalidJSON:
		x.garble(func(b []byte) []byte { return append(b, `{"id": `+x.answer.id+`, "object": undefined}`...) })
	default: // TruncatedJSON
		x.garble(func(b []byte) []byte { return append(b, `{"id":"`+x.answer.id+`","model":"`...) })
	}
	return x.buf
}

// garble writes what is no JSON where JSON belongs: the body, or the first event of a stream.
func (x *exchange) garble(write func([]byte) []byte) {
	if !x.Prompt.Stream {
		x.buf = write(x.buf)
		return
	}
	if x.format != Chat {
		x.buf = append(x.buf, "event: "+map[Format]string{Messages: "message_start", Responses: "response.created"}[x.format]+"\n"...)
	}
	x.buf = append(write(append(x.buf, "data: "...)), "\n\n"...)
}
