package serve_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/harness/serve"
	"github.com/stretchr/testify/require"
)

// asked waits until a request is in flight.
func asked(t *testing.T, v *serve.Server) {
	t.Helper()
	require.Eventually(t, func() bool { return v.Counts().InFlight == 1 }, soon, time.Millisecond)
}

func TestStoppingLetsRequestsFinish(t *testing.T) {
	v := server(t, settings(t, file("{target: primary, kind: overloaded, delay: 300ms}")))
	url, stop := running(t, v)
	status := make(chan int)
	go func() {
		n, _ := post(t, http.DefaultTransport, url+"/v1/chat/completions", chat)
		status <- n
	}()
	asked(t, v)
	stopped := make(chan error)
	go func() { stopped <- stop() }()
	require.Equal(t, 503, <-status)
	require.NoError(t, <-stopped)
	_, err := net.Dial("tcp", url[len("http://"):])
	require.Error(t, err, "it accepts nothing more")
	require.Equal(t, map[string]int{"overloaded": 1}, v.Counts().Requests)
}

func TestStoppingDoesNotWaitForEver(t *testing.T) {
	s := settings(t, file("{target: primary, kind: timeout}"))
	s.Limits.Grace = 50 * time.Millisecond
	v := server(t, s)
	url, stop := running(t, v)
	status := make(chan int)
	go func() {
		n, _ := post(t, http.DefaultTransport, url+"/v1/chat/completions", chat)
		status <- n
	}()
	asked(t, v)
	require.ErrorIs(t, stop(), serve.ErrCut)
	require.Zero(t, <-status)
	require.Equal(t, map[string]int{"left": 1}, v.Counts().Requests, "nobody is in there any more")
	law(t, v.Counts())
}

func TestAListenerThatFailsIsAnError(t *testing.T) {
	v := server(t, settings(t, file("")))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.ErrorContains(t, v.Run(t.Context(), l, nil), "serving")
}

func TestAdminHasAnAddressOfItsOwn(t *testing.T) {
	v := server(t, settings(t, file("")))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	a, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- v.Run(ctx, l, a) }()
	require.Equal(t, 404, get(t, serve.URL(l.Addr())+"/metrics"))
	require.Equal(t, 404, get(t, serve.URL(l.Addr())+"/healthz"))
	require.Equal(t, 200, get(t, serve.URL(l.Addr())+"/"))
	require.Equal(t, 200, get(t, serve.URL(a.Addr())+"/metrics"))
	require.Equal(t, 200, get(t, serve.URL(a.Addr())+"/healthz"))
	require.Equal(t, 404, get(t, serve.URL(a.Addr())+"/v1/models"))
	cancel()
	require.NoError(t, <-done)
	law(t, v.Counts())
}

func get(t *testing.T, url string) int {
	t.Helper()
	hr, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	r, err := http.DefaultTransport.RoundTrip(hr)
	require.NoError(t, err)
	require.NoError(t, r.Body.Close())
	return r.StatusCode
}

// inProcess is a handler without a socket.
type inProcess struct{ http.Handler }

func (p *inProcess) RoundTrip(hr *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, hr)
	return w.Result(), nil
}
