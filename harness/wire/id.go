package wire

import (
	"encoding/binary"
	"net/http"
	"strconv"
	"strings"

	"github.com/agentchaos/agentchaos"
)

// WriteID puts an attempt's ID into a request's header.
func WriteID(h http.Header, id agentchaos.ID) {
	b := make([]byte, 0, 24)
	b = append(strconv.AppendUint(b, uint64(id.Task), 10), '/')
	b = append(strconv.AppendUint(b, uint64(id.Step), 10), '/')
	b = append(strconv.AppendUint(b, uint64(id.Attempt), 10), '/')
	b = strconv.AppendUint(b, uint64(id.Copy), 10)
	h[IDHeader] = []string{string(b)}
}

// ReadID is the ID in a request's header; false: there is none, or it is not one.
func ReadID(h http.Header) (id agentchaos.ID, ok bool) {
	parts := strings.Split(h.Get(IDHeader), "/")
	if len(parts) != 4 {
		return id, false
	}
	var n [4]uint64
	for i, bits := range [...]int{32, 16, 8, 8} {
		var err error
		if n[i], err = strconv.ParseUint(parts[i], 10, bits); err != nil {
			return id, false
		}
	}
	return agentchaos.ID{Task: uint32(n[0]), Step: uint16(n[1]), Attempt: uint8(n[2]), Copy: uint8(n[3])}, true
}

// name is a name for the attempt on its target that no other has, of n letters and digits: what vendors' IDs are made of.
func name(id agentchaos.ID, target string, n int) string {
	const digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz" // base58, as Anthropic's
	b := make([]byte, n)
	x, s := uint64(0), agentchaos.Seed(0).Derive(target)
	for i := range b {
		if i%10 == 0 {
			x = s.At(id)
			s = agentchaos.Seed(x)
		}
		b[i] = digits[x%uint64(len(digits))]
		x /= uint64(len(digits))
	}
	return string(b)
}

// hexName is the name in hexadecimal, as OpenAI's request IDs.
func hexName(id agentchaos.ID, target string) string {
	x := agentchaos.Seed(0).Derive(target).At(id)
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], x)
	binary.BigEndian.PutUint64(b[8:], agentchaos.Seed(x).At(id))
	return "req_" + hexOf(b[:])
}

func hexOf(b []byte) string {
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = append(out, hex[c>>4], hex[c&15])
	}
	return string(out)
}

// cut is a model's name in two at the first slash.
func cut(model string) (provider, rest string, found bool) { return strings.Cut(model, "/") }
