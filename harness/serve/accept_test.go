package serve_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	if addr := os.Getenv(floodVariable); addr != "" {
		flood(addr)
		return
	}
	os.Exit(m.Run())
}

// everything is every fault that a model's provider has, each for one request in forty or so, in bursts and by count too.
func everything() string {
	var lines []string
	for _, k := range faults.Kinds() {
		f := k.Make(faults.Given{Kind: k.Kind})
		if f.Start(0, "openai/gpt") == nil || (faults.Rule{Target: "*/*", Fault: f}).Check() != nil || strings.Contains(strings.Join(k.Settings, " "), "restart_after") {
			continue
		}
		settings := ""
		switch k.Kind {
		case "timeout", "stall":
			settings = "hang: 50ms, "
		case "malformed":
			for _, v := range []string{"html", "empty", "truncated_json", "error_body", "wrong_schema", "bad_arguments"} {
				lines = append(lines, fmt.Sprintf(`{target: "*/*", kind: malformed, name: malformed %s, variant: %s, when: {probability: 1%%}}`, v, v))
			}
		case "truncated":
			for _, how := range faults.HowNames {
				lines = append(lines, fmt.Sprintf(`{target: "*/*", kind: truncated, name: truncated %s, how: %s, at: 60%%, when: {probability: 2%%}}`, how, how))
			}
			continue
		}
		lines = append(lines, fmt.Sprintf(`{target: "*/*", kind: %s, %swhen: {probability: 2%%}}`, k.Kind, settings))
	}
	return "\n  " + strings.Join(lines, ",\n  ")
}

// streamers are clients that ask for streams in all three formats, over and over, and count what they asked.
type streamers struct {
	url    string
	client *http.Client
	asked  atomic.Int64
	whole  atomic.Int64
	failed atomic.Int64
}

var streamed = [...]struct{ path, body, last string }{
	{"/v1/chat/completions", `{"model":"gpt","stream":true,"messages":[{"role":"user","content":"Tell me of the order %d."}]}`, "data: [DONE]\n\n"},
	{"/v1/responses", `{"model":"gpt","stream":true,"input":"Tell me of the order %d."}`, "response.completed"},
	{"/v1/messages", `{"model":"claude","stream":true,"max_tokens":100,"messages":[{"role":"user","content":"Tell me of the order %d."}]}`, "message_stop"},
}

func (s *streamers) run(n int, until time.Time) {
	for i := 0; time.Now().Before(until); i++ {
		f := streamed[(n+i)%len(streamed)]
		s.asked.Add(1)
		r, err := s.client.Post(s.url+f.path, "application/json", strings.NewReader(fmt.Sprintf(f.body, n)))
		if err != nil {
			s.failed.Add(1)
			continue
		}
		b, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err == nil && r.StatusCode == http.StatusOK && strings.Contains(string(b), f.last) {
			s.whole.Add(1)
		} else {
			s.failed.Add(1)
		}
	}
}

// settled are the goroutines and the heap, when nothing more ends.
func settled() (goroutines int, heap uint64) {
	for last := -1; last != goroutines; {
		last = runtime.NumGoroutine()
		time.Sleep(100 * time.Millisecond) // for what has ended to be gone
		goroutines = runtime.NumGoroutine()
	}
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return goroutines, m.HeapAlloc
}

func TestAcceptSoak(t *testing.T) {
	clients, lasts := acceptance.Size(200, 20), acceptance.Size(time.Minute, 2*time.Second)
	src := strings.Replace(file(everything()), "anthropic/claude: {}, openai/gpt: {}", "anthropic/claude: {first_token: 5ms, per_token: 200us, limits: {requests_per_minute: 600000}}, openai/gpt: {first_token: 5ms, per_token: 200us}", 1)
	v := server(t, settings(t, src))
	url, stop := running(t, v)
	s := &streamers{url: url, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients}}}
	soak := func(d time.Duration) {
		until := time.Now().Add(d)
		var wg sync.WaitGroup
		for n := range clients {
			wg.Go(func() { s.run(n, until) })
		}
		wg.Wait()
		s.client.CloseIdleConnections()
	}
	soak(lasts / 10) // pools and tables fill
	before, heap := settled()
	soak(lasts)
	after, heapAfter := settled()

	n := v.Counts()
	require.Zero(t, n.InFlight)
	require.EqualValues(t, s.asked.Load(), n.Received, "every request that was sent has come")
	ended := 0
	for _, times := range n.Requests {
		ended += times
	}
	for _, times := range n.Refused {
		ended += times
	}
	require.Equal(t, n.Received, ended+n.Aside+n.Unread+n.Broken, "and is counted once: %+v", n)
	require.Zero(t, n.Broken)
	require.EqualValues(t, s.whole.Load()+s.failed.Load(), s.asked.Load())
	for _, f := range n.Faults {
		require.Positive(t, f.Times, "%s has fired", f.Fault)
	}
	require.LessOrEqual(t, after, before+3, "goroutines")
	require.Less(t, heapAfter, heap+8<<20, "bytes on the heap")
	metrics := new(bytes.Buffer)
	r, err := s.client.Get(url + "/metrics")
	require.NoError(t, err)
	_, err = metrics.ReadFrom(r.Body)
	require.NoError(t, err)
	require.NoError(t, r.Body.Close())
	require.Contains(t, metrics.String(), "agentchaos_")
	require.NoError(t, stop())
	acceptance.Row(t, fmt.Sprintf("soak: %d streaming clients for %v, %d faults", clients, lasts, len(n.Faults)), "no leak, every request accounted for",
		fmt.Sprintf("%d requests sent, received and counted once, %d whole; goroutines %d, then %d; heap %.1f MB, then %.1f MB",
			n.Received, s.whole.Load(), before, after, float64(heap)/1e6, float64(heapAfter)/1e6), true)
}
