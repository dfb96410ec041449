package serve_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/stretchr/testify/require"
)

const floodVariable = "AGENTCHAOS_TEST_FLOOD"

// flood is a client in a process of its own: as many connections as it was told, of which every third says nothing, every third
// begins a request and stops, and the others send one and read nothing. It prints how many it got, and leaves them open until
// its input ends.
func flood(spec string) {
	addr, n, _ := strings.Cut(spec, "/")
	want, _ := strconv.Atoi(n)
	var l syscall.Rlimit
	_ = syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l)
	l.Cur = l.Max
	_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l)
	var open []net.Conn
	for i := range want {
		c, err := net.DialTimeout("tcp", addr, 10*time.Second)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			break
		}
		open = append(open, c)
		switch i % 3 {
		case 1:
			_, _ = io.WriteString(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{\"model\":")
		case 2:
			_, _ = fmt.Fprintf(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(chat), chat)
		}
	}
	fmt.Println(len(open))
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func TestAcceptHostileConnections(t *testing.T) {
	want := acceptance.Size(10_000, 300)
	var l syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l))
	if most := int(l.Cur) - 200; want > most {
		want = most
	}
	v := server(t, settings(t, file("")))
	url, stop := running(t, v)
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s/%d", floodVariable, strings.TrimPrefix(url, "http://"), want))
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	got, err := strconv.Atoi(strings.TrimSpace(line))
	require.NoError(t, err)
	require.Equal(t, want, got)

	status, body := post(t, http.DefaultTransport, url+"/v1/chat/completions", chat)
	require.Equal(t, http.StatusOK, status, body)
	require.NoError(t, in.Close())
	require.NoError(t, cmd.Wait())
	require.NoError(t, stop())
	status, _ = post(t, http.DefaultTransport, url+"/v1/chat/completions", chat)
	require.Zero(t, status, "it has stopped")
	acceptance.Row(t, "10,000 connections from another process", "the server lives", fmt.Sprintf("%d open at once (descriptor limit %d), another client is answered meanwhile", got, l.Cur), true)
}

// What is wrong with a request is said in the vendor's words, or the connection is closed; the next client is served.
func TestAcceptHostileRequests(t *testing.T) {
	s := settings(t, file(""))
	s.Body, s.Header = 1<<16, 1<<12
	s.ReadHeader, s.ReadBody = 200*time.Millisecond, 200*time.Millisecond
	url, _ := running(t, server(t, s))
	addr := strings.TrimPrefix(url, "http://")
	requests := []struct{ what, send, want string }{
		{"a body that is too large", raw(strings.Repeat("x", 1<<16+1)), "413"},
		{"a body that is announced too large", "POST /v1/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 99999999999\r\n\r\n{", "413"},
		{"headers that are too large", "POST /v1/messages HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 1<<14) + "\r\n\r\n", "431"},
		{"headers that do not come", "POST /v1/messages HTTP/1.1\r\nHost: x\r\nX-A: ", ""},
		{"half a request", "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{\"model\":", ""},
		{"no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400"},
		{"JSON that is none", raw(`{"model":`), "400"},
		{"JSON as deep as a well", raw(strings.Repeat("[", 60_000)), "400"},
		{"another shape", raw(`[1,2,3]`), "400"},
		{"numbers where texts belong", raw(`{"model":7,"messages":"x"}`), "400"},
		{"a path that is none", "POST /v1/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", "404"},
		{"a method that is none", "BREW /v1/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "405"},
	}
	held := 0
	for _, x := range requests {
		well := t.Run(x.what, func(t *testing.T) {
			c, err := net.Dial("tcp", addr)
			require.NoError(t, err)
			defer c.Close()
			go func() { _, _ = io.WriteString(c, x.send) }()
			require.NoError(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
			b, err := io.ReadAll(io.LimitReader(c, 1<<16))
			if ne, ok := err.(net.Error); ok && ne.Timeout() && len(b) == 0 {
				t.Fatal("it waits for ever")
			}
			if x.want == "" {
				require.NotContains(t, string(b), " 200 ")
			} else {
				require.Contains(t, string(first(b)), " "+x.want+" ", "%s", b)
			}
		})
		status, _ := post(t, http.DefaultTransport, url+"/v1/chat/completions", chat)
		require.Equal(t, http.StatusOK, status, "the next client is served")
		if well {
			held++
		}
	}
	acceptance.Row(t, "hostile requests: too large, too slow, half, not HTTP, not JSON", "clear errors, the server lives", fmt.Sprintf("%d of %d, and the next client is served after each", held, len(requests)), held == len(requests))
}

func first(b []byte) []byte { line, _, _ := bytes.Cut(b, []byte("\r\n")); return line }

// raw is a request with that body.
func raw(body string) string {
	return fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}
