package serve_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/serve"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// law: every request that came is in exactly one place, once nothing is in flight.
func law(t require.TestingT, n serve.Counts) {
	require.Zero(t, n.InFlight)
	all := n.Unread + n.Aside + n.Broken
	for _, k := range n.Requests {
		all += k
	}
	for _, k := range n.Refused {
		all += k
	}
	require.Equal(t, n.Received, all, "%+v", n)
}

// manyFaults is a bit of everything.
const manyFaults = `
  {target: "*/*", kind: unavailable, when: {probability: 10%}}, {target: "*/*", kind: truncated, at: 40%, how: reset, when: {probability: 10%}},
  {target: "*/*", kind: truncated, at: 40%, how: eof, when: {probability: 10%}}, {target: "*/*", kind: stall, at: 30%, hang: 20ms, when: {probability: 10%}},
  {target: "*/*", kind: timeout, hang: 10ms, when: {probability: 10%}}, {target: "*/*", kind: stream_error, at: 50%, error: overloaded, when: {probability: 10%}},
  {target: "*/*", kind: reset, when: {probability: 10%}}, {target: "*/*", kind: malformed, variant: html, when: {probability: 5%}}`

// Every sort of request, good and bad, many at a time, some of whose clients leave: each is counted once.
func TestEveryRequestIsCountedOnce(t *testing.T) {
	s := settings(t, file(manyFaults))
	s.Author = stumbling{}
	v := server(t, s)
	url, stop := running(t, v)
	rt := &http.Transport{MaxIdleConnsPerHost: 16}
	defer rt.CloseIdleConnections()
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 40 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				if (g+i)%7 == 0 {
					time.AfterFunc(time.Duration(i%5)*time.Millisecond, cancel) // leaves
				}
				visit(ctx, rt, url, g+i)
				cancel()
			}
		})
	}
	all.Wait()
	for _, half := range []string{"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{\"half", "GARBAGE\r\n\r\n"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		require.NoError(t, err)
		_, _ = io.WriteString(conn, half)
		_ = conn.Close()
	}
	require.Eventually(t, func() bool { return v.Counts().Unread > 0 }, time.Minute, time.Millisecond)
	require.NoError(t, stop())
	n := v.Counts()
	law(t, n)
	for _, outcome := range []string{"ok", "unavailable", "truncated", "reset", "overloaded", "malformed"} {
		require.NotZero(t, n.Requests[outcome], outcome)
	}
	for _, status := range []int{400, 404, 405} {
		require.NotZero(t, n.Refused[status], status)
	}
	require.NotZero(t, n.Aside)
	require.NotZero(t, n.Broken)
	for _, f := range n.Faults {
		require.NotZero(t, f.Times, f.Fault)
	}
}

// stumbling is an author with a defect.
type stumbling struct{}

func (stumbling) Answer(_ string, p *wire.Prompt) wire.Reply {
	if p.Model == "defect" {
		panic("a defect")
	}
	return wire.Reply{Text: "One two three four five six seven eight nine ten."}
}

func (stumbling) Garble(string, *wire.Prompt, agentchaos.Variant) wire.Reply {
	return wire.Reply{Text: "?"}
}

func visit(ctx context.Context, rt http.RoundTripper, url string, i int) {
	method, path, body := http.MethodPost, "/v1/chat/completions", ""
	switch i % 12 {
	case 0:
		method, path = http.MethodGet, "/v1/models"
	case 1:
		method, path = http.MethodGet, "/"
	case 2:
		path, body = "/v1/chat/completions", `{"model":`
	case 3:
		path = "/v1/what"
	case 4:
		method = http.MethodGet
	case 5:
		path, body = "/v1/embeddings", `{"model":"e","input":"x"}`
	case 6:
		body = `{"model":"defect","messages":[{"role":"user","content":"x"}]}`
	case 7, 8:
		path, body = "/v1/messages", fmt.Sprintf(`{"model":"claude","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"%d"}]}`, i)
	default:
		body = fmt.Sprintf(`{"model":"gpt","stream":%t,"messages":[{"role":"user","content":"%d"}]}`, i%2 == 0, i)
	}
	hr, err := http.NewRequestWithContext(ctx, method, url+path, strings.NewReader(body))
	if err != nil {
		return
	}
	hr.Header.Set("Anthropic-Version", "2023-06-01")
	if r, err := rt.RoundTrip(hr); err == nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
}

// The page says what the counter does, and obeys the law by itself.
func TestMetrics(t *testing.T) {
	v := server(t, settings(t, file(`{target: "*/*", kind: quota, when: {after: 3}}`)))
	url, _ := running(t, v)
	for i := range 6 {
		post(t, http.DefaultTransport, url+"/v1/chat/completions", chat, "X-Stainless-Retry-Count", strconv.Itoa(max(0, i-3)))
	}
	post(t, http.DefaultTransport, url+"/v1/messages", `{"model":"`+strings.Repeat("hostile\\n", 9)+`","max_tokens":3,"stream":true,"messages":[{"role":"user","content":"x"}]}`, "Anthropic-Version", "2023-06-01")
	post(t, http.DefaultTransport, url+"/v1/chat/completions", `{}`)
	m := metrics(t, url+"/metrics")
	for name, want := range map[string]float64{
		`agentchaos_received_total`:                       9, // itself is the last
		`agentchaos_aside_requests_total`:                 1,
		`agentchaos_refused_requests_total{status="400"}`: 1,
		`agentchaos_requests_total{format="chat",outcome="ok",status="200",streamed="false",target="openai/gpt"}`:     3,
		`agentchaos_requests_total{format="chat",outcome="quota",status="429",streamed="false",target="openai/gpt"}`:  3,
		`agentchaos_requests_total{format="messages",outcome="ok",status="200",streamed="true",target="anthropic/*"}`: 1,
		`agentchaos_first_token_seconds_count{format="messages",streamed="true",target="anthropic/*"}`:                1,
		`agentchaos_request_duration_seconds_count{format="chat",streamed="false",target="openai/gpt"}`:               6,
		`agentchaos_tokens_total{direction="output",format="messages",streamed="true",target="anthropic/*"}`:          3,
		`agentchaos_tokens_total{direction="input",format="chat",streamed="false",target="openai/gpt"}`:               6,
		`agentchaos_faults_fired_total{fault="quota on */*"}`:                                                         3,
		`agentchaos_retries_total{sort="sdk"}`:                                                                        2,
		`agentchaos_retries_total{sort="outer"}`:                                                                      0,
		`agentchaos_hopeless_retries_total`:                                                                           2,
		`agentchaos_early_retries_total`:                                                                              0,
		`agentchaos_requests_in_flight`:                                                                               0,
		`agentchaos_connections_open`:                                                                                 1,
	} {
		require.Contains(t, m, name)
		require.InDelta(t, want, m[name], 0, name)
	}
	sum := 0.0
	for name, x := range m {
		for _, kind := range []string{"requests_total{", "refused_requests_total{", "aside_requests_total", "unread_requests_total", "broken_requests_total"} {
			if strings.HasPrefix(name, "agentchaos_"+kind) {
				sum += x
			}
		}
	}
	require.InDelta(t, m["agentchaos_received_total"], sum, 0)
}

func metrics(t *testing.T, url string) map[string]float64 {
	t.Helper()
	return metricsFrom(t, http.DefaultTransport, url)
}

func metricsFrom(t *testing.T, rt http.RoundTripper, url string) map[string]float64 {
	t.Helper()
	hr, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	r, err := rt.RoundTrip(hr)
	require.NoError(t, err)
	defer r.Body.Close()
	require.Equal(t, 200, r.StatusCode)
	out := map[string]float64{}
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		line := lines.Text()
		i := strings.LastIndexByte(line, ' ')
		if strings.HasPrefix(line, "#") || i < 0 {
			continue
		}
		x, err := strconv.ParseFloat(line[i+1:], 64)
		require.NoError(t, err, line)
		out[line[:i]] = x
	}
	return out
}

// However many models clients make up, there are few series.
func TestMetricsStaySmall(t *testing.T) {
	v := server(t, settings(t, file("")))
	for i := range 500 {
		for _, provider := range []string{"", "openai/", "nobody/", fmt.Sprint("p", i, "/")} {
			post(t, v, "http://x/v1/chat/completions", fmt.Sprintf(`{"model":"%sm%d","messages":[{"role":"user","content":"x"}]}`, provider, i))
		}
	}
	url, _ := running(t, v)
	require.Less(t, len(metrics(t, url+"/metrics")), 120)
}
