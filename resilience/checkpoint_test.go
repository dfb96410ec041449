package resilience_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

func checkpoints() *rapid.Generator[resilience.Checkpoint] {
	return rapid.Custom(func(t *rapid.T) (c resilience.Checkpoint) {
		for _, n := range rapid.SliceOf(rapid.Uint16Range(1, 1<<16-1)).Draw(t, "done") {
			c.Done.Add(n)
		}
		c.Of = rapid.Uint64().Draw(t, "of")
		for _, n := range rapid.SliceOf(rapid.Uint16Range(1, 1<<16-1)).Draw(t, "without") {
			c.Without.Add(n)
		}
		if c.State = rapid.SliceOf(rapid.Byte()).Draw(t, "state"); len(c.State) == 0 {
			c.State = nil
		}
		return c
	})
}

func TestCheckpointComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := checkpoints().Draw(t, "checkpoint")
		before := rapid.SliceOf(rapid.Byte()).Draw(t, "what stands before it")
		b := c.Seal(bytes.Clone(before))
		require.True(t, bytes.HasPrefix(b, before))
		got, err := resilience.OpenCheckpoint(b[len(before):])
		require.NoError(t, err)
		require.Equal(t, c, got)
	})
}

// Bytes that are on disks today: a program that cannot read them would redo tasks. Change the version with them.
func TestCheckpointBytesArePinned(t *testing.T) {
	c := resilience.Checkpoint{Of: 0x0807060504030201, Done: resilience.Steps{0b1011}, Without: resilience.Steps{0b1000}, State: []byte("ab")}
	require.Equal(t, seal([]byte{1, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0b1011, 1, 0b1000, 2, 'a', 'b'}), c.Seal(nil))
	require.Equal(t, seal([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}), (&resilience.Checkpoint{}).Seal(nil))
}

// seal appends the checksum as any other program would.
func seal(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

func TestTornCheckpointIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := checkpoints().Draw(t, "checkpoint")
		whole := c.Seal(nil)
		flip := rapid.ByteRange(1, 255).Draw(t, "flip")
		torn := func(b []byte, what string, at int) {
			_, err := resilience.OpenCheckpoint(b)
			require.ErrorIs(t, err, agentchaos.StoreCorrupt, "%s %d of %d", what, at, len(whole))
			require.Equal(t, agentchaos.StoreCorrupt, agentchaos.KindOf(err))
			var other *resilience.VersionError
			require.NotErrorAs(t, err, &other, "%s %d of %d", what, at, len(whole))
		}
		for i := range whole {
			b := bytes.Clone(whole)
			b[i] ^= flip
			torn(b, "byte", i)
			torn(whole[:i], "cut at", i)
		}
		torn(append(bytes.Clone(whole), flip), "more than", len(whole))
		torn(append(bytes.Clone(whole), whole...), "twice", len(whole))
	})
}

func TestCheckpointOfAnotherVersion(t *testing.T) {
	c := resilience.Checkpoint{Done: resilience.Steps{7}}
	b := c.Seal(nil)
	for _, v := range []byte{0, 2, 255} {
		b[0] = v
		_, err := resilience.OpenCheckpoint(seal(bytes.Clone(b[:len(b)-4])))
		var other *resilience.VersionError
		require.ErrorAs(t, err, &other)
		require.Equal(t, int(v), other.Version)
		require.ErrorIs(t, err, agentchaos.StoreCorrupt)
		require.Equal(t, agentchaos.StoreCorrupt, agentchaos.KindOf(err))
		require.ErrorContains(t, err, "reads version 1")
	}
}

// A checksum says that nothing was torn, not that the writer was sane.
func TestSealedNonsenseIsRefused(t *testing.T) {
	for _, b := range [][]byte{
		{1}, {1, 0}, {1, 0, 0}, {1, 2, 7, 0, 0}, {1, 0, 0, 5, 'a'}, {1, 0, 0, 0, 0}, {1, 0x80},
		binary.AppendUvarint([]byte{1}, 1<<63), append(binary.AppendUvarint([]byte{1, 0, 0}, 1<<63), 'a'),
	} {
		_, err := resilience.OpenCheckpoint(seal(b))
		require.ErrorIs(t, err, agentchaos.StoreCorrupt, "% x", b)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := append([]byte{1}, rapid.SliceOf(rapid.Byte()).Draw(t, "body")...)
		if _, err := resilience.OpenCheckpoint(seal(b)); err != nil {
			require.ErrorIs(t, err, agentchaos.StoreCorrupt)
		}
	})
}

func TestStepsAreASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.OneOf(rapid.Uint16Range(1, 130), rapid.Uint16Range(1<<16-70, 1<<16-1))
		var s resilience.Steps
		twin := map[uint16]bool{}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				n := numbers.Draw(t, "n")
				s.Add(n)
				twin[n] = true
			},
			"remove": func(t *rapid.T) {
				n := numbers.Draw(t, "n")
				s.Remove(n)
				delete(twin, n)
			},
			"": func(t *rapid.T) {
				n := numbers.Draw(t, "n")
				require.Equal(t, twin[n], s.Has(n))
				require.Equal(t, len(twin), s.Len())
			},
		})
	})
}
