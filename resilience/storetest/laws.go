package storetest

import (
	"bytes"
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

func empty(t *testing.T, open Open) {
	s := opened(t, open)
	latest, before := load(t, s, 1)
	require.Nil(t, latest)
	require.Nil(t, before)
	require.Nil(t, result(t, s, key(1)))
	require.Nil(t, result(t, s, agentchaos.Key{}))
}

func latestTwo(t *testing.T, open Open) {
	s := opened(t, open)
	save(t, s, 1, "one")
	latest, before := load(t, s, 1)
	require.Equal(t, "one", string(latest))
	require.Nil(t, before)

	save(t, s, 1, "two")
	save(t, s, 1, "three")
	for range 2 { // looking changes nothing
		latest, before = load(t, s, 1)
		require.Equal(t, "three", string(latest))
		require.Equal(t, "two", string(before))
	}
	save(t, s, 1, "three")
	latest, before = load(t, s, 1)
	require.Equal(t, []string{"three", "three"}, []string{string(latest), string(before)}, "the same bytes again are a checkpoint too")
}

func firstResult(t *testing.T, open Open) {
	s := opened(t, open)
	record(t, s, 1, key(1), "first")
	record(t, s, 1, key(1), "second")
	record(t, s, 2, key(1), "of another task")
	require.Equal(t, "first", string(result(t, s, key(1))))
}

func apart(t *testing.T, open Open) {
	s := opened(t, open)
	tasks := []uint32{0, 1, 2, 1 << 31, math.MaxUint32}
	for _, task := range tasks {
		save(t, s, task, string(rune('a'+task%7)))
	}
	for _, task := range tasks {
		latest, before := load(t, s, task)
		require.Equal(t, string(rune('a'+task%7)), string(latest))
		require.Nil(t, before)
	}
	latest, _ := load(t, s, 3)
	require.Nil(t, latest)

	keys := []agentchaos.Key{{}, {1}, {0, 1}, {15: 1}, {0xff, 15: 0xff}}
	for i, k := range keys {
		record(t, s, 1, k, string(rune('a'+i)))
	}
	for i, k := range keys {
		require.Equal(t, string(rune('a'+i)), string(result(t, s, k)))
	}
	require.Nil(t, result(t, s, agentchaos.Key{2}))
}

// An empty value is a value: only what was never kept is nil.
func bytesEqual(t *testing.T, open Open) {
	s := opened(t, open)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for i, b := range [][]byte{{}, {0}, {0, 0}, []byte("it's \"quoted\"\x00 \xff\xfe ✓"), all, bytes.Repeat(all, 1<<12)} {
		task, k := uint32(i+1), key(byte(i))
		given := bytes.Clone(b)
		require.NoError(t, s.Save(t.Context(), task, given))
		require.NoError(t, s.Record(t.Context(), task, k, given))
		for j := range given { // the caller uses its room again
			given[j] = 'x'
		}
		for range 2 {
			latest, _ := load(t, s, task)
			require.NotNil(t, latest)
			require.Equal(t, b, latest)
			r := result(t, s, k)
			require.NotNil(t, r)
			require.Equal(t, b, r)
			for j := range b { // what it was given is its own
				latest[j], r[j] = 'y', 'z'
			}
		}
	}
}

func forgets(t *testing.T, open Open) {
	s := opened(t, open)
	f, ok := s.(resilience.Forgetter)
	if !ok {
		return // a store may keep everything
	}
	for task := uint32(1); task <= 3; task++ {
		save(t, s, task, "before")
		save(t, s, task, "latest")
		record(t, s, task, key(byte(task)), "a")
		record(t, s, task, key(byte(task+10)), "b")
	}
	record(t, s, 4, key(4), "without a checkpoint")
	require.NoError(t, f.Forget(t.Context(), 2))
	require.NoError(t, f.Forget(t.Context(), 4))
	require.NoError(t, f.Forget(t.Context(), 5), "what is not there is forgotten")
	for task := uint32(1); task <= 3; task++ {
		latest, before := load(t, s, task)
		if task == 2 {
			require.Nil(t, latest)
			require.Nil(t, before)
			require.Nil(t, result(t, s, key(2)))
			require.Nil(t, result(t, s, key(12)))
			continue
		}
		require.Equal(t, []string{"latest", "before"}, []string{string(latest), string(before)})
		require.Equal(t, "a", string(result(t, s, key(byte(task)))))
		require.Equal(t, "b", string(result(t, s, key(byte(task+10)))))
	}
	require.Nil(t, result(t, s, key(4)))

	save(t, s, 2, "again")
	record(t, s, 2, key(2), "anew")
	latest, before := load(t, s, 2)
	require.Equal(t, "again", string(latest))
	require.Nil(t, before, "nothing of a forgotten task comes back")
	require.Equal(t, "anew", string(result(t, s, key(2))))
}

// A context that has ended is no reason to keep half of something: all or nothing.
func cancelled(t *testing.T, open Open) {
	s := opened(t, open)
	save(t, s, 1, "old")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Save(ctx, 1, []byte("new"))
	latest, before := load(t, s, 1)
	if err == nil {
		require.Equal(t, []string{"new", "old"}, []string{string(latest), string(before)})
		return
	}
	require.Equal(t, agentchaos.Cancelled, agentchaos.KindOf(err), "%v", err)
	require.Equal(t, "old", string(latest))
	require.Nil(t, before)
}

func reopened(t *testing.T, open Open) {
	s, reopen := open(t)
	if reopen == nil {
		return // lasts as long as its process
	}
	save(t, s, 1, "one")
	save(t, s, 1, "two")
	record(t, s, 1, key(1), "done")
	for range 2 {
		s = reopen()
		latest, before := load(t, s, 1)
		require.Equal(t, []string{"two", "one"}, []string{string(latest), string(before)})
		require.Equal(t, "done", string(result(t, s, key(1))))
	}
	save(t, s, 1, "three")
	record(t, s, 1, key(1), "done again")
	s = reopen()
	latest, before := load(t, s, 1)
	require.Equal(t, []string{"three", "two"}, []string{string(latest), string(before)})
	require.Equal(t, "done", string(result(t, s, key(1))))
}
