package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/stretchr/testify/require"
)

// sleeper is the wall clock with the plainest wait there is.
type sleeper struct{ agentchaos.Wall }

func (sleeper) Sleep(ctx context.Context, d time.Duration) error {
	time.Sleep(d)
	return ctx.Err()
}

// What a delay of 20 ms takes in all, through the same handler on our clock and on time.Sleep, in turn, so that the machine is as busy
// for both.
func TestAcceptLatency(t *testing.T) {
	const delay = 20 * time.Millisecond
	src := strings.Replace(file(""), "openai/gpt: {}", "openai/gpt: {first_token: 20ms}", 1)
	var urls [2]string
	for i, clock := range []agentchaos.Clock{agentchaos.NewWall(), sleeper{agentchaos.NewWall()}} {
		s := settings(t, src)
		s.Clock = clock
		urls[i], _ = running(t, server(t, s))
	}
	var over [2][]time.Duration
	for range acceptance.Size(1000, 5) {
		for i, url := range urls {
			begin := time.Now()
			status, body := post(t, http.DefaultTransport, url+"/v1/chat/completions", chat)
			took := time.Since(begin)
			require.Equal(t, http.StatusOK, status, body)
			require.GreaterOrEqual(t, took, delay, "never early")
			over[i] = append(over[i], took-delay)
		}
	}
	median := func(d []time.Duration) time.Duration { slices.Sort(d); return d[len(d)/2] }
	ours, theirs := median(over[0]), median(over[1])
	spread := over[1][len(over[1])*3/5] - over[1][len(over[1])*2/5] // how well the median of that many is known
	measured := fmt.Sprintf("%v over, to %v with time.Sleep; a fifth of those lie within %v", ours, theirs, spread)
	acceptance.Row(t, "a delay of 20 ms, median of the whole request", "over by no more than with time.Sleep in the same handler", measured, ours <= theirs+spread)
}
