package wire

import (
	"strconv"
	"unicode/utf8"

	"github.com/agentchaos/agentchaos"
)

// answer is a reply cut into tokens. It is what a voice puts into words of its format.
type answer struct {
	id      string // of the answer, without the vendor's prefix
	model   string // as the client wrote it
	created int64  // calendar seconds
	input   int    // tokens read
	usage   bool   // Chat: the stream ends with the token counts

	blocks []block
	total  int // tokens of the whole reply
	sent   int // tokens that come before it ends
	finish agentchaos.Kind

	seq int // events so far, of Responses
}

// block is a text or a call of a tool.
type block struct {
	text  string // of a call: its arguments
	call  bool
	id    string // of a call
	name  string // of a call
	begin int    // its first token
	end   int    // the first that is no more its
}

// fill cuts a reply into total tokens.
func (a *answer) fill(r *Reply) {
	if r.Text != "" || len(r.Calls) == 0 {
		a.blocks = append(a.blocks, block{text: r.Text})
	}
	for i, c := range r.Calls {
		b := block{text: c.Arguments, call: true, id: c.ID, name: c.Name}
		if b.id == "" {
			b.id = a.id + string(rune('a'+i%26))
			if i >= 26 {
				b.id += strconv.Itoa(i / 26)
			}
		}
		a.blocks = append(a.blocks, b)
	}
	weight, sum := 0, 0
	for i := range a.blocks {
		sum += a.blocks[i].weight()
	}
	a.total = sum
	if r.Sized && r.Tokens <= 0 {
		a.total = 0
		return
	}
	if r.Sized {
		a.total = max(len(a.blocks), r.Tokens) // everything takes a token to say
	}
	spare := a.total - len(a.blocks)
	for i := range a.blocks {
		b := &a.blocks[i]
		b.begin = i + int(int64(spare)*int64(weight)/int64(sum))
		weight += b.weight()
		b.end = i + 1 + int(int64(spare)*int64(weight)/int64(sum))
	}
}

func (b *block) weight() int { return max(1, tokensIn(len(b.text))) }

// upTo is the block's text as far as its first n tokens reach. Tokens are of equal length, but for whole runes; of a text
// that has fewer bytes than tokens the last ones are empty.
func (b *block) upTo(n int) string {
	all := b.end - b.begin
	if n >= all {
		return b.text
	}
	at := n
	if all < len(b.text) {
		at = int(int64(len(b.text)) * int64(n) / int64(all))
	}
	at = min(at, len(b.text))
	for at < len(b.text) && !utf8.RuneStart(b.text[at]) {
		at++
	}
	return b.text[:at]
}

// token is what the answer's token i says, and where: in which block, and whether that begins with it.
func (a *answer) token(i int) (k int, text string, first bool) {
	for k = range a.blocks {
		if b := &a.blocks[k]; i < b.end {
			before := b.upTo(i - b.begin)
			return k, b.upTo(i - b.begin + 1)[len(before):], i == b.begin
		}
	}
	return len(a.blocks) - 1, "", false
}

// said is the block's text as far as it was sent.
func (a *answer) said(k int) string {
	b := &a.blocks[k]
	return b.upTo(max(0, min(a.sent, b.end)-b.begin))
}

// begun is how many blocks there are of which something was sent; the first always is. An answer without tokens has them
// all, whole.
func (a *answer) begun() int {
	n := 1
	for n < len(a.blocks) && (a.total == 0 || a.blocks[n].begin < a.sent) {
		n++
	}
	return n
}

// rest are the blocks that a stream has not opened when it ends.
func (a *answer) rest() (from, to int) {
	if a.sent > 0 {
		return 0, 0
	}
	return 0, a.begun()
}

// calls reports whether a call of a tool was sent.
func (a *answer) calls() bool { return a.blocks[a.begun()-1].call }

// voice is how a format says an answer. Its methods append to b.
type voice interface {
	// whole is the body of a plain answer.
	whole(b []byte, a *answer) []byte
	// begin is what comes in a stream before the first token.
	begin(b []byte, a *answer) []byte
	// token is the event of token a.sent, from 0, with what opens and closes blocks before it.
	token(b []byte, a *answer) []byte
	// end is what comes after the last token: the terminal event is the last of it.
	end(b []byte, a *answer) []byte
	// failure is an error event.
	failure(b []byte, a *answer, body errorBody) []byte
}

var voices = [...]voice{Chat: chatVoice{}, Responses: responsesVoice{}, Messages: messagesVoice{}}
