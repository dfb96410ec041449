package serve_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestServesOverASocket(t *testing.T) {
	v := server(t, settings(t, file("")))
	url, stop := running(t, v)
	status, body := post(t, http.DefaultTransport, url+"/v1/chat/completions", chat)
	require.Equal(t, 200, status, body)
	require.Contains(t, body, `"finish_reason":"stop"`)
	require.NoError(t, stop())
	n := v.Counts()
	require.Equal(t, map[string]int{"ok": 1}, n.Requests)
	require.Equal(t, 1, n.Received)
}
