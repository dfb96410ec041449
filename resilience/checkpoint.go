package resilience

import (
	"encoding/binary"
	"hash/crc32"
)

// Checkpointing saves a task's progress, so that a process that is restarted goes on where the last one was. The zero
// value is every step.
type Checkpointing struct {
	Every int // steps between two checkpoints; 0 and 1: after every step
}

// Checkpoint is how far a task has come.
type Checkpoint struct {
	Of      uint64 // names the run and the plan that it is of; 0: not said
	Done    Steps  // the steps that are over, those with a caveat too
	Without Steps  // those that have a caveat instead of an answer
	State   []byte // the agent's own: see [Life]
}

// checkpointVersion is the first byte of what Seal gives. It changes when what follows means something else.
const checkpointVersion = 1

// Seal appends the checkpoint to b, with its version and a checksum (CRC-32C) by which [OpenCheckpoint] knows a torn one.
func (c *Checkpoint) Seal(b []byte) []byte {
	from := len(b)
	b = append(b, checkpointVersion)
	b = binary.LittleEndian.AppendUint64(b, c.Of)
	b = c.Done.seal(b)
	b = c.Without.seal(b)
	b = binary.AppendUvarint(b, uint64(len(c.State)))
	b = append(b, c.State...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[from:], castagnoli))
}

// OpenCheckpoint reads what Seal has written. The error is a [VersionError], or of kind store_corrupt.
func OpenCheckpoint(b []byte) (c Checkpoint, err error) {
	if len(b) > 0 && b[0] != checkpointVersion && sealed(b) {
		return c, &VersionError{What: "checkpoint", Version: int(b[0])}
	}
	if !sealed(b) || b[0] != checkpointVersion {
		return c, torn("checkpoint")
	}
	r := reader{b: b[1 : len(b)-4]}
	c.Of = r.word()
	c.Done, c.Without = r.steps(), r.steps()
	c.State = r.bytes()
	if r.bad || len(r.b) > 0 {
		return Checkpoint{}, torn("checkpoint")
	}
	return c, nil
}
