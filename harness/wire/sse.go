package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// errLineTooLong is an event that is larger than any that makes sense.
var errLineTooLong = errors.New("wire: an event of a stream is too long")

// mostEvent is the largest event that is read, in bytes.
const mostEvent = 16 << 20

// events reads server-sent events as the standard has them: lines end with CR LF, LF or CR, comments and unknown fields are
// passed over, an event ends with a blank line, and one that does not is none. html.spec.whatwg.org, §9.2, November 2026.
type events struct {
	r       *bufio.Reader
	started bool
	cr      bool // the line before ended with CR: a LF that follows belongs to it
	name    string
	data    []byte
	some    bool // there is data, empty perhaps
	line    []byte
}

func newEvents(r io.Reader) *events { return &events{r: bufio.NewReader(r)} }

// next is the next event that has data. The data may be used until next is called again. io.EOF: there is none.
func (e *events) next() (name string, data []byte, err error) {
	e.name, e.data, e.some = "", e.data[:0], false
	for {
		line, err := e.readLine()
		if err != nil {
			return "", nil, err
		}
		if len(line) == 0 {
			if e.some {
				return e.name, e.data, nil
			}
			e.name = ""
			continue
		}
		if err := e.field(line); err != nil {
			return "", nil, err
		}
	}
}

func (e *events) field(line []byte) error {
	name, value, _ := bytes.Cut(line, []byte{':'})
	value = bytes.TrimPrefix(value, []byte{' '})
	switch string(name) {
	case "event":
		e.name = string(value)
	case "data":
		if e.some {
			e.data = append(e.data, '\n')
		}
		e.some = true
		if e.data = append(e.data, value...); len(e.data) > mostEvent {
			return fmt.Errorf("%w: more than %d bytes", errLineTooLong, mostEvent)
		}
	}
	return nil
}

// readLine is a line that has ended, to be used until the next is read. It never waits for what follows a line end.
func (e *events) readLine() ([]byte, error) {
	e.line = e.line[:0]
	for {
		if _, err := e.r.Peek(1); err != nil {
			return nil, err
		}
		part, _ := e.r.Peek(e.r.Buffered())
		if e.cr {
			if e.cr = false; part[0] == '\n' {
				_, _ = e.r.Discard(1)
				continue
			}
		}
		end := lineEnd(part)
		if end < 0 {
			e.line = append(e.line, part...)
			_, _ = e.r.Discard(len(part))
			if len(e.line) > mostEvent {
				return nil, fmt.Errorf("%w: a line of more than %d bytes", errLineTooLong, mostEvent)
			}
			continue
		}
		e.line = append(e.line, part[:end]...)
		e.cr = part[end] == '\r'
		_, _ = e.r.Discard(end + 1)
		if !e.started {
			e.started = true
			e.line = bytes.TrimPrefix(e.line, []byte("\xef\xbb\xbf"))
		}
		return e.line, nil
	}
}

// lineEnd is where the first line of b ends: at a LF, or a CR before it; −1: it does not.
func lineEnd(b []byte) int {
	lf := bytes.IndexByte(b, '\n')
	if lf >= 0 {
		b = b[:lf]
	}
	if cr := bytes.IndexByte(b, '\r'); cr >= 0 {
		return cr
	}
	return lf
}
