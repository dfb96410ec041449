package storetest

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// model is the dumb twin: it keeps everything that was ever saved.
type model struct {
	saved   map[uint32][][]byte
	results map[agentchaos.Key]recorded
}

type recorded struct {
	task  uint32
	bytes []byte
}

// nth is the checkpoint n places from the end; nil: there is none.
func (m *model) nth(task uint32, n int) []byte {
	all := m.saved[task]
	if len(all) < n {
		return nil
	}
	return all[len(all)-n]
}

// likeAMap does anything in any order, to the store and to its twin. They begin empty each time: under tasks and keys that
// were not used before.
func likeAMap(t *testing.T, open Open) {
	store, reopen := open(t)
	round := uint32(0)
	rapid.Check(t, func(r *rapid.T) {
		round++
		m := &model{saved: map[uint32][][]byte{}, results: map[agentchaos.Key]recorded{}}
		tasks := rapid.Map(rapid.Uint32Range(0, 2), func(n uint32) uint32 { return round<<8 | n })
		keys := rapid.Map(rapid.ByteRange(0, 4), func(n byte) agentchaos.Key {
			return agentchaos.Key{n, byte(round), byte(round >> 8), byte(round >> 16)}
		})
		values := rapid.SliceOfN(rapid.Byte(), 0, 40)
		actions := map[string]func(*rapid.T){
			"": func(r *rapid.T) { compare(t, r, store, m, tasks.Draw(r, "task"), keys.Draw(r, "key")) },
			"save": func(r *rapid.T) {
				task, b := tasks.Draw(r, "task"), values.Draw(r, "checkpoint")
				require.NoError(r, store.Save(t.Context(), task, b))
				m.saved[task] = append(m.saved[task], bytes.Clone(b))
			},
			"record": func(r *rapid.T) {
				task, k, b := tasks.Draw(r, "task"), keys.Draw(r, "key"), values.Draw(r, "result")
				require.NoError(r, store.Record(t.Context(), task, k, b))
				if _, ok := m.results[k]; !ok {
					m.results[k] = recorded{task, bytes.Clone(b)}
				}
			},
		}
		if _, ok := store.(resilience.Forgetter); ok {
			actions["forget"] = func(r *rapid.T) {
				task := tasks.Draw(r, "task")
				require.NoError(r, store.(resilience.Forgetter).Forget(t.Context(), task))
				delete(m.saved, task)
				for k, v := range m.results {
					if v.task == task {
						delete(m.results, k)
					}
				}
			}
		}
		if reopen != nil {
			actions["reopen"] = func(r *rapid.T) {
				if rapid.IntRange(0, 4).Draw(r, "seldom") == 0 { // it takes long
					store = reopen()
				}
			}
		}
		r.Repeat(actions)
	})
}

func compare(t *testing.T, r *rapid.T, s resilience.Store, m *model, task uint32, k agentchaos.Key) {
	latest, before, err := s.Load(t.Context(), task)
	require.NoError(r, err)
	require.Equal(r, m.nth(task, 1), latest)
	require.Equal(r, m.nth(task, 2), before)
	got, err := s.Result(t.Context(), k)
	require.NoError(r, err)
	require.Equal(r, m.results[k].bytes, got)
}
