package resilience

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
)

func results() *rapid.Generator[agentchaos.Response] {
	return rapid.Custom(func(t *rapid.T) (r agentchaos.Response) {
		text := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 200), func(b []byte) string { return string(b) })
		r.Target, r.Content.Text = text.Draw(t, "target"), text.Draw(t, "text")
		r.Content.Tool, r.Content.Arguments = text.Draw(t, "tool"), text.Draw(t, "arguments")
		return r
	})
}

func TestResultComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := results().Draw(t, "result")
		got, err := openResult(sealResult(nil, &r))
		require.NoError(t, err)
		require.Equal(t, &r, got)
	})
}

func TestTornResultIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := results().Draw(t, "result")
		whole, flip := sealResult(nil, &r), rapid.ByteRange(1, 255).Draw(t, "flip")
		for i := range whole {
			b := bytes.Clone(whole)
			b[i] ^= flip
			_, err := openResult(b)
			require.ErrorIs(t, err, agentchaos.StoreCorrupt, "byte %d of %d", i, len(whole))
			_, err = openResult(whole[:i])
			require.ErrorIs(t, err, agentchaos.StoreCorrupt, "cut at %d of %d", i, len(whole))
		}
		_, err := openResult(append(bytes.Clone(whole), flip))
		require.ErrorIs(t, err, agentchaos.StoreCorrupt)
	})
}

// A checkpoint is no result, a result no checkpoint, although both are sealed alike.
func TestResultIsNoCheckpoint(t *testing.T) {
	_, err := openResult((&Checkpoint{Done: Steps{1}}).Seal(nil))
	require.ErrorIs(t, err, agentchaos.StoreCorrupt)
	_, err = OpenCheckpoint(sealResult(nil, &agentchaos.Response{Target: "tool/refund"}))
	require.ErrorIs(t, err, agentchaos.StoreCorrupt)
}
