package wire_test

import (
	"testing"

	ac "github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
)

// A compressed body is not taken, and the error says that, and not that there is something strange in the JSON.
func TestACompressedBodyIsToldSo(t *testing.T) {
	for _, f := range formats {
		s := serves(nil, ac.Script{})
		r := post(t, s, paths[f], "\x1f\x8b\x08", "Content-Encoding", "gzip")
		body, err := bodyOf(r)
		require.NoError(t, err)
		require.Equal(t, 415, r.StatusCode, body)
		require.Contains(t, body, `Content-Encoding \"gzip\" is not understood here: send the body as it is`)
		require.Equal(t, 200, post(t, s, paths[f], asking(f, false), "Content-Encoding", "identity").StatusCode)
	}
}
