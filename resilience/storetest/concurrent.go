package storetest

import (
	"bytes"
	"encoding/binary"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// manyAtOnce has workers that each own a task, and that all want to be the first under the same keys.
func manyAtOnce(t *testing.T, open Open) {
	const workers, rounds = 8, 20
	s := opened(t, open)
	firsts := make([][rounds][]byte, workers) // what each worker found under a key once it had recorded
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			task := uint32(w + 1)
			for i := range rounds {
				b := binary.BigEndian.AppendUint32(bytes.Repeat([]byte{byte(w)}, 50), uint32(i))
				if err := s.Save(t.Context(), task, b); err != nil {
					t.Error(err)
				}
				if err := s.Record(t.Context(), task, key(byte(i)), b); err != nil {
					t.Error(err)
				}
				latest, _, err := s.Load(t.Context(), task)
				if err != nil || !bytes.Equal(latest, b) {
					t.Errorf("task %d saved %x, loads %x: %v", task, b, latest, err)
				}
				if firsts[w][i], err = s.Result(t.Context(), key(byte(i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	for i := range rounds {
		last := result(t, s, key(byte(i)))
		require.NotNil(t, last)
		for w := range workers {
			require.Equal(t, last, firsts[w][i], "under a key everybody finds the same, at any time")
		}
	}
}
