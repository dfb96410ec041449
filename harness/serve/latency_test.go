package serve_test

import (
	"context"
	"fmt"
	"math"
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
	for round := range acceptance.Size(1000, 5) {
		for k := range urls {
			i := (k + round) % 2 // whoever comes second finds the machine awake
			begin := time.Now()
			status, body := post(t, http.DefaultTransport, urls[i]+"/v1/chat/completions", chat)
			took := time.Since(begin)
			require.Equal(t, http.StatusOK, status, body)
			require.GreaterOrEqual(t, took, delay, "never early")
			over[i] = append(over[i], took-delay)
		}
	}
	slower := 0 // pairs
	for i := range over[0] {
		if over[0][i] > over[1][i] {
			slower++
		}
	}
	median := func(d []time.Duration) time.Duration { slices.Sort(d); return d[len(d)/2] }
	pairs := float64(len(over[0]))
	most := pairs/2 + 1.645*math.Sqrt(pairs)/2 // of a fair coin, 95 times in 100: the sign test
	measured := fmt.Sprintf("%v over, to %v with time.Sleep; slower in %d of %.0f pairs, a fair coin up to %.0f", median(over[0]), median(over[1]), slower, pairs, most)
	acceptance.Row(t, "a delay of 20 ms, median of the whole request", "over by no more than with time.Sleep in the same handler", measured, float64(slower) <= most)
}
