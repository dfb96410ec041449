package wire

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// appendString appends s as a JSON string. Nearly all of them need no escapes.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return appendEscaped(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendEscaped(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

const hex = "0123456789abcdef"

func appendInt(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }

// appendObject appends the arguments of a tool as the object that they are; what is none is appended as a string.
func appendObject(b []byte, arguments string) []byte {
	if len(arguments) > 0 && arguments[0] == '{' && json.Valid([]byte(arguments)) {
		return append(b, arguments...)
	}
	if arguments == "" {
		return append(b, "{}"...)
	}
	return appendString(b, arguments)
}
