package resilience

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"

	"github.com/agentchaos/agentchaos"
)

// Checkpointing saves a task's progress, so that a process that is restarted goes on where the last one was. The zero
// value is every step.
type Checkpointing struct {
	Every int // steps between two checkpoints; 0 and 1: after every step
}

// Checkpoint is how far a task has come.
type Checkpoint struct {
	Done    Steps  // the steps that are done, those with a caveat too
	Without uint16 // steps that have a caveat instead of an answer
	State   []byte // the agent's own; the agents of this package have none
}

// checkpointVersion is the first byte of what Seal gives. It changes when what follows means something else.
const checkpointVersion = 1

// A VersionError is a checkpoint that another version of this package has written. It is left as it is.
type VersionError struct{ Version int }

// Error names both versions.
func (e *VersionError) Error() string {
	return fmt.Sprintf("a checkpoint of version %d; this program reads version %d: finish the task with the program that began it", e.Version, checkpointVersion)
}

// Unwrap is the kind store_corrupt: such a checkpoint is of no use here.
func (e *VersionError) Unwrap() error { return agentchaos.StoreCorrupt }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Seal appends the checkpoint to b, with its version and a checksum (CRC-32C) by which [OpenCheckpoint] knows a torn one.
func (c *Checkpoint) Seal(b []byte) []byte {
	from := len(b)
	b = append(b, checkpointVersion)
	b = binary.AppendUvarint(b, uint64(len(c.Done)))
	for _, w := range c.Done {
		b = binary.AppendUvarint(b, w)
	}
	b = binary.AppendUvarint(b, uint64(c.Without))
	b = binary.AppendUvarint(b, uint64(len(c.State)))
	b = append(b, c.State...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[from:], castagnoli))
}

// OpenCheckpoint reads what Seal has written. The error is a [VersionError], or of kind store_corrupt.
func OpenCheckpoint(b []byte) (c Checkpoint, err error) {
	if len(b) > 0 && b[0] != checkpointVersion && sealed(b) {
		return c, &VersionError{int(b[0])}
	}
	if !sealed(b) || b[0] != checkpointVersion {
		return c, torn("checkpoint")
	}
	r := reader{b: b[1 : len(b)-4]}
	words := r.uvarint()
	for range min(words, maxSteps/64+1) {
		c.Done = append(c.Done, r.uvarint())
	}
	c.Without = uint16(r.uvarint())
	c.State = r.bytes()
	if r.bad || len(r.b) > 0 || uint64(len(c.Done)) != words {
		return Checkpoint{}, torn("checkpoint")
	}
	return c, nil
}

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

// maxSteps is what an ID has room for.
const maxSteps = 1<<16 - 1

// Steps is a set of step numbers, from 1. Nil is empty.
type Steps []uint64

// Has reports whether step n is in the set.
func (s Steps) Has(n uint16) bool {
	i := int(n-1) / 64
	return i < len(s) && s[i]>>((n-1)%64)&1 == 1
}

// Add puts step n into the set.
func (s *Steps) Add(n uint16) {
	i := int(n-1) / 64
	for len(*s) <= i {
		*s = append(*s, 0)
	}
	(*s)[i] |= 1 << ((n - 1) % 64)
}

// Remove takes step n out of the set.
func (s Steps) Remove(n uint16) {
	if s.Has(n) {
		s[(n-1)/64] &^= 1 << ((n - 1) % 64)
	}
}

// Len is how many steps are in the set.
func (s Steps) Len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// first is the first step that is not in the set.
func (s Steps) first() uint16 {
	for i, w := range s {
		if w != ^uint64(0) {
			return uint16(64*i + bits.TrailingZeros64(^w) + 1)
		}
	}
	return uint16(64*len(s) + 1)
}
