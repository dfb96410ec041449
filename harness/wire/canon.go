package wire

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strconv"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

// digest is a hash of a JSON text by what it says: neither the order of an object's members nor blanks nor the way a character
// is escaped matter. Left out are the members of the outermost object that say how an answer is sent, not what is asked. It is
// the same in every process, since luck is drawn by it; it protects from accidents, not from an enemy.
//
// It never decodes: it scans. What is no JSON has a digest too, as the bytes that it is.
func digest(body []byte) uint64 {
	s := scanners.Get().(*scanner)
	s.src, s.at = body, 0
	h, ok := s.value(0)
	if s.blanks(); !ok || s.at < len(body) {
		h = sumOf('?', body)
	}
	if s.src = nil; cap(s.scratch) <= 64<<10 {
		scanners.Put(s)
	}
	return h
}

var scanners = sync.Pool{New: func() any { return &scanner{} }}

// manner are the members that say how an answer is sent: whoever asks again without a stream asks the same.
func manner(name []byte) bool {
	return string(name) == "stream" || string(name) == "stream_options"
}

// deepest is as deep as encoding/json goes.
const deepest = 10_000

type scanner struct {
	src     []byte
	at      int
	scratch []byte // a string without its escapes
}

func (s *scanner) blanks() {
	for s.at < len(s.src) {
		switch s.src[s.at] {
		case ' ', '\n', '\t', '\r':
			s.at++
		default:
			return
		}
	}
}

// next is the byte that comes next, after blanks; 0: none.
func (s *scanner) next() byte {
	if s.blanks(); s.at < len(s.src) {
		return s.src[s.at]
	}
	return 0
}

func (s *scanner) value(depth int) (h uint64, ok bool) {
	switch c := s.next(); {
	case c == 0 || depth > deepest:
		return 0, false
	case c == '{':
		return s.object(depth)
	case c == '[':
		return s.array(depth)
	case c == '"':
		text, ok := s.text()
		return sumOf('"', text), ok
	}
	from := s.at
	for s.at < len(s.src) && !ends[s.src[s.at]] {
		s.at++
	}
	return sumOf('#', s.src[from:s.at]), s.at > from
}

// ends are the bytes that a number or a word does not contain.
var ends = [256]bool{' ': true, '\n': true, '\t': true, '\r': true, ',': true, ']': true, '}': true, '{': true, '[': true, '"': true, ':': true}

// object adds its members up, so that their order is all the same.
func (s *scanner) object(depth int) (h uint64, ok bool) {
	s.at++
	if s.next() == '}' {
		s.at++
		return mix('{', 0), true
	}
	for {
		if s.next() != '"' {
			return 0, false
		}
		name, ok := s.text()
		if !ok || s.next() != ':' {
			return 0, false
		}
		left := depth == 0 && manner(name)
		key := sumOf(':', name)
		s.at++
		v, ok := s.value(depth + 1)
		if !ok {
			return 0, false
		}
		if !left {
			h += mix(key, v)
		}
		switch c := s.next(); {
		case c == '}':
			s.at++
			return mix('{', h), true
		case c != ',':
			return 0, false
		}
		s.at++
	}
}

func (s *scanner) array(depth int) (h uint64, ok bool) {
	s.at++
	if s.next() == ']' {
		s.at++
		return mix('[', 0), true
	}
	for {
		v, ok := s.value(depth + 1)
		if !ok {
			return 0, false
		}
		h = mix(h+'[', v)
		switch c := s.next(); {
		case c == ']':
			s.at++
			return mix('[', h), true
		case c != ',':
			return 0, false
		}
		s.at++
	}
}

// text is the string that begins here. It may be used until the next one is asked for.
func (s *scanner) text() (text []byte, ok bool) {
	s.at++
	rest := s.src[s.at:]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return nil, false
	}
	if esc := bytes.IndexByte(rest[:end], '\\'); esc >= 0 {
		return s.escaped()
	}
	s.at += end + 1
	return rest[:end], true
}

// escaped is a string with escapes, without them. The quote that may end it is looked for once, not from every escape on.
func (s *scanner) escaped() (text []byte, ok bool) {
	s.scratch = s.scratch[:0]
	for quote := -1; ; {
		if quote < s.at {
			n := bytes.IndexByte(s.src[s.at:], '"')
			if n < 0 {
				return nil, false
			}
			quote = s.at + n
		}
		n := bytes.IndexByte(s.src[s.at:quote], '\\')
		if n < 0 {
			s.scratch = append(s.scratch, s.src[s.at:quote]...)
			s.at = quote + 1
			return s.scratch, true
		}
		s.scratch = append(s.scratch, s.src[s.at:s.at+n]...)
		s.at += n + 1
		if !s.escape() { // there is a byte: the quote, at least
			return nil, false
		}
	}
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what follows a backslash. Half a surrogate pair is what encoding/json makes of it.
func (s *scanner) escape() bool {
	c := s.src[s.at]
	s.at++
	if c != 'u' {
		s.scratch = append(s.scratch, escapes[c])
		return escapes[c] != 0
	}
	r, ok := s.unit()
	if !ok {
		return false
	}
	if utf16.IsSurrogate(r) {
		pair := rune(utf8.RuneError)
		if bytes.HasPrefix(s.src[s.at:], []byte(`\u`)) {
			back := s.at
			s.at += 2
			second, ok := s.unit()
			if pair = utf16.DecodeRune(r, second); !ok || pair == utf8.RuneError {
				s.at = back
			}
		}
		r = pair
	}
	s.scratch = utf8.AppendRune(s.scratch, r)
	return true
}

// unit is four hexadecimal digits.
func (s *scanner) unit() (rune, bool) {
	if len(s.src)-s.at < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.src[s.at:s.at+4]), 16, 16)
	s.at += 4
	return rune(n), err == nil
}

// mix folds two words into one, as wyhash does.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0xa0761d6478bd642f, b^0xe7037ed1a0b428db)
	return hi ^ lo
}

// sumOf is a hash of bytes, eight at a time.
func sumOf(tag byte, b []byte) uint64 {
	h := mix(uint64(tag), uint64(len(b)))
	for ; len(b) >= 8; b = b[8:] {
		h = mix(h, binary.LittleEndian.Uint64(b))
	}
	var last [8]byte
	copy(last[:], b)
	return mix(h, binary.LittleEndian.Uint64(last[:]))
}
