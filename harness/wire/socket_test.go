package wire_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// listens puts a server behind a socket, and gives the transport and the URL to reach it by.
func listens(t *testing.T, s *wire.Server) (*http.Transport, string) {
	ts := httptest.NewServer(s)
	tr := &http.Transport{}
	t.Cleanup(func() { tr.CloseIdleConnections(); ts.Close() })
	return tr, ts.URL
}

// ticking is a clock on which every look is a moment later, so that what has come has not come at 0.
type ticking struct {
	frozen
	n *atomic.Int64
}

func (c ticking) Now() time.Duration { return time.Duration(c.n.Add(1)) }

// forms are scripts of everything that can become of an attempt in the dialect.
func forms(d ac.Dialect) (all []ac.Script) {
	end := func(n, sent int, e ac.Ending) {
		all = append(all, ac.Script{N: n, Sent: sent, Effect: ac.Effect{End: e}})
	}
	for _, n := range []int{0, 1, 9} {
		end(n, n, ac.Ending{})
		for v := ac.HTML; int(v) < ac.Variants; v++ {
			end(n, n, ac.Ending{Form: ac.Garbled, Variant: v})
		}
		for sent := 0; sent <= n; sent += max(1, n/2) {
			for _, form := range []ac.Form{ac.CutEOF, ac.CutFIN, ac.CutRST, ac.Stall, ac.Short} {
				end(n, sent, ac.Ending{Form: form})
			}
			for k := ac.RateLimit; int(k) < ac.Kinds; k++ {
				if d.Status(k) != 0 {
					end(n, sent, ac.Ending{Form: ac.Event, Kind: k, Status: d.Status(k)})
				}
			}
		}
	}
	end(0, 0, ac.Ending{Form: ac.Silence})
	end(0, 0, ac.Ending{Form: ac.Refuse, Kind: ac.Reset})
	for _, after := range []ac.RetryAfter{{}, ac.After(7 * time.Second), {Hint: ac.HintSeconds}, {Hint: ac.HintNegative}, {Hint: ac.HintMillis, Millis: 1500}, {Hint: ac.HintDate, Millis: 2500}, ac.After(ac.HugeRetryAfter)} {
		for k := ac.RateLimit; int(k) < ac.Kinds; k++ {
			if d.Status(k) != 0 {
				end(0, 0, ac.Ending{Form: ac.Refuse, Kind: k, Status: d.Status(k), RetryAfter: after})
			}
		}
	}
	return append(all, statuses(d)...)
}

// statuses are refusals of every kind under other statuses, as a fault with one of its own makes them: a kind whose body does
// not name it is what the status says.
func statuses(d ac.Dialect) (all []ac.Script) {
	for _, status := range []int{400, 401, 402, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 504, 529} {
		for k := ac.RateLimit; int(k) < ac.Kinds; k++ {
			if w, ok := d.Wire(k); ok {
				w.Status = status
				all = append(all, ac.Script{Effect: ac.Effect{End: ac.Ending{Form: ac.Refuse, Kind: ac.Classify(w), Status: status, RetryAfter: ac.After(7 * time.Second)}}})
			}
		}
	}
	return all
}

// Over a real connection a client sees what the typed player's does: a reset is a reset, a cut a cut, and so on.
func TestOverASocketAsTyped(t *testing.T) {
	for _, f := range formats {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			var next atomic.Pointer[ac.Script]
			open := func(time.Duration, *ac.Request) ac.Script { return *next.Load() }
			tr, url := listens(t, &wire.Server{Open: open, Clock: frozen{}, Author: typed{}, Dialect: func(string) ac.Dialect { return f.Dialect() }})
			client := func(c ac.Clock) ac.Call {
				return wire.Config{Clock: c, Epoch: ac.Epoch, Endpoint: func(string) wire.Endpoint { return wire.Endpoint{URL: url + "/p/acme/v1", Format: f} }}.Client(tr)
			}
			still, moving := client(frozen{}), client(ticking{n: new(atomic.Int64)})
			for _, script := range forms(f.Dialect()) {
				next.Store(&script)
				for _, stream := range []bool{false, true} {
					req := func() *ac.Request { return &ac.Request{Target: model, Input: 5, Output: script.N, Stream: stream} }
					want, wantErr := faults.Play(frozen{}, open)(t.Context(), req())
					got, gotErr := still(t.Context(), req())
					require.Equal(t, verdictOf(want, wantErr), verdictOf(got, gotErr), "stream %v: %+v; %v", stream, script, gotErr)
					if script.End.RetryAfter.Hint == ac.HintDate {
						continue
					}
					want, wantErr = faults.Play(ticking{n: new(atomic.Int64)}, open)(t.Context(), req())
					got, gotErr = moving(t.Context(), req())
					require.Equal(t, verdictOf(want, wantErr), verdictOf(got, gotErr), "stream %v: %+v; %v", stream, script, gotErr)
					require.Equal(t, came(stream && script.Sent > 0, want, wantErr), came(stream && script.Sent > 0, got, gotErr), "stream %v: %+v", stream, script)
				}
			}
		})
	}
}

// came reports whether a first token has its time; the typed player has it at 0, where nothing takes time.
func came(due bool, resp *ac.Response, err error) bool {
	var e *ac.Error
	if resp != nil {
		return resp.First > 0 || due
	}
	return errors.As(err, &e) && (e.First > 0 || due && e.Got > 0)
}

// What the ends of a connection are below the client: errors of the system and of HTTP.
func TestEndsOfAConnection(t *testing.T) {
	for _, x := range []struct {
		form ac.Form
		sent int
		want error // of reading the body; of the request, if nothing was sent
	}{
		{ac.CutEOF, 3, nil}, {ac.CutEOF, 0, nil},
		{ac.CutFIN, 3, io.ErrUnexpectedEOF}, {ac.CutFIN, 0, io.ErrUnexpectedEOF},
		{ac.CutRST, 3, syscall.ECONNRESET}, {ac.CutRST, 0, syscall.ECONNRESET},
		{ac.Stall, 3, io.ErrUnexpectedEOF}, {ac.Stall, 0, io.EOF},
		{ac.Silence, 0, io.EOF},
	} {
		for _, f := range formats {
			t.Run(fmt.Sprint(f, " form ", x.form, " after ", x.sent), func(t *testing.T) {
				s := serves(author{Text: "Çà et là", Tokens: 9, Sized: true}, ac.Script{N: 9, Sent: x.sent, Effect: ac.Effect{End: ac.Ending{Form: x.form}}})
				tr, url := listens(t, s)
				hr, err := http.NewRequest("POST", url+"/v1"+paths[f], strings.NewReader(asking(f, true)))
				require.NoError(t, err)
				r, err := tr.RoundTrip(hr)
				if err != nil {
					require.Zero(t, x.sent)
					require.ErrorIs(t, err, x.want)
					return
				}
				over, want := bodyOf(r)
				require.ErrorIs(t, want, x.want)
				inProcess, _ := bodyOf(post(t, s, paths[f], asking(f, true)))
				require.Equal(t, inProcess, over, "the same bytes, half a rune and all")
			})
		}
	}
	t.Run("refused", func(t *testing.T) {
		tr, url := listens(t, serves(nil, ac.Script{Effect: ac.Effect{End: ac.Ending{Form: ac.Refuse, Kind: ac.Reset}}}))
		hr, _ := http.NewRequest("POST", url+"/v1/messages", strings.NewReader(asking(wire.Messages, false)))
		_, err := tr.RoundTrip(hr)
		require.ErrorIs(t, err, syscall.ECONNRESET)
	})
}

// A connection that is closed in mid-stream is closed in the middle of a chunk, which has said that it is longer; one that ends
// cleanly has its last chunk, of nothing.
func TestACutIsInTheMiddleOfAChunk(t *testing.T) {
	for _, f := range formats {
		for form, ends := range map[ac.Form]string{ac.CutFIN: "", ac.CutEOF: "0\r\n\r\n"} {
			_, url := listens(t, serves(author{Text: "Well, well.", Tokens: 4, Sized: true}, ac.Script{N: 4, Sent: 2, Effect: ac.Effect{End: ac.Ending{Form: form}}}))
			conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			require.NoError(t, err)
			body := asking(f, true)
			_, err = fmt.Fprintf(conn, "POST /v1%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", paths[f], len(body), body)
			require.NoError(t, err)
			got, err := io.ReadAll(conn)
			require.NoError(t, err, "it is no reset")
			_, chunks, ok := strings.Cut(string(got), "\r\n\r\n")
			require.True(t, ok)
			for {
				size, rest, _ := strings.Cut(chunks, "\r\n")
				n, err := strconv.ParseInt(size, 16, 64)
				require.NoError(t, err, chunks)
				if chunks == ends || int(n) > len(rest) {
					break
				}
				chunks = rest[n+2:]
			}
			require.Equal(t, ends != "", chunks == ends)
			require.NotEmpty(t, chunks)
		}
	}
}

// A client that goes makes the server leave at once, whatever it was at: its provider is told, and who keeps the books.
func TestAClientThatGoes(t *testing.T) {
	const long = 24 * time.Hour
	for _, x := range []struct {
		name   string
		stream bool
		script ac.Script
	}{
		{"while it waits for its turn", true, ac.Script{Wait: long, N: 3, Sent: 3}},
		{"before a plain answer", false, ac.Script{First: long, N: 3, Sent: 3}},
		{"before the first token", true, ac.Script{First: long, N: 3, Sent: 3}},
		{"between two tokens", true, ac.Script{N: 3, Sent: 3, Gen: long}},
		{"in a stream that has stalled", true, ac.Script{N: 3, Sent: 1, Effect: ac.Effect{End: ac.Ending{Form: ac.Stall, Hang: long}}}},
		{"in a silence", false, ac.Script{Effect: ac.Effect{End: ac.Ending{Form: ac.Silence, Hang: long}}}},
		{"before a refusal", false, ac.Script{Effect: ac.Effect{End: ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded, Status: 529, Delay: long}}}},
	} {
		t.Run(x.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			ended, left := make(chan *wire.Exchange, 2), make(chan time.Duration, 2)
			x.script.Leave = func(now time.Duration) { left <- now }
			tokens := x.script.Sent > 0 && x.script.First == 0 && x.script.Wait == 0
			s := &wire.Server{Clock: ac.NewWall(), Open: scripted(x.script), Author: typed{}, Ended: func(e *wire.Exchange) { ended <- e },
				Began: func(*wire.Exchange) { // on the server's goroutine
					if !tokens {
						cancel()
					}
				}}
			tr, url := listens(t, s)
			call := wire.Config{Endpoint: func(string) wire.Endpoint { return wire.Endpoint{URL: url, Format: wire.Messages} }}.Client(tr)
			req := &ac.Request{Target: model, Input: 5, Output: 3, Stream: x.stream, OnFirst: cancel}
			_, err := call(ctx, req)
			require.ErrorIs(t, err, context.Canceled)
			e := <-ended
			require.True(t, e.Left)
			require.Positive(t, <-left)
			require.Less(t, e.After, long)
			require.Empty(t, ended)
			require.Empty(t, left, "told once")
		})
	}
}

// Ended has the books of every request that came as far as the provider: once, with what was answered.
func TestTheBooks(t *testing.T) {
	for status, script := range map[int]ac.Script{
		200: whole(3), 429: {Effect: ac.Effect{End: ac.Ending{Form: ac.Refuse, Kind: ac.RateLimit, Status: 429}}},
		0: {Effect: ac.Effect{End: ac.Ending{Form: ac.Refuse, Kind: ac.Reset}}},
	} {
		began, ended := make(chan *wire.Exchange, 9), make(chan *wire.Exchange, 9)
		s := serves(typed{}, script)
		s.Began, s.Ended = func(e *wire.Exchange) { began <- e }, func(e *wire.Exchange) { ended <- e }
		tr, url := listens(t, s)
		hr, _ := http.NewRequest("POST", url+"/p/acme/v1/messages", strings.NewReader(asking(wire.Messages, false)))
		wire.WriteID(hr.Header, ac.ID{Task: 1, Step: 2, Attempt: 3})
		if r, err := tr.RoundTrip(hr); err == nil {
			_, _ = bodyOf(r)
		}
		e := <-ended
		require.Equal(t, status, e.Status)
		require.False(t, e.Left)
		require.Equal(t, ac.ID{Task: 1, Step: 2, Attempt: 3}, e.Request.ID)
		require.Equal(t, model, e.Request.Target)
		require.Same(t, e, <-began)
		require.Empty(t, began)
		require.Empty(t, ended)
	}
}
