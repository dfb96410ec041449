package serve_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// written is a log that many write.
type written struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// No key stands in the log, wherever a client puts it; nor in any answer's way there.
func TestNoKeyStandsInTheLog(t *testing.T) {
	const secret = "sk-proj-SECRET0123456789"
	var log written
	s := settings(t, file("{target: primary, kind: auth, when: {every: 2}}"))
	s.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.Author = stumbling{}
	v := server(t, s)
	url, stop := running(t, v)
	header := []string{"Authorization", "Bearer " + secret, "X-Api-Key", secret, "Cookie", secret, "Anthropic-Version", "2023-06-01", "X-Agentchaos-Id", secret, "User-Agent", secret}
	for _, path := range []string{"/v1/chat/completions", "/v1/messages", "/v1/embeddings", "/v1/nothing", "/"} {
		for _, body := range []string{chat, `{"model":"gpt","max_tokens":1,"messages":[{"role":"user","content":"` + secret + `"}]}`, `{"` + secret, `{"model":"defect","messages":[{"role":"user","content":"` + secret + `"}]}`, `"` + secret + `"`} {
			post(t, http.DefaultTransport, url+path+"?api_key="+secret, body, header...)
		}
	}
	for range 4 {
		post(t, http.DefaultTransport, url+"/v1/chat/completions", chat, header...)
	}
	post(t, http.DefaultTransport, url+"/v1/embeddings", `{"model":"e","input":"`+secret+`"}`, header...)
	for _, half := range []string{"POST /v1/messages?k=" + secret + " HTTP/1.1\r\nX-Api-Key: " + secret + "\r\nBroken\r\n\r\n", secret + "\r\n\r\n", "GET http://" + secret + "@x/v1/models HTTP/1.1\r\nHost: x\r\n\r\n"} {
		c := dial(t, url)
		_, err := io.WriteString(c, half)
		require.NoError(t, err)
		require.NoError(t, c.(interface{ CloseWrite() error }).CloseWrite())
		closed(t, c)
	}
	require.NoError(t, stop())
	require.NotContains(t, log.String(), "SECRET")
	for _, word := range []string{"outcome=auth", "outcome=ok", `fault="auth on primary"`, "msg=refused", "msg=aside", "path=/v1/nothing", "retry=outer", "hopeless=true", "a defect"} {
		require.Contains(t, log.String(), word)
	}
}

func TestRequestsAreNotLoggedUnlessAskedFor(t *testing.T) {
	var log written
	s := settings(t, file(""))
	s.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	v := server(t, s)
	post(t, v, "http://x/v1/chat/completions", chat)
	post(t, v, "http://x/v1/what", chat)
	require.Empty(t, log.String())
}
