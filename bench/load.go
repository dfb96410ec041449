package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Load sends the same request over and over on a number of connections, and reads the answers no further than it must: what it
// costs itself is next to nothing, so that what is measured is the server.
type Load struct {
	Addr        string
	Request     []byte // a whole HTTP/1.1 request
	Connections int
}

// Run sends for that long and gives the number of answers. Every answer must be whole, whatever its status.
func (l Load) Run(d time.Duration) (answers int64, err error) {
	var stop atomic.Bool
	var total atomic.Int64
	errs := make(chan error, l.Connections)
	var wg sync.WaitGroup
	for range l.Connections {
		wg.Go(func() {
			n, err := l.one(&stop)
			total.Add(n)
			if err != nil {
				errs <- err
			}
		})
	}
	time.Sleep(d)
	stop.Store(true)
	wg.Wait()
	select {
	case err = <-errs:
	default:
	}
	return total.Load(), err
}

func (l Load) one(stop *atomic.Bool) (n int64, err error) {
	c, err := net.Dial("tcp", l.Addr)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for !stop.Load() {
		if _, err := c.Write(l.Request); err != nil {
			return n, err
		}
		if _, err := Answer(r, io.Discard); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Post is the bytes of a request.
func Post(path, host, body string) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAuthorization: Bearer agentchaos\r\nContent-Length: %d\r\n\r\n%s", path, host, len(body), body)
}

// Answer reads one response, its body into w, and gives its status.
func Answer(r *bufio.Reader, w io.Writer) (status int, err error) {
	length, chunked := 0, false
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		name, value, _ := strings.Cut(string(line), ":")
		switch {
		case first:
			if status, err = strconv.Atoi(string(line[9:12])); err != nil {
				return 0, err
			}
		case len(line) == 0 && chunked:
			return status, chunks(r, w)
		case len(line) == 0:
			_, err := io.CopyN(w, r, int64(length))
			return status, err
		case strings.EqualFold(name, "Content-Length"):
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		case strings.EqualFold(name, "Transfer-Encoding"):
			chunked = true
		}
	}
}

func chunks(r *bufio.Reader, w io.Writer) error {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(line)), 16, 64)
		if err != nil {
			return err
		}
		if _, err := io.CopyN(w, r, n); err != nil {
			return err
		}
		if _, err := r.Discard(2); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}
