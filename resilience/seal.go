package resilience

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/agentchaos/agentchaos"
)

// A VersionError is a checkpoint or a result that another version of this package has written. It is left as it is.
type VersionError struct {
	What    string // checkpoint, result
	Version int
}

// Error names both versions.
func (e *VersionError) Error() string {
	return fmt.Sprintf("a %s of version %d; this program reads version %d: finish the task with the program that began it", e.What, e.Version, checkpointVersion)
}

// Unwrap is the kind store_corrupt: it is of no use here.
func (e *VersionError) Unwrap() error { return agentchaos.StoreCorrupt }

func isVersion(err error) bool {
	var e *VersionError
	return errors.As(err, &e)
}

// ErrOtherPlan is a checkpoint of another run, or of a plan that has changed since: its steps mean something else. It is left
// as it is. It is of the kind store_corrupt.
var ErrOtherPlan = fmt.Errorf("%w: a checkpoint of another run or of another plan: name the run (Policy.Run), or give it a store of its own", agentchaos.StoreCorrupt)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sealed reports whether b ends with the checksum of what comes before.
func sealed(b []byte) bool {
	return len(b) > 4 && crc32.Checksum(b[:len(b)-4], castagnoli) == binary.LittleEndian.Uint32(b[len(b)-4:])
}

func torn(what string) error {
	return &agentchaos.Error{Kind: agentchaos.StoreCorrupt, Err: fmt.Errorf("a torn or damaged %s", what)}
}

// reader takes values off the front of b; bad says that one was not there.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.b, r.bad = nil, true
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	if n == 0 {
		return nil
	}
	return out
}

// word is a number of eight bytes.
func (r *reader) word() uint64 {
	if len(r.b) < 8 {
		r.b, r.bad = nil, true
		return 0
	}
	v := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

// steps is a set of steps.
func (r *reader) steps() (s Steps) {
	words := r.uvarint()
	if words > maxSteps/64+1 {
		r.b, r.bad = nil, true
		return nil
	}
	for range words {
		s = append(s, r.uvarint())
	}
	return s
}
