package serve_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/serve"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// soon is longer than anything here takes.
const soon = time.Minute

func dial(t *testing.T, url string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(soon)))
	return c
}

// closed waits until the other side has closed, and gives what it said before.
func closed(t *testing.T, c net.Conn) string {
	t.Helper()
	b, err := io.ReadAll(c)
	var timeout net.Error
	if errors.As(err, &timeout) {
		require.False(t, timeout.Timeout(), "it is still open")
	}
	return string(b)
}

func TestSlowHeadersAreCutOff(t *testing.T) {
	s := settings(t, file(""))
	s.Limits.ReadHeader = 20 * time.Millisecond
	url, _ := running(t, server(t, s))
	c := dial(t, url)
	_, err := io.WriteString(c, "POST /v1/messages HTTP/1.1\r\nHost: x\r\n")
	require.NoError(t, err)
	closed(t, c)
}

func TestSlowBodiesAreCutOff(t *testing.T) {
	s := settings(t, file(""))
	s.Limits.ReadHeader, s.Limits.ReadBody = 100*time.Millisecond, 20*time.Millisecond
	v := server(t, s)
	url, _ := running(t, v)
	c := dial(t, url)
	_, err := io.WriteString(c, "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
	require.NoError(t, err)
	closed(t, c)
	require.Eventually(t, func() bool { return v.Counts().Unread == 1 }, soon, time.Millisecond)
}

// The time for a body is not one for the answer: net/http listens while it is answered, and must not take the end of that time for
// the client's leaving.
func TestAnswersMayTakeLongerThanBodies(t *testing.T) {
	s := settings(t, file("{target: primary, kind: overloaded, delay: 200ms}"))
	s.Limits.ReadBody, s.Limits.ReadHeader, s.Limits.Write = 20*time.Millisecond, 20*time.Millisecond, 20*time.Millisecond
	v := server(t, s)
	url, _ := running(t, v)
	for range 2 { // on one connection: deadlines of the first are not the second's
		status, _ := post(t, http.DefaultTransport, url+"/v1/chat/completions", chat)
		require.Equal(t, 503, status)
	}
	require.Equal(t, map[string]int{"overloaded": 2}, v.Counts().Requests)
}

func TestLargeRequestsAreRefused(t *testing.T) {
	s := settings(t, file(""))
	s.Limits.Body, s.Limits.Header = 1000, 5000
	v := server(t, s)
	url, _ := running(t, v)
	large := `{"model":"gpt","messages":[{"role":"user","content":"` + strings.Repeat("x", 1000) + `"}]}`
	status, body := post(t, http.DefaultTransport, url+"/v1/chat/completions", large)
	require.Equal(t, 413, status)
	require.Contains(t, body, "maximum size of 1000 bytes")
	status, _ = post(t, http.DefaultTransport, url+"/v1/chat/completions", chat, "X-Large", strings.Repeat("x", 20_000))
	require.Equal(t, 431, status)
	status, _ = post(t, http.DefaultTransport, url+"/v1/chat/completions", chat)
	require.Equal(t, 200, status)
	require.Equal(t, map[int]int{413: 1}, v.Counts().Refused, "what net/http refuses never becomes a request")
}

// endless is an author of more than any buffer holds.
type endless struct{ fewWords }

type fewWords struct{}

func (fewWords) Garble(string, *wire.Prompt, agentchaos.Variant) wire.Reply { return wire.Reply{} }

func (endless) Answer(string, *wire.Prompt) wire.Reply {
	return wire.Reply{Text: strings.Repeat("All work and no play. ", 1<<20)}
}

// A client that asks for a stream and does not read it holds nothing for ever.
func TestClientsThatDoNotReadAreLeft(t *testing.T) {
	s := settings(t, file(""))
	s.Author, s.Limits.Write = endless{}, 50*time.Millisecond
	v := server(t, s)
	url, stop := running(t, v)
	c := dial(t, url)
	body := `{"model":"gpt","stream":true,"messages":[{"role":"user","content":"Hello"}]}`
	_, err := io.WriteString(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 76\r\n\r\n"+body)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return v.Counts().Requests["left"] == 1 }, soon, time.Millisecond)
	require.NoError(t, stop())
	law(t, v.Counts())
}

// Above the limit connections wait, and are accepted when another has ended, however that was.
func TestConnectionsAreLimited(t *testing.T) {
	s := settings(t, file("{target: primary, kind: reset, when: {first: 1}}"))
	s.Limits.Connections = 2
	v := server(t, s)
	url, _ := running(t, v)
	ask := "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 62\r\n\r\n" + chat
	require.Len(t, chat, 62)
	one, two, three := dial(t, url), dial(t, url), dial(t, url)
	for _, c := range []net.Conn{two} {
		_, err := io.WriteString(c, ask)
		require.NoError(t, err)
	}
	closed(t, two) // reset: taken from net/http, and its place is free all the same
	_, err := io.WriteString(one, ask)
	require.NoError(t, err)
	answered(t, one)
	_, err = io.WriteString(three, ask)
	require.NoError(t, err)
	answered(t, three)
	four := dial(t, url)
	_, err = io.WriteString(four, ask)
	require.NoError(t, err)
	require.NoError(t, four.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	_, err = four.Read(make([]byte, 1))
	var timeout net.Error
	require.ErrorAs(t, err, &timeout)
	require.NoError(t, one.Close())
	require.NoError(t, four.SetReadDeadline(time.Now().Add(soon)))
	answered(t, four)
	require.Equal(t, 2.0, metricsOf(v, t)["agentchaos_connections_open"])
}

func metricsOf(v *serve.Server, t *testing.T) map[string]float64 {
	t.Helper()
	return metricsFrom(t, &inProcess{v.Admin()}, "http://x/metrics")
}

func answered(t *testing.T, c net.Conn) {
	t.Helper()
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	require.Equal(t, 200, r.StatusCode)
	_, err = io.Copy(io.Discard, r.Body)
	require.NoError(t, err)
}

// A reset is one on the wire: what counts connections must not wrap them.
func TestResetsAreReal(t *testing.T) {
	v := server(t, settings(t, file("{target: primary, kind: reset}")))
	url, _ := running(t, v)
	_, err := http.DefaultTransport.RoundTrip(asking(t, url+"/v1/chat/completions", chat))
	require.ErrorContains(t, err, "connection reset by peer")
}

func TestDefectsAreAnswered(t *testing.T) {
	s := settings(t, file(""))
	s.Author = stumbling{}
	v := server(t, s)
	url, _ := running(t, v)
	status, body := post(t, http.DefaultTransport, url+"/v1/chat/completions", `{"model":"defect","messages":[{"role":"user","content":"x"}]}`)
	require.Equal(t, 500, status)
	require.Contains(t, body, "defect of agentchaos")
	status, _ = post(t, http.DefaultTransport, url+"/v1/chat/completions", chat)
	require.Equal(t, 200, status)
	law(t, v.Counts())
	require.Equal(t, 1, v.Counts().Broken)
}

// Who sends large bodies slowly, on many connections, must not fill the memory.
func TestBodiesHaveOnlySoMuchRoom(t *testing.T) {
	s := settings(t, file(""))
	s.Bodies = 100_000
	v := server(t, s)
	url, _ := running(t, v)
	first := dial(t, url)
	_, err := fmt.Fprintf(first, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 90000\r\n\r\n%s", chat)
	require.NoError(t, err)
	large := strings.Replace(chat, "Hello", strings.Repeat("Hello ", 4000), 1)
	status, body := 0, ""
	require.Eventually(t, func() bool {
		status, body = post(t, http.DefaultTransport, url+"/v1/chat/completions", large)
		return status == http.StatusServiceUnavailable
	}, soon, time.Millisecond, "the first one has all the room but a little")
	require.Contains(t, body, "no room")
	status, _ = post(t, http.DefaultTransport, url+"/v1/chat/completions", chat)
	require.Equal(t, http.StatusOK, status, "there is room for a small one")
	_, err = io.WriteString(first, strings.Repeat(" ", 90_000-len(chat)))
	require.NoError(t, err)
	require.Contains(t, closed(t, first), " 200 OK")
	status, _ = post(t, http.DefaultTransport, url+"/v1/chat/completions", large)
	require.Equal(t, http.StatusOK, status, "and now for the large one")
	require.Positive(t, v.Counts().Refused[http.StatusServiceUnavailable])
}
