package report

import "bytes"

// flatten puts arrays of plain numbers back onto one line: a histogram of a hundred buckets is not worth four hundred lines.
// b is indented JSON.
func flatten(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			end := stringEnd(b, i)
			out = append(out, b[i:end]...)
			i = end - 1
		case '[':
			if end := numbersEnd(b, i); end > 0 {
				out = append(out, join(b[i:end])...)
				i = end - 1
				continue
			}
			out = append(out, '[')
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// stringEnd is the place after the string that begins at i.
func stringEnd(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// numbersEnd is the place after the array at i if there is nothing in it but numbers and arrays of them, else 0.
func numbersEnd(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c == '[':
			depth++
		case c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case c >= '0' && c <= '9', bytes.IndexByte([]byte("-+.eE, \n"), c) >= 0:
		default:
			return 0
		}
	}
	return 0
}

// join removes line breaks and indentation, but for a blank after each comma.
func join(b []byte) []byte {
	var out []byte
	for _, c := range b {
		switch c {
		case ' ', '\n':
		case ',':
			out = append(out, ',', ' ')
		default:
			out = append(out, c)
		}
	}
	return out
}
