package resilience

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/agentchaos/agentchaos"
)

// resultVersion is the first byte of a logged result.
const resultVersion = 1

// sealResult appends the answer of a write tool to b, as the log keeps it.
func sealResult(b []byte, r *agentchaos.Response) []byte {
	if r == nil {
		r = &agentchaos.Response{}
	}
	from := len(b)
	b = append(b, resultVersion)
	for _, s := range [...]string{r.Target, r.Content.Text, r.Content.Tool, r.Content.Arguments} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[from:], castagnoli))
}

// openResult reads it. The error is a [VersionError], or of kind store_corrupt.
func openResult(b []byte) (*agentchaos.Response, error) {
	if !sealed(b) {
		return nil, torn("result")
	}
	if b[0] != resultVersion {
		return nil, &VersionError{What: "result", Version: int(b[0])}
	}
	r := reader{b: b[1 : len(b)-4]}
	out := &agentchaos.Response{}
	for _, s := range [...]*string{&out.Target, &out.Content.Text, &out.Content.Tool, &out.Content.Arguments} {
		*s = string(r.bytes())
	}
	if r.bad || len(r.b) > 0 {
		return nil, torn("result")
	}
	return out, nil
}
