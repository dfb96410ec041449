package wire

import (
	"bytes"
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/agentchaos/agentchaos"
)

// tail is how what is sent ends.
type tail uint8

const (
	more   tail = iota // it goes on
	whole              // well
	closed             // the connection is closed in the middle
	reset              // the connection is reset
)

// exchange is one request being answered: the script, put into bytes piece by piece. Both ways of sending it, Handler and
// RoundTripper, ask it what comes next, and when.
type exchange struct {
	Exchange
	server *Server
	format Format
	reply  Reply
	answer answer
	length int    // of a plain body that is announced in full and sent in part; −1: as long as it is
	buf    []byte // of the piece before, used again
	ahead  piece
	looked bool // ahead is the piece that comes next
	waited bool
	done   bool // Ended has been told
}

// piece is a part of what is sent: when, since the request came, and whether anything follows. Without bytes it is the end alone.
type piece struct {
	at    time.Duration
	piece []byte
	tail  tail
}

// peek is what comes next. Its bytes may be used until the next but one is asked for.
func (x *exchange) peek() *piece {
	if !x.looked {
		x.ahead.at, x.ahead.piece, x.ahead.tail = x.next()
		x.looked = true
	}
	return &x.ahead
}

// take is peek, and goes on.
func (x *exchange) take() piece {
	p := *x.peek()
	x.looked = false
	return p
}

// wait lets the time pass until what comes next does. When the client goes first it has left: the error is its context's.
func (x *exchange) wait(ctx context.Context) error {
	clock := x.server.Clock
	d := x.Begin + x.peek().at - clock.Now()
	if d <= 0 && x.waited { // at this very instant: others have had their turn
		return nil
	}
	x.waited = true
	err := clock.Sleep(ctx, d)
	if err != nil {
		x.over(true)
	}
	return err
}

// admit asks the provider about a request that has come now.
func (s *Server) admit(x *exchange) {
	p := x.Prompt
	r := &x.Request
	r.Target = s.target(p)
	x.reply = s.author().Answer(r.Target, p)
	x.answer.id, x.answer.model, x.answer.input, x.answer.usage = name(r.ID, r.Target, 24), p.Model, p.Input, p.Usage
	x.answer.fill(&x.reply)
	r.Use, r.Input, r.Output, r.Stream = agentchaos.UseModel, p.Input, x.answer.total, p.Stream
	if p.Max > 0 {
		r.Output = min(r.Output, p.Max)
	}
	x.Begin = s.Clock.Now()
	x.Script = s.Open(x.Begin, r)
	x.answer.created = s.calendar(x.Begin).Unix()
	x.settle()
	if s.Began != nil {
		s.Began(&x.Exchange)
	}
}

// settle fits the answer to the script: a garbled one says something else, in as many tokens.
func (x *exchange) settle() {
	e := &x.Script.End
	if e.Form == agentchaos.Garbled && !e.Variant.Protocol() {
		x.reply = x.server.author().Garble(x.Request.Target, x.Prompt, e.Variant)
		x.reply.Tokens, x.reply.Sized = x.Script.N, true
		x.answer.blocks = x.answer.blocks[:0]
		x.answer.fill(&x.reply)
	}
	x.answer.finish = x.reply.Finish
	if e.Form == agentchaos.Short || x.answer.total > x.Script.N {
		x.answer.finish = agentchaos.Length
	}
	x.Status, x.length = 200, -1
}

// over says that the request is over.
func (x *exchange) over(left bool) {
	if x.done {
		return
	}
	x.done = true
	now := x.server.Clock.Now()
	if left && x.Script.Leave != nil {
		x.Script.Leave(now)
	}
	x.After, x.Left = now-x.Begin, left
	if x.server.Ended != nil {
		x.server.Ended(&x.Exchange)
	}
}

// next makes the piece that comes next.
func (x *exchange) next() (at time.Duration, piece []byte, t tail) {
	x.buf = x.buf[:0]
	s := &x.Script
	switch e := &s.End; {
	case e.Form == agentchaos.Refuse && e.Kind == agentchaos.Reset:
		x.Status = 0
		return s.Wait + e.Delay, nil, reset
	case e.Form == agentchaos.Refuse:
		return s.Wait + e.Delay, x.refusal(e.Status), whole
	case e.Form == agentchaos.Silence:
		x.Status = 0
		return s.Wait + e.Hang, nil, closed
	case e.Form == agentchaos.Garbled && e.Variant.Protocol():
		return s.Over(), x.nonsense(e.Variant), whole
	case !x.Prompt.Stream:
		return x.plain()
	case x.answer.sent < s.Sent:
		at = s.Tick(x.answer.sent)
		piece = x.token()
		x.answer.sent++
		return at, piece, more
	}
	return x.ending()
}

// usualBody is what a plain answer of a few sentences takes.
const usualBody = 1 << 10

func (x *exchange) voice() voice { return voices[x.format] }

// token is the next token's event, with what opens the stream if it is the first.
func (x *exchange) token() []byte {
	x.open()
	x.buf = x.voice().token(x.buf, &x.answer)
	return x.buf
}

func (x *exchange) open() {
	if x.answer.sent == 0 {
		x.buf = x.voice().begin(x.buf, &x.answer)
	}
}

// ending is what comes after the last token of a stream.
func (x *exchange) ending() (at time.Duration, piece []byte, t tail) {
	s := &x.Script
	e := &s.End
	switch e.Form {
	case agentchaos.CutEOF: // between two events: openai-node notices half an event at the end of a stream, what is missing it does not
		x.open()
		return s.Over(), x.buf, whole
	case agentchaos.CutFIN:
		return s.Over(), x.stump(), closed
	case agentchaos.CutRST:
		if s.Sent == 0 {
			x.Status = 0
			return s.Over(), nil, reset
		}
		return s.Over(), x.stump(), reset
	case agentchaos.Stall:
		if s.Sent == 0 {
			x.Status = 0
		}
		return s.Over() + e.Hang, nil, closed
	case agentchaos.Event:
		x.open()
		x.buf = x.voice().failure(x.buf, &x.answer, bodyOf(x.format.Dialect(), e.Kind, 0, x))
		return s.Over(), x.buf, whole
	}
	x.open()
	x.buf = x.voice().end(x.buf, &x.answer)
	return s.Over(), x.buf, whole
}

// stump is the first half of the event that would have come next.
func (x *exchange) stump() []byte {
	x.open()
	from, says := len(x.buf), ""
	if x.answer.sent < x.answer.total {
		_, says, _ = x.answer.token(x.answer.sent)
		x.buf = x.voice().token(x.buf, &x.answer)
		if i := bytes.LastIndex(x.buf[from:len(x.buf)-1], []byte("\n\n")); i >= 0 {
			from += i + 2
		}
	} else {
		x.buf = x.voice().end(x.buf, &x.answer)
		x.buf = x.buf[:from+bytes.Index(x.buf[from:], []byte("\n\n"))]
	}
	return x.buf[:halfway(x.buf, from, says)]
}

// halfway is where to cut b from there on: in the first rune of several bytes, else in the middle of the text that it says,
// the arguments of a tool for one, else in the middle.
func halfway(b []byte, from int, says string) int {
	for i := from; i < len(b)-1; i++ {
		if b[i] >= utf8.RuneSelf {
			return i + 1
		}
	}
	quoted := appendString(nil, says)
	for _, text := range [...][]byte{quoted[1 : len(quoted)-1], []byte(says)} {
		if i := bytes.LastIndex(b[from:], text); i >= 0 && len(text) > 0 {
			return from + i + (len(text)+1)/2
		}
	}
	return from + (len(b)-from)/2
}

// plain is an answer that comes all at once.
func (x *exchange) plain() (at time.Duration, piece []byte, t tail) {
	s := &x.Script
	e := &s.End
	switch e.Form {
	case agentchaos.Event:
		return s.Over(), x.refusal(e.Status), whole
	case agentchaos.CutRST:
		x.Status = 0
		return s.Over(), nil, reset
	case agentchaos.Stall:
		x.Status = 0
		return s.Over() + e.Hang, nil, closed
	}
	x.answer.sent = s.Sent
	x.buf = x.voice().whole(slices.Grow(x.buf, usualBody), &x.answer)
	if e.Form == agentchaos.CutEOF || e.Form == agentchaos.CutFIN {
		x.length = len(x.buf)
		return s.Over(), x.buf[:halfway(x.buf, 0, x.answer.said(x.answer.begun()-1))], closed
	}
	return s.Over(), x.buf, whole
}
