package wire_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/stretchr/testify/require"
)

// An answer that is too long is not handed on in part, as if it were whole: of a file that is fetched, for one.
func TestThroughAnAnswerThatIsTooLong(t *testing.T) {
	for limit, want := range map[int64]int{7: 502, 8: 200} {
		rt := wire.Through(wire.Config{Limit: limit}.Client(transport(func(hr *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Request: hr, Body: io.NopCloser(strings.NewReader("a file's"))}, nil
		})))
		hr, _ := http.NewRequest("GET", api+"/files/f/content", nil)
		r, err := rt.RoundTrip(hr)
		require.NoError(t, err)
		said, err := bodyOf(r)
		require.NoError(t, err)
		require.Equal(t, want, r.StatusCode)
		require.Equal(t, want == 200, said == "a file's")
	}
}

// Providers have paths of all kinds: what is asked there is an answer of a model all the same.
func TestThroughLongerPaths(t *testing.T) {
	for path, aside := range map[string]bool{
		"/v1/chat/completions": false, "/chat/completions": false, "/api/v1/chat/completions": false, "/openai/v1/responses": false,
		"/v1beta/openai/chat/completions": false, "/openai/deployments/m-1/chat/completions": false, "/anthropic/v1/messages": false, "/p/acme/v1/messages": false,
		"/v1/threads/t/messages": true, "/api/v1/threads/t/messages": true, "/v1/chat/completions/c": true, "/api/v1/files": true, "/api/v1/embeddings": true,
	} {
		var got ac.Request
		rt := wire.Through(func(_ context.Context, req *ac.Request) (*ac.Response, error) { got = *req; return nil, ac.Unavailable })
		hr, _ := http.NewRequest("POST", "https://a.test"+path, strings.NewReader(`{"model":"m-1","stream":true,"max_tokens":5,"input":"x","messages":[{"role":"user","content":"x"}]}`))
		_, err := rt.RoundTrip(hr)
		require.NoError(t, err)
		require.Equal(t, !aside, got.Stream, path)
		require.Equal(t, aside, strings.HasSuffix(got.Target, "/-"), "%s: %s", path, got.Target)
	}
}

// A transport may find that the connection which it has kept is dead before anything went out, and takes another: it needs the
// body again.
func TestThroughABodyCanBeHadAgain(t *testing.T) {
	s := (&site{scripts: []ac.Script{whole(1)}}).open()
	s.post(t, wire.Chat, asking(wire.Chat, false))
	require.NotNil(t, s.asked[0].GetBody)
	body, err := s.asked[0].GetBody()
	require.NoError(t, err)
	again, err := io.ReadAll(body)
	require.NoError(t, err)
	require.Equal(t, asking(wire.Chat, false), string(again))
}

// Nor do the agent's keys go to the same host in the clear.
func TestThroughKeepsKeysFromPlainHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{policy: fallsBack(wire.Chat), scripts: []ac.Script{fails(ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded, Status: 503}), whole(4)}}
		s.config.Endpoint = func(string) wire.Endpoint { return wire.Endpoint{URL: strings.Replace(api, "https", "http", 1)} }
		s.open().post(t, wire.Chat, asking(wire.Chat, false))
		require.Len(t, s.asked, 2)
		require.Empty(t, s.asked[1].Header.Get("Authorization"))
	})
}

// Over real connections: a fallback's body is as long as it says, and what comes packed is unpacked, whatever the agent can unpack
// itself.
func TestThroughOverSockets(t *testing.T) {
	const answer = `{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}`
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }))
	defer first.Close()
	second := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		body, err := io.ReadAll(hr.Body)
		if err != nil || !strings.Contains(string(body), `"a-much-longer-name"`) || int64(len(body)) != hr.ContentLength {
			w.WriteHeader(400)
			return
		}
		w.Header()["Content-Encoding"] = []string{"gzip"}
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, answer)
		_ = z.Close()
	}))
	defer second.Close()
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	policy := resilience.Policy{Models: []string{"openai/m-1", "acme/a-much-longer-name"}, Check: wire.AnyContent}
	call := policy.Start(ac.Env{Clock: ac.NewWall(), Seed: 1})(wire.Config{Endpoint: func(string) wire.Endpoint { return wire.Endpoint{URL: second.URL} }}.Client(tr))
	hr, _ := http.NewRequest("POST", first.URL+"/v1/chat/completions", strings.NewReader(asking(wire.Chat, false)))
	hr.Header.Set("Accept-Encoding", "gzip, br")
	r, err := wire.Through(call).RoundTrip(hr)
	require.NoError(t, err)
	said, err := bodyOf(r)
	require.NoError(t, err)
	require.Equal(t, []any{200, answer, "", int64(len(answer))}, []any{r.StatusCode, said, r.Header.Get("Content-Encoding"), r.ContentLength})
}

// What changes nothing can be asked again; what may, is a write. No policy takes either elsewhere.
func TestThroughOnTheSideReadsAndWrites(t *testing.T) {
	for _, x := range []struct {
		method, path string
		use          ac.Use
	}{
		{"GET", "/models", ac.UseRead}, {"GET", "/files/f", ac.UseRead}, {"POST", "/embeddings", ac.UseRead}, {"POST", "/messages/count_tokens", ac.UseRead},
		{"POST", "/files", ac.UseWrite}, {"DELETE", "/files/f", ac.UseWrite}, {"POST", "/batches", ac.UseWrite},
	} {
		var got ac.Request
		client := wire.Config{Endpoint: func(string) wire.Endpoint { return wire.Endpoint{URL: api} }}.Client(transport(func(*http.Request) (*http.Response, error) {
			t.Error("it has gone elsewhere")
			return nil, io.EOF
		}))
		rt := wire.Through(func(ctx context.Context, req *ac.Request) (*ac.Response, error) {
			got = *req
			req.Target = "acme/large"
			return client(ctx, req)
		})
		hr, _ := http.NewRequest(x.method, api+x.path, strings.NewReader("{}"))
		r, err := rt.RoundTrip(hr)
		require.NoError(t, err)
		require.Equal(t, 400, r.StatusCode)
		require.Equal(t, x.use, got.Use, "%s %s", x.method, x.path)
	}
}
