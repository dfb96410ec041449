package wire_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// besides is a server that is asked on the side: its provider fails, and is never asked.
func besides(t *testing.T) *wire.Server {
	return &wire.Server{Clock: frozen{}, Models: []string{"anthropic/claude-sonnet-4", "openai/gpt-4o", "openai/ft:gpt-4o:acme", "acme/large", "sim/*"},
		Open: func(time.Duration, *ac.Request) ac.Script { t.Error("the provider has been asked"); return ac.Script{} }}
}

func get(t *testing.T, s *wire.Server, path string, header ...string) (status int, body map[string]any) {
	return parsed(t, send(t, s, http.MethodGet, path, "", header...))
}

func parsed(t *testing.T, r *http.Response) (status int, body map[string]any) {
	b, err := bodyOf(r)
	require.NoError(t, err)
	require.EqualValues(t, len(b), r.ContentLength)
	require.Equal(t, "application/json", r.Header.Get("Content-Type"))
	require.NoError(t, json.Unmarshal([]byte(b), &body), b)
	return r.StatusCode, body
}

func ids(body map[string]any) (out []string) {
	for _, m := range body["data"].([]any) {
		out = append(out, m.(map[string]any)["id"].(string))
	}
	return out
}

func TestModels(t *testing.T) {
	s := besides(t)
	_, body := get(t, s, "/v1/models")
	require.Equal(t, "list", body["object"])
	require.Equal(t, []string{"anthropic/claude-sonnet-4", "openai/gpt-4o", "openai/ft:gpt-4o:acme", "acme/large"}, ids(body), "a pattern is no model")
	require.Equal(t, map[string]any{"id": "openai/gpt-4o", "object": "model", "created": float64(ac.Epoch.Unix()), "owned_by": "openai"}, body["data"].([]any)[1])

	_, body = get(t, s, "/p/openai/v1/models")
	require.Equal(t, []string{"gpt-4o", "ft:gpt-4o:acme"}, ids(body), "a provider's own have its names")

	for _, ask := range [][]string{{"/v1/models", "Anthropic-Version", "2023-06-01"}, {"/p/anthropic/models"}} {
		_, body = get(t, s, ask[0], ask[1:]...)
		require.Equal(t, map[string]any{
			"data":     []any{map[string]any{"type": "model", "id": "claude-sonnet-4", "display_name": "claude-sonnet-4", "created_at": "2026-01-01T00:00:00Z"}},
			"has_more": false, "first_id": "claude-sonnet-4", "last_id": "claude-sonnet-4",
		}, body)
	}

	_, body = get(t, &wire.Server{Clock: frozen{}}, "/models", "Anthropic-Version", "2023-06-01")
	require.Equal(t, map[string]any{"data": []any{}, "has_more": false, "first_id": nil, "last_id": nil}, body, "none are a list too")
	_, body = get(t, &wire.Server{Clock: frozen{}}, "/models")
	require.Equal(t, []any{}, body["data"])
}

func TestOneModel(t *testing.T) {
	s := besides(t)
	for path, id := range map[string]string{"/v1/models/gpt-4o": "gpt-4o", "/v1/models/openai/gpt-4o": "openai/gpt-4o", "/p/openai/models/gpt-4o": "gpt-4o", "/models/ft:gpt-4o:acme": "ft:gpt-4o:acme"} {
		status, body := get(t, s, path)
		require.Equal(t, 200, status, path)
		require.Equal(t, id, body["id"])
		require.Equal(t, "model", body["object"])
	}
	status, body := get(t, s, "/v1/models/claude-sonnet-4", "Anthropic-Version", "2023-06-01")
	require.Equal(t, 200, status)
	require.Equal(t, "claude-sonnet-4", body["display_name"])

	status, body = get(t, s, "/v1/models/gpt-9")
	require.Equal(t, 404, status)
	require.Contains(t, body["error"].(map[string]any)["message"], "gpt-9")
	status, body = get(t, s, "/v1/models/gpt-9", "Anthropic-Version", "2023-06-01")
	require.Equal(t, 404, status)
	require.Equal(t, "not_found_error", body["error"].(map[string]any)["type"])
	status, _ = get(t, s, "/p/acme/v1/models/gpt-4o")
	require.Equal(t, 404, status, "another provider's")
}

func TestCountTokens(t *testing.T) {
	s := besides(t)
	status, body := parsed(t, post(t, s, "/v1/messages/count_tokens", `{"model":"m","system":"1234","tools":[{"name":"abcd","input_schema":{}}],"messages":[{"role":"user","content":"12345678"}]}`))
	require.Equal(t, 200, status)
	require.Equal(t, map[string]any{"input_tokens": 5.0}, body) // 4+4+2+8 bytes
	status, body = parsed(t, post(t, s, "/messages/count_tokens", `{"model":"m","messages":[]}`))
	require.Equal(t, 400, status)
	require.Equal(t, "error", body["type"])
	status, _ = parsed(t, post(t, s, "/messages/count_tokens", `{"messages":[{"role":"user","content":"x"}]}`))
	require.Equal(t, 400, status)
}

// vectors are those of a list of texts, as numbers.
func vectors(t *testing.T, more, input string) (out [][]float64) {
	status, body := parsed(t, post(t, besides(t), "/v1/embeddings", `{"model":"e",`+more+`"input":`+input+`}`))
	require.Equal(t, 200, status, body)
	for i, d := range body["data"].([]any) {
		e := d.(map[string]any)
		require.Equal(t, "embedding", e["object"])
		require.EqualValues(t, i, e["index"])
		out = append(out, floats(t, e["embedding"]))
	}
	return out
}

func floats(t *testing.T, embedding any) (v []float64) {
	packed, ok := embedding.(string)
	if !ok {
		for _, x := range embedding.([]any) {
			v = append(v, x.(float64))
		}
		return v
	}
	raw, err := base64.StdEncoding.DecodeString(packed)
	require.NoError(t, err)
	for ; len(raw) > 0; raw = raw[4:] {
		v = append(v, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))))
	}
	return v
}

func TestEmbeddings(t *testing.T) {
	v := vectors(t, "", `["a","b","a"]`)
	require.Len(t, v, 3)
	require.Equal(t, v[0], v[2], "equal texts have equal vectors")
	require.NotEqual(t, v[0], v[1])
	require.Equal(t, v[0], vectors(t, "", `"a"`)[0], "alone or in a list, in any run")
	for i, x := range vectors(t, `"encoding_format":"base64",`, `["a","b"]`) {
		require.InDeltaSlice(t, v[i], x, 1e-7, "as numbers or packed")
	}
	dot := 0.0
	for i := range v[0] {
		dot += v[0][i] * v[1][i]
	}
	require.InDelta(t, 0, dot, 0.15, "unlike texts point in unlike directions: six deviations of 1536")
	for _, n := range []int{1, 256, 1536, 4096} {
		x := vectors(t, `"dimensions":`+jsonOf(n)+`,`, `"a"`)[0]
		require.Len(t, x, n)
		sum := 0.0
		for _, c := range x {
			sum += c * c
		}
		require.InDelta(t, 1, sum, 1e-5, "of unit length")
	}
	require.Len(t, vectors(t, "", `[1,2,3]`), 1, "tokens are one text")
	require.Len(t, vectors(t, "", `[[1,2],[3]]`), 2)
}

func jsonOf(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func TestEmbeddingsThatAreRefused(t *testing.T) {
	many := `["a"` + strings.Repeat(`,"a"`, 2048) + `]`
	for body, says := range map[string]string{
		`{"input":"a"}`: "model", `{"model":"e"}`: "input", `{"model":"e","input":[]}`: "input", `{"model":"e","input":` + many + `}`: "2048",
		`{"model":"e","input":"a","dimensions":-1}`: "dimensions", `{"model":"e","input":"a","dimensions":5000}`: "dimensions", `{`: "JSON", `{"model":"e","input":"a","dimensions":"x"}`: "dimensions",
		`{"model":"e","dimensions":4096,"input":["a"` + strings.Repeat(`,"a"`, 2000) + `]}`: "too long",
	} {
		status, got := parsed(t, post(t, besides(t), "/embeddings", body))
		require.Equal(t, 400, status)
		require.Contains(t, got["error"].(map[string]any)["message"], says)
	}
}

// Whatever is answered has a request ID, in the vendor's header: SDKs show it with every answer and every error.
func TestEverythingHasARequestID(t *testing.T) {
	for _, x := range []struct{ method, path, body, header, form string }{
		{"POST", "/v1/embeddings", `{"model":"e","input":"a","dimensions":2}`, "X-Request-Id", "req_[0-9a-f]{32}"},
		{"POST", "/v1/embeddings", `{"model":"e"}`, "X-Request-Id", "req_[0-9a-f]{32}"},
		{"GET", "/v1/models", "", "X-Request-Id", "req_[0-9a-f]{32}"},
		{"GET", "/v1/models/none", "", "X-Request-Id", "req_[0-9a-f]{32}"},
		{"GET", "/p/anthropic/v1/models", "", "Request-Id", "req_[0-9A-Za-z]{24}"},
		{"POST", "/v1/messages/count_tokens", `{"model":"m","messages":[{"role":"user","content":"x"}]}`, "Request-Id", "req_[0-9A-Za-z]{24}"},
		{"POST", "/v1/chat/completions", `{`, "X-Request-Id", "req_[0-9a-f]{32}"},
		{"POST", "/v1/messages", `{`, "Request-Id", "req_[0-9A-Za-z]{24}"},
		{"POST", "/v1/nowhere", ``, "X-Request-Id", "req_[0-9a-f]{32}"},
	} {
		h := send(t, besides(t), x.method, x.path, x.body).Header
		require.Regexp(t, "^"+x.form+"$", h.Get(x.header), "%s %s", x.method, x.path)
		require.Len(t, append(h["X-Request-Id"], h["Request-Id"]...), 1)
	}
}

// OpenAI has one header for tokens: of several buckets the tightest shows.
func TestTheTightestBucketOfTokensShows(t *testing.T) {
	for _, left := range [][]int64{{5, 9}, {9, 5}} {
		s := serves(author{Text: "Hi"}, whole(1))
		s.Meters = func(time.Duration, string) []ac.Meter {
			return []ac.Meter{{Name: ac.MeterInputTokens, Limit: 100 * left[0], Remaining: left[0]}, {Name: ac.MeterTokens, Limit: 100 * left[1], Remaining: left[1]}}
		}
		h := post(t, s, "/v1/chat/completions", asking(wire.Chat, false)).Header
		require.Equal(t, []string{"5", "500"}, []string{h.Get("X-Ratelimit-Remaining-Tokens"), h.Get("X-Ratelimit-Limit-Tokens")})
	}
}

// A model's name stands in every event, so a request must not make it long.
func TestAModelWithALongName(t *testing.T) {
	for n, want := range map[int]int{512: 200, 513: 400} {
		for _, f := range formats {
			r := post(t, serves(author{Text: "Hi"}, whole(1)), paths[f], strings.Replace(asking(f, true), "m-1", strings.Repeat("m", n), 1))
			require.Equal(t, want, r.StatusCode)
		}
	}
}

// largest is a response of which only the largest piece and the sum are kept.
type largest struct {
	http.ResponseWriter
	piece, all int
}

func (l *largest) Write(b []byte) (int, error) {
	l.piece, l.all = max(l.piece, len(b)), l.all+len(b)
	return len(b), nil
}

func (l *largest) Header() http.Header { return http.Header{} }

func (l *largest) WriteHeader(int) {}

// Vectors go out one by one: a small request can ask for a hundred megabytes, and many for more than there is.
func TestVectorsAreNotHeld(t *testing.T) {
	var w largest
	hr, err := http.NewRequest("POST", "/v1/embeddings", strings.NewReader(`{"model":"e","input":["a"`+strings.Repeat(`,"a"`, 199)+`]}`))
	require.NoError(t, err)
	besides(t).ServeHTTP(&w, hr)
	require.Greater(t, w.all, 200*1536)
	require.Less(t, w.piece, w.all/100)
}
