package sqlite

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	modernc "modernc.org/sqlite"
)

// driver is the name under which the driver has registered.
const driver = "sqlite"

// pageSize is SQLite's default, in bytes: a new file has it.
const pageSize = 4096

// source is the driver's name for a file and how to open it. WAL is not in it: it would change a file before anybody has
// seen whose it is.
func source(path string, o Options) string {
	q := url.Values{"_error_rc": {"1"}} // no message of an earlier error
	pragma := func(format string, a ...any) { q.Add("_pragma", fmt.Sprintf(format, a...)) }

	pragma("busy_timeout(%d)", milliseconds(o.Wait))
	pragma("fullfsync(1)") // macOS: an fsync that reaches the disk; elsewhere nothing
	if o.Relaxed {
		pragma("synchronous(NORMAL)")
	} else {
		pragma("synchronous(FULL)")
	}
	if o.MaxSize > 0 {
		pragma("max_page_count(%d)", max(1, o.MaxSize/pageSize))
	}
	q.Set("mode", "rwc")
	if o.ReadOnly {
		q.Set("mode", "ro")
	}
	q.Set("_txlock", "immediate")
	return "file:" + escaped(path) + "?" + q.Encode()
}

// waits is how long a lock is waited for; see [Options].
func waits(wait time.Duration) time.Duration {
	if wait == 0 {
		return time.Second
	}
	return max(wait, 0)
}

// milliseconds is a wait as SQLite takes it, rounded up.
func milliseconds(wait time.Duration) int64 {
	return int64((waits(wait) + time.Millisecond - 1) / time.Millisecond)
}

// escaped is the path as it stands in a URI. It is made absolute, so that its beginning cannot be taken for a host.
func escaped(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // a drive's letter
		path = "/" + path
	}
	return (&url.URL{Path: path}).EscapedPath()
}

// codeOf is SQLite's primary result code of an error; 0: it is not SQLite's.
func codeOf(err error) int {
	var e *modernc.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}
