package wire

import "unicode/utf8"

// plainest reads the plainest requests, which most are, in a third of the time: messages of a role and a text, and settings that are
// numbers or words, all without escapes. Everything else it leaves to encoding/json: false. What it reads it reads as that does;
// a test holds it to that, byte by byte.
func plainest(f Format, body []byte, p *Prompt) bool {
	if f == Responses {
		return false
	}
	r := plainReader{src: body, format: f, prompt: p}
	return r.object(r.setting) && r.blanks() == len(body) && r.seen[keyMessages]
}

// The members that are known.
const (
	keyMessages = iota
	keyModel
	keyStream
	keyMax     // max_tokens
	keyMaxChat // max_completion_tokens, of Chat
	keyRole
	keyContent
	keys
)

type plainReader struct {
	src    []byte
	at     int
	format Format
	prompt *Prompt
	seen   [keys]bool // once each: of two of a name encoding/json makes something of its own
	turn   Turn
}

// blanks passes over white space, and gives where it has come to.
func (r *plainReader) blanks() int {
	for r.at < len(r.src) {
		switch r.src[r.at] {
		case ' ', '\n', '\t', '\r':
			r.at++
		default:
			return r.at
		}
	}
	return r.at
}

// take passes over a byte, after blanks, if it is that.
func (r *plainReader) take(c byte) bool {
	if r.blanks() < len(r.src) && r.src[r.at] == c {
		r.at++
		return true
	}
	return false
}

// text is a string in which nothing has to be decoded.
func (r *plainReader) text() (string, bool) {
	if !r.take('"') {
		return "", false
	}
	for i := r.at; i < len(r.src); i++ {
		switch c := r.src[i]; {
		case c == '"':
			s := string(r.src[r.at:i])
			r.at = i + 1
			return s, true
		case c < ' ' || c == '\\' || c >= utf8.RuneSelf:
			return "", false
		}
	}
	return "", false
}

// object reads members, each by what is given, and at least one.
func (r *plainReader) object(member func(name string) bool) bool {
	if !r.take('{') {
		return false
	}
	for {
		name, ok := r.text()
		if !ok || !r.take(':') || !member(name) {
			return false
		}
		if r.take('}') {
			return true
		}
		if !r.take(',') {
			return false
		}
	}
}

// once reports whether a member has not been there before.
func (r *plainReader) once(key int) bool {
	was := r.seen[key]
	r.seen[key] = true
	return !was
}

// setting reads a member of the request.
func (r *plainReader) setting(name string) (ok bool) {
	p := r.prompt
	switch name {
	case "messages":
		return r.once(keyMessages) && r.messages()
	case "model":
		p.Model, ok = r.text()
		return ok && r.once(keyModel)
	case "stream":
		p.Stream, ok = r.word("true"), true
		return r.once(keyStream) && (p.Stream || r.word("false"))
	case "max_tokens":
		n, ok := r.whole()
		if p.bounded = r.format == Messages; p.Max == 0 || r.format == Messages {
			p.Max = n
		}
		return ok && r.once(keyMax)
	case "max_completion_tokens":
		n, ok := r.whole()
		if n != 0 {
			p.Max = n
		}
		return ok && r.format == Chat && r.once(keyMaxChat)
	case "temperature", "top_p", "seed", "presence_penalty", "frequency_penalty", "n":
		_, ok := r.whole()
		return ok || r.fraction()
	}
	return false
}

// messages reads a list of them, not an empty one.
func (r *plainReader) messages() bool {
	if !r.take('[') {
		return false
	}
	for {
		r.turn, r.seen[keyRole], r.seen[keyContent] = Turn{}, false, false
		if !r.object(r.part) || !r.seen[keyContent] {
			return false
		}
		if r.turn.Role == "developer" && r.format == Chat {
			r.turn.Role = "system"
		}
		r.prompt.Turns = append(r.prompt.Turns, r.turn)
		if r.take(']') {
			return true
		}
		if !r.take(',') {
			return false
		}
	}
}

// part reads a member of a message.
func (r *plainReader) part(name string) (ok bool) {
	switch name {
	case "role":
		r.turn.Role, ok = r.text()
		return ok && r.once(keyRole)
	case "content":
		r.turn.Text, ok = r.text()
		return ok && r.once(keyContent)
	}
	return false
}

func (r *plainReader) word(w string) bool {
	if at := r.blanks(); len(r.src)-at >= len(w) && string(r.src[at:at+len(w)]) == w {
		r.at += len(w)
		return true
	}
	return false
}

// whole is a number of up to nine digits.
func (r *plainReader) whole() (n int, ok bool) {
	at := r.blanks()
	i := at
	for ; i < len(r.src) && r.src[i] >= '0' && r.src[i] <= '9'; i++ {
		n = 10*n + int(r.src[i]-'0')
		if i-at == 9 {
			return 0, false
		}
	}
	if i == at || r.src[at] == '0' && i > at+1 || i < len(r.src) && (r.src[i] == '.' || r.src[i]|0x20 == 'e') {
		return 0, false
	}
	r.at = i
	return n, true
}

// fraction passes over a number such as 0.7.
func (r *plainReader) fraction() bool {
	at := r.blanks()
	if at+2 >= len(r.src) || r.src[at] < '0' || r.src[at] > '9' || r.src[at+1] != '.' {
		return false
	}
	i := at + 2
	for i < len(r.src) && r.src[i] >= '0' && r.src[i] <= '9' {
		i++
	}
	r.at = i
	return i > at+2 && (i == len(r.src) || r.src[i]|0x20 != 'e')
}
