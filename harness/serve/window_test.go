package serve_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// A window counts from the first request, not from the start of the server.
func TestFaultWindowsBeginWithTheFirstRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := server(t, settings(t, file("{target: primary, kind: unavailable, when: {from: 10s, until: 60s}}")))
		time.Sleep(time.Hour)
		start := time.Now()
		for _, c := range []struct {
			at     time.Duration
			status int
		}{{0, 200}, {10*time.Second - 1, 200}, {10 * time.Second, 500}, {time.Minute - 1, 500}, {time.Minute, 200}} {
			time.Sleep(c.at - time.Since(start))
			status, _ := post(t, v, "http://x/v1/chat/completions", chat)
			require.Equal(t, c.status, status, c.at)
		}
	})
}

// With a scale the window is as much shorter, and a Retry-After is what it was.
func TestTimeScale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := settings(t, file("{target: primary, kind: overloaded, retry_after: 20s, delay: 10s, when: {until: 60s}}"))
		s.TimeScale = 10
		v := server(t, s)
		start := time.Now()
		r := exchange(t, v, "http://x/v1/chat/completions", chat)
		require.Equal(t, 503, r.StatusCode)
		require.Equal(t, "20", r.Header.Get("Retry-After"))
		require.Equal(t, time.Second, time.Since(start))
		time.Sleep(5 * time.Second)
		r = exchange(t, v, "http://x/v1/chat/completions", chat, "X-Stainless-Retry-Count", "1")
		require.Equal(t, 200, r.StatusCode)
		require.Equal(t, 1, v.Counts().Early, "the client's waits are its own")
	})
}

func TestManyFirstRequestsAtOnce(t *testing.T) {
	v := server(t, settings(t, file("{target: primary, kind: overloaded, when: {first: 5}}")))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { post(t, v, "http://x/v1/chat/completions", chat) })
	}
	all.Wait()
	n := v.Counts()
	require.Equal(t, 5, n.Requests["overloaded"])
	require.Equal(t, 15, n.Requests["ok"])
	require.Equal(t, 5, n.Faults[0].Times)
}

// The same requests in the same order meet the same luck; another seed's is another.
func TestSeeds(t *testing.T) {
	luck := func(seed uint64) (statuses []int) {
		s := settings(t, file("{target: primary, kind: unavailable, when: {probability: 50%}}"))
		s.Seed = seed
		v := server(t, s)
		for range 40 {
			status, _ := post(t, v, "http://x/v1/chat/completions", chat)
			statuses = append(statuses, status)
		}
		return statuses
	}
	require.Equal(t, luck(1), luck(1))
	require.NotEqual(t, luck(1), luck(2))
	var typed []int // a cell of `run` with this seed has the same
	suite := settings(t, file("{target: primary, kind: unavailable, when: {probability: 50%}}"))
	providers, err := faults.New(faults.Settings{Seed: agentchaos.Seed(1).Derive("s"), Primary: "openai/gpt", Models: suite.Models, Rules: suite.Scenario.Faults})
	require.NoError(t, err)
	named := server(t, suite)
	for i := range 40 {
		id := agentchaos.ID{Task: uint32(i), Step: 2, Attempt: uint8(i % 3)}
		script := providers.Open(0, &agentchaos.Request{ID: id, Target: "openai/gpt", Input: 2, Output: 9})
		typed = append(typed, max(200, script.End.Status))
		status, _ := post(t, named, "http://x/v1/chat/completions", chat, wire.IDHeader, fmt.Sprintf("%d/2/%d/0", i, i%3))
		require.Equal(t, typed[i], status, "attempt %v", id)
	}
	require.Contains(t, luck(1), 200)
	require.Contains(t, luck(1), 500)
}
