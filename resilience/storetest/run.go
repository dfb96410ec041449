package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// Open makes an empty store, and says how to open it again as a new process would; nil: it does not outlive its process.
type Open func(t *testing.T) (store resilience.Store, reopen func() resilience.Store)

// Run holds a store to its contract. What is asked of a [resilience.Forgetter] is asked of a store that is one.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"an empty store has nothing", empty},
		{"the latest two checkpoints are kept, in order", latestTwo},
		{"the first result under a key stays", firstResult},
		{"tasks and keys do not see each other", apart},
		{"bytes come back equal, and are the caller's", bytesEqual},
		{"a task is forgotten whole, and alone", forgets},
		{"many may use it at once", manyAtOnce},
		{"what has ended keeps nothing", cancelled},
		{"it is a dumb map, whatever is done in whatever order", likeAMap},
		{"a new process finds everything", reopened},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

func opened(t *testing.T, open Open) resilience.Store {
	t.Helper()
	s, _ := open(t)
	return s
}

// key is the key of number n.
func key(n byte) agentchaos.Key { return agentchaos.Key{n, 0, 0xff} }

func load(t *testing.T, s resilience.Store, task uint32) (latest, before []byte) {
	t.Helper()
	latest, before, err := s.Load(t.Context(), task)
	require.NoError(t, err)
	return latest, before
}

func result(t *testing.T, s resilience.Store, k agentchaos.Key) []byte {
	t.Helper()
	b, err := s.Result(t.Context(), k)
	require.NoError(t, err)
	return b
}

func save(t *testing.T, s resilience.Store, task uint32, checkpoint string) {
	t.Helper()
	require.NoError(t, s.Save(t.Context(), task, []byte(checkpoint)))
}

func record(t *testing.T, s resilience.Store, task uint32, k agentchaos.Key, r string) {
	t.Helper()
	require.NoError(t, s.Record(t.Context(), task, k, []byte(r)))
}
