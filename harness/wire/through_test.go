package wire_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/stretchr/testify/require"
)

// site is a provider that plays its scripts one after the other, the last one for ever, and what an agent reaches it by.
type site struct {
	scripts []ac.Script
	asked   []*http.Request // as the provider got them, in order
	bodies  []string
	sent    []*bytes.Buffer // what it answered
	policy  resilience.Policy
	config  wire.Config
	agent   *http.Client
}

// open must be called in a bubble, where time costs nothing.
func (s *site) open() *site {
	wall := ac.NewWall()
	server := &wire.Server{Clock: wall, Author: author{Text: "Ça marche.", Tokens: 4, Sized: true}, Models: []string{"openai/m-1"},
		Open: func(time.Duration, *ac.Request) ac.Script {
			next := s.scripts[0]
			if len(s.scripts) > 1 {
				s.scripts = s.scripts[1:]
			}
			return next
		}}
	s.config.Clock = wall
	s.policy.Check = wire.AnyContent
	call := s.policy.Start(ac.Env{Clock: wall, Seed: 1})(s.config.Client(transport(func(hr *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(hr.Body)
		if err != nil {
			return nil, err
		}
		hr.Body = io.NopCloser(bytes.NewReader(body))
		s.asked, s.bodies = append(s.asked, hr), append(s.bodies, string(body))
		r, err := server.RoundTrip(hr)
		if err == nil {
			var sent bytes.Buffer
			s.sent = append(s.sent, &sent)
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.TeeReader(r.Body, &sent), r.Body}
		}
		return r, err
	})))
	s.agent = &http.Client{Transport: wire.Through(call)}
	return s
}

func (s *site) post(t testing.TB, f wire.Format, body string) (*http.Response, string) {
	hr, err := http.NewRequestWithContext(t.Context(), "POST", api+paths[f], strings.NewReader(body))
	require.NoError(t, err)
	hr.Header.Set("Authorization", "Bearer key")
	hr.Header.Set("X-Agents-Own", "kept")
	r, err := s.agent.Do(hr)
	require.NoError(t, err)
	said, err := bodyOf(r)
	require.NoError(t, err)
	require.EqualValues(t, len(said), r.ContentLength)
	return r, said
}

func fails(e ac.Ending) ac.Script { return ac.Script{N: 4, Sent: 2, Effect: ac.Effect{End: e}} }

var three = resilience.Policy{Retry: resilience.Retry{Attempts: 3}}

// Whatever goes wrong first, the agent gets the whole answer of the attempt that went well, byte for byte.
func TestThroughRetries(t *testing.T) {
	for _, x := range []struct {
		name   string
		stream bool // only; else plain too
		first  ac.Ending
	}{
		{"overloaded", false, ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded}},
		{"a rate limit that says when", false, ac.Ending{Form: ac.Refuse, Kind: ac.RateLimit, RetryAfter: ac.After(7 * time.Second)}},
		{"a reset", false, ac.Ending{Form: ac.Refuse, Kind: ac.Reset}},
		{"silence", false, ac.Ending{Form: ac.Silence, Hang: time.Minute}},
		{"a page instead of an answer", false, ac.Ending{Form: ac.Garbled, Variant: ac.HTML}},
		{"an error object for an answer", false, ac.Ending{Form: ac.Garbled, Variant: ac.ErrorBody}},
		{"a stream cut cleanly, which SDKs take for whole", false, ac.Ending{Form: ac.CutEOF}},
		{"a stream cut in a chunk", false, ac.Ending{Form: ac.CutFIN}},
		{"a stream cut by a reset", false, ac.Ending{Form: ac.CutRST}},
		{"a stream that stalls", true, ac.Ending{Form: ac.Stall, Hang: time.Hour}},
		{"an error event", true, ac.Ending{Form: ac.Event, Kind: ac.Overloaded}},
	} {
		for _, f := range formats {
			for _, stream := range []bool{true, false} {
				if x.stream && !stream {
					continue
				}
				t.Run(x.name+", "+f.String(), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						first := fails(x.first)
						first.End.Status = f.Dialect().Status(x.first.Kind)
						s := (&site{policy: three, scripts: []ac.Script{first, first, {First: time.Second, Gen: time.Second, N: 4, Sent: 4}}}).open()
						r, said := s.post(t, f, asking(f, stream))
						require.Equal(t, 200, r.StatusCode)
						require.Len(t, s.asked, 3)
						require.Equal(t, s.sent[len(s.sent)-1].String(), said)
						require.Contains(t, said, "he.")
						require.Equal(t, stream, strings.HasPrefix(r.Header.Get("Content-Type"), "text/event-stream"))
						require.Empty(t, r.Header.Get("X-Should-Retry"))
						for i, hr := range s.asked {
							require.Equal(t, asking(f, stream), s.bodies[i], "the agent's own request, every time")
							require.Equal(t, []string{api + paths[f], "Bearer key", "kept"}, []string{hr.URL.String(), hr.Header.Get("Authorization"), hr.Header.Get("X-Agents-Own")})
						}
					})
				})
			}
		}
	}
}

// What fails for good comes back as the provider said it, or in its words; and the SDK is told not to try again.
func TestThroughFails(t *testing.T) {
	for _, x := range []struct {
		name   string
		first  ac.Ending
		status func(ac.Dialect) int
		sent   bool // the provider's own body
		says   string
	}{
		{"overloaded", ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded, RetryAfter: ac.After(time.Second)}, func(d ac.Dialect) int { return d.Status(ac.Overloaded) }, true, "overloaded"},
		{"a wrong key", ac.Ending{Form: ac.Refuse, Kind: ac.Auth}, func(d ac.Dialect) int { return 401 }, true, ""},
		{"a stream that is cut", ac.Ending{Form: ac.CutFIN}, func(ac.Dialect) int { return 502 }, false, "truncated"},
		{"a reset", ac.Ending{Form: ac.Refuse, Kind: ac.Reset}, func(ac.Dialect) int { return 502 }, false, "reset"},
		{"nonsense", ac.Ending{Form: ac.Garbled, Variant: ac.InvalidJSON}, func(ac.Dialect) int { return 502 }, false, "malformed"},
		{"an error event for a rate limit", ac.Ending{Form: ac.Event, Kind: ac.RateLimit}, func(ac.Dialect) int { return 429 }, false, "rate_limit"},
		{"an answer cut by max_tokens", ac.Ending{Form: ac.Short}, nil, false, ""},
	} {
		for _, f := range formats {
			t.Run(x.name+", "+f.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					script := fails(x.first)
					script.End.Status = f.Dialect().Status(x.first.Kind)
					s := (&site{policy: three, scripts: []ac.Script{script}}).open()
					r, said := s.post(t, f, asking(f, true))
					if x.status == nil {
						require.Equal(t, 200, r.StatusCode, said)
						require.Equal(t, s.sent[0].String(), said, "it is an answer, and says itself that it is cut")
						return
					}
					require.Equal(t, x.status(f.Dialect()), r.StatusCode)
					require.Equal(t, "false", r.Header.Get("X-Should-Retry"))
					if x.sent {
						require.Equal(t, s.sent[len(s.sent)-1].String(), said)
						require.Equal(t, x.first.RetryAfter != ac.RetryAfter{}, r.Header.Get("Retry-After") != "", "with its headers")
					}
					isVendorError(t, f, said, x.says)
				})
			})
		}
	}
}

// isVendorError reads an error body as the vendor's SDKs do.
func isVendorError(t *testing.T, f wire.Format, body, says string) {
	var e struct {
		Type  string
		Error struct{ Type, Message string }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &e), body)
	require.NotEmpty(t, e.Error.Type)
	require.Contains(t, strings.ToLower(e.Error.Message), strings.ToLower(says))
	if f == wire.Messages {
		require.Equal(t, "error", e.Type)
	}
}

func TestThroughAnOpenBreaker(t *testing.T) {
	for _, f := range formats {
		synctest.Test(t, func(t *testing.T) {
			script := fails(ac.Ending{Form: ac.Refuse, Kind: ac.Unavailable, Status: 500})
			s := (&site{policy: resilience.Policy{Breaker: &resilience.Breaker{Failures: 1}}, scripts: []ac.Script{script}}).open()
			s.post(t, f, asking(f, true))
			r, said := s.post(t, f, asking(f, true))
			require.Equal(t, 503, r.StatusCode)
			require.Equal(t, "false", r.Header.Get("X-Should-Retry"))
			require.Equal(t, "application/json", r.Header.Get("Content-Type"))
			isVendorError(t, f, said, "breaker_open")
			require.Len(t, s.asked, 1, "the provider is left alone")
		})
	}
}

// The answer is held back until it is whole: it comes at once, at the end of it.
func TestThroughHoldsAStreamBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&site{scripts: []ac.Script{{First: time.Second, Gen: 3 * time.Second, N: 4, Sent: 4}}}).open()
		begin := time.Now()
		s.post(t, wire.Messages, asking(wire.Messages, true))
		require.Equal(t, 4*time.Second, time.Since(begin))
	})
}

func TestThroughATimeout(t *testing.T) {
	for _, f := range formats {
		synctest.Test(t, func(t *testing.T) {
			s := (&site{policy: resilience.Policy{Timeout: resilience.Timeout{FirstToken: time.Second}}, scripts: []ac.Script{{First: time.Minute, N: 4, Sent: 4}}}).open()
			begin := time.Now()
			r, said := s.post(t, f, asking(f, true))
			require.Equal(t, time.Second, time.Since(begin))
			require.Equal(t, 504, r.StatusCode)
			isVendorError(t, f, said, "timeout")
		})
	}
}

// fallsBack is a policy whose first model is the agent's.
func fallsBack(f wire.Format) resilience.Policy {
	vendor := map[wire.Format]string{wire.Chat: "openai", wire.Responses: "openai", wire.Messages: "anthropic"}[f]
	return resilience.Policy{Models: []string{vendor + "/m-1", "acme/large"}}
}

// A fallback is the same request, for another model, to another place. The agent's keys are for the first place alone.
func TestThroughFallsBack(t *testing.T) {
	for _, f := range formats {
		synctest.Test(t, func(t *testing.T) {
			s := &site{policy: fallsBack(f), scripts: []ac.Script{fails(ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded, Status: f.Dialect().Status(ac.Overloaded)}), whole(4)}}
			s.config.Endpoint = func(target string) wire.Endpoint {
				require.Equal(t, "acme/large", target)
				return wire.Endpoint{URL: "https://acme.test/v1", Format: f, Header: http.Header{"x-acme-key": {"a"}}}
			}
			s.open()
			hr, _ := http.NewRequestWithContext(t.Context(), "POST", api+paths[f], strings.NewReader(asking(f, true)))
			for _, secret := range []string{"Authorization", "X-Api-Key", "Api-Key", "Cookie", "Openai-Organization", "Openai-Project", "Proxy-Authorization", "X-Goog-Api-Key", "Helicone-Auth"} {
				hr.Header.Set(secret, "secret")
			}
			hr.Header.Set("X-Stainless-Lang", "go")
			r, err := s.agent.Do(hr)
			require.NoError(t, err)
			said, err := bodyOf(r)
			require.NoError(t, err)
			require.Equal(t, 200, r.StatusCode, said)
			require.Len(t, s.asked, 2)
			require.Equal(t, "secret", s.asked[0].Header.Get("Authorization"))
			second := s.asked[1]
			require.Equal(t, "https://acme.test/v1"+paths[f], second.URL.String())
			require.Equal(t, "acme.test", second.Host)
			require.Equal(t, "a", second.Header.Get("X-Acme-Key"))
			require.Equal(t, "go", second.Header.Get("X-Stainless-Lang"))
			for name, v := range second.Header {
				require.NotEqual(t, []string{"secret"}, v, "%s is a secret between the agent and its own provider", name)
			}
			var before, after map[string]any
			require.NoError(t, json.Unmarshal([]byte(s.bodies[0]), &before))
			require.NoError(t, json.Unmarshal([]byte(s.bodies[1]), &after))
			require.Equal(t, "large", after["model"])
			before["model"] = "large"
			require.Equal(t, before, after, "nothing else has changed")
		})
	}
}

func TestThroughCannotFallBack(t *testing.T) {
	failing := []ac.Script{fails(ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded, Status: 503})}
	for _, x := range []struct {
		name     string
		endpoint func(string) wire.Endpoint
		want     error
	}{
		{"nobody says where", nil, wire.ErrNoEndpoint},
		{"to another format", func(string) wire.Endpoint { return wire.Endpoint{URL: "https://a.test/v1", Format: wire.Messages} }, wire.ErrOtherFormat},
	} {
		t.Run(x.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &site{policy: fallsBack(wire.Chat), scripts: failing}
				s.config.Endpoint = x.endpoint
				s.open()
				r, said := s.post(t, wire.Chat, asking(wire.Chat, false))
				require.Equal(t, 400, r.StatusCode)
				require.Equal(t, "false", r.Header.Get("X-Should-Retry"))
				isVendorError(t, wire.Chat, said, x.want.Error())
				require.Len(t, s.asked, 1)
			})
		})
	}
}

// What agents ask besides goes the same way, and never to another model.
func TestThroughOnTheSide(t *testing.T) {
	for _, x := range []struct {
		name, method, path, body string
		status                   int
		says                     string
	}{
		{"models", "GET", "/models", "", 200, "openai/m-1"},
		{"a model", "GET", "/models/m-1", "", 200, "m-1"},
		{"vectors", "POST", "/embeddings", `{"model":"e","input":"a","dimensions":2}`, 200, "embedding"},
		{"token counts", "POST", "/messages/count_tokens", `{"model":"m","messages":[{"role":"user","content":"x"}]}`, 200, "input_tokens"},
		{"what the provider does not know", "POST", "/files", "x", 404, "Unknown request URL"},
		{"a request that cannot be read: the provider says what is wrong with it", "POST", "/chat/completions", `{"model":`, 400, "parse the JSON"},
	} {
		t.Run(x.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				policy := fallsBack(wire.Chat)
				policy.Retry.Attempts = 3
				s := (&site{policy: policy, scripts: []ac.Script{whole(4)}}).open()
				hr, _ := http.NewRequestWithContext(t.Context(), x.method, api+x.path, strings.NewReader(x.body))
				r, err := s.agent.Do(hr)
				require.NoError(t, err)
				said, err := bodyOf(r)
				require.NoError(t, err)
				require.Equal(t, x.status, r.StatusCode, said)
				require.Contains(t, said, x.says)
				require.Equal(t, s.sent[0].String(), said)
				require.Len(t, s.asked, 1)
				require.Equal(t, x.body, s.bodies[0])
				require.Equal(t, x.status >= 400, r.Header.Get("X-Should-Retry") == "false")
			})
		})
	}
}

func TestThroughACancelledContext(t *testing.T) {
	for _, path := range []string{"/chat/completions", "/responses", "/messages"} {
		synctest.Test(t, func(t *testing.T) {
			s := (&site{policy: three, scripts: []ac.Script{{First: time.Hour, N: 4, Sent: 4}}}).open()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			hr, _ := http.NewRequestWithContext(ctx, "POST", api+path, strings.NewReader(`{"model":"m-1","stream":true,"max_tokens":5,"input":"x","messages":[{"role":"user","content":"x"}]}`))
			_, err := s.agent.Do(hr)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Len(t, s.asked, 1)
		})
	}
}

// A transport that gives no headers at all, as tests' own do.
func TestThroughAResponseWithoutHeaders(t *testing.T) {
	for _, status := range []int{200, 500} {
		rt := wire.Through(wire.Client(transport(func(hr *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(chatText)), Request: hr}, nil
		})))
		r, err := (&http.Client{Transport: rt}).Post(api+"/chat/completions", "application/json", strings.NewReader(asking(wire.Chat, false)))
		require.NoError(t, err)
		require.Equal(t, status, r.StatusCode)
		said, err := bodyOf(r)
		require.NoError(t, err)
		require.Equal(t, chatText, said)
	}
}

// A body that breaks off on its way from the agent is sent to nobody.
func TestThroughABodyThatBreaks(t *testing.T) {
	s := (&site{scripts: []ac.Script{whole(1)}}).open()
	torn := errors.New("torn")
	_, err := s.agent.Post(api+"/chat/completions", "application/json", io.MultiReader(strings.NewReader(`{"mod`), &ending{strings.NewReader(""), torn}))
	require.ErrorIs(t, err, torn)
	require.Empty(t, s.asked)
}
