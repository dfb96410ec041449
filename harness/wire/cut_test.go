package wire_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// healthy are answers in all that can be cut: runes of several bytes, arguments of tools, both, and an answer without tokens.
var healthy = []struct {
	name  string
	reply wire.Reply
	n     int
}{
	{"text", wire.Reply{Text: "Ça va: «naïve» 東京 🚀 \"quoted\"\n"}, 5},
	{"calls", wire.Reply{Calls: []wire.ToolCall{{Name: "look", Arguments: `{"city":"Köln","n":[1,2]}`}, {Name: "run", Arguments: `{"id":"é"}`}}}, 6},
	{"text and a call", wire.Reply{Text: "Ich prüfe.", Calls: []wire.ToolCall{{Name: "look", Arguments: `{"city":"Köln"}`}}}, 5},
	{"no tokens", wire.Reply{Text: "Ça va."}, 0},
}

// rendered is a healthy streamed answer, as the server writes it.
func rendered(t testing.TB, f wire.Format, reply wire.Reply, n int) string {
	reply.Tokens, reply.Sized = n, true
	body, err := bodyOf(post(t, serves(author(reply), whole(n)), "/v1"+paths[f], asking(f, true)))
	require.NoError(t, err)
	return body
}

// endings are how a connection can end in the middle, and what the client has to say of it.
var endings = []struct {
	name string
	err  error // io.EOF: cleanly
	kind ac.Kind
}{
	{"clean end", io.EOF, ac.Truncated},
	{"unexpected EOF", io.ErrUnexpectedEOF, ac.Truncated},
	{"reset", syscall.ECONNRESET, ac.Reset},
}

// ending is a body that ends with an error.
type ending struct {
	*strings.Reader
	err error
}

func (e *ending) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if err == io.EOF {
		err = e.err
	}
	return n, err
}

func (e *ending) Close() error { return nil }

// A streamed answer, cut after every byte in every way: the client says that it is truncated (reset, if it was), or has the
// whole answer, once all of it has come. Nothing else, and no panic.
func TestEveryByteCut(t *testing.T) {
	for _, f := range formats {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			offsets, cuts := 0, 0
			for _, x := range healthy {
				body := rendered(t, f, x.reply, x.n)
				offsets += len(body) + 1
				for _, e := range endings {
					cuts += cutEverywhere(t, f, x.name+", "+e.name, body, x.n, e.err, e.kind)
				}
			}
			t.Logf("%v: %d offsets of %d answers, %d cuts", f, offsets, len(healthy), cuts)
			require.Greater(t, offsets, 4000)
		})
	}
}

// cutEverywhere is the number of cuts made. With -short it is one byte in 41, and the last thirty.
func cutEverywhere(t *testing.T, f wire.Format, name, body string, n int, broken error, kind ac.Kind) (cuts int) {
	var cut string
	call := asks(f, transport(func(hr *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Request: hr,
			Body: &ending{strings.NewReader(cut), broken}}, nil
	}))
	intact := verdict{}
	got := 0
	for at := len(body); at >= 0; at-- {
		if testing.Short() && at%41 != 0 && at < len(body)-30 {
			continue
		}
		cuts++
		cut = body[:at]
		resp, err := call(t.Context(), &ac.Request{Target: model, Input: 3, Output: n, Stream: true})
		v := verdictOf(resp, err)
		if at == len(body) {
			intact, got = v, n
			require.NoError(t, err, name)
			require.Equal(t, n, v.Got, name)
			continue
		}
		if v.Kind != kind || v.Variant != ac.NoVariant || v.Status != 200 || v.Got > got || broken != io.EOF && !errors.Is(err, broken) {
			require.Failf(t, "cut", "%s at %d of %d: %+v (%v), after %q", name, at, len(body), v, err, cut[max(0, at-60):])
		}
		got = v.Got // tokens do not come back
	}
	require.Equal(t, ac.None, intact.Kind)
	require.Zero(t, got, "nothing has come of an answer that was cut before its first byte")
	return cuts
}

// whole events are what stands before the last blank line; the stump is the rest.
func split(body string) (events []string, stump string) {
	all := strings.Split(body, "\n\n")
	return all[:len(all)-1], all[len(all)-1]
}

// The server's cuts: what comes is what an uncut answer begins with, every token that is due, and no event more. What breaks
// off does so in the middle of the next event: in a rune, if there is one of several bytes, else in what the token says.
func TestWhereTheServerCuts(t *testing.T) {
	for _, f := range formats {
		for _, x := range healthy {
			all := rendered(t, f, x.reply, x.n)
			for _, form := range []ac.Form{ac.CutEOF, ac.CutFIN, ac.CutRST, ac.Stall} {
				for sent := 0; sent <= x.n; sent++ {
					cutByServer(t, f, x.reply, x.n, form, sent, all)
				}
			}
		}
	}
}

func cutByServer(t *testing.T, f wire.Format, reply wire.Reply, n int, form ac.Form, sent int, all string) {
	reply.Tokens, reply.Sized = n, true
	s := serves(author(reply), ac.Script{N: n, Sent: sent, Effect: ac.Effect{End: ac.Ending{Form: form}}})
	hr, err := http.NewRequest("POST", "http://server.test/v1"+paths[f], strings.NewReader(asking(f, true)))
	require.NoError(t, err)
	r, err := s.RoundTrip(hr)
	if sent == 0 && (form == ac.CutRST || form == ac.Stall) {
		require.ErrorIs(t, err, map[ac.Form]error{ac.CutRST: syscall.ECONNRESET, ac.Stall: io.EOF}[form])
		return
	}
	require.NoError(t, err)
	body, err := bodyOf(r)
	require.ErrorIs(t, err, map[ac.Form]error{ac.CutFIN: io.ErrUnexpectedEOF, ac.CutRST: syscall.ECONNRESET, ac.Stall: io.ErrUnexpectedEOF, ac.CutEOF: nil}[form])
	require.Less(t, len(body), len(all))
	require.Equal(t, all[:len(body)], body, "what comes is what comes of an uncut answer")
	require.Equal(t, sent, tokens(t, f, n, body), "every token that is due, and no other")

	_, stump := split(body)
	if form == ac.Stall || form == ac.CutEOF {
		require.Empty(t, stump, "what stalls or ends cleanly has sent whole events")
		return
	}
	require.NotEmpty(t, stump)
	rest := all[len(body):]
	event := stump + rest[:strings.Index(rest, "\n\n")]
	require.Less(t, len(stump), len(event), "the event is not whole")
	for i := range event {
		if event[i] >= utf8.RuneSelf {
			require.False(t, utf8.ValidString(stump), "cut in a rune: %q of %q", stump, event)
			break
		}
	}
	said := map[wire.Format]string{wire.Chat: `"arguments":"`, wire.Responses: `"delta":"`, wire.Messages: `"partial_json":"`}[f]
	if _, args, ok := strings.Cut(event, said); ok && len(reply.Calls) > 0 && reply.Text == "" && sent < n && strings.Index(args, `"`) > 0 {
		_, args, ok = strings.Cut(stump, said)
		require.True(t, ok, "cut before the arguments: %q of %q", stump, event)
		require.NotEmpty(t, args, "cut before the arguments: %q of %q", stump, event)
	}
}

// tokens are those that a strict client gets.
func tokens(t *testing.T, f wire.Format, n int, body string) int {
	_, err := hear(t, f, true, says("text/event-stream", body))
	var e *ac.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, ac.Truncated, e.Kind)
	return e.Got
}

// A plain answer is announced in full, and half of it comes: in a rune, or in the arguments of a tool.
func TestWhereTheServerCutsAPlainAnswer(t *testing.T) {
	for _, f := range formats {
		for _, x := range healthy {
			for _, form := range []ac.Form{ac.CutEOF, ac.CutFIN} {
				reply := x.reply
				reply.Tokens, reply.Sized = x.n, true
				intact, err := bodyOf(post(t, serves(author(reply), whole(x.n)), paths[f], asking(f, false)))
				require.NoError(t, err)
				s := serves(author(reply), ac.Script{N: x.n, Sent: x.n, Effect: ac.Effect{End: ac.Ending{Form: form}}})
				r := post(t, s, paths[f], asking(f, false))
				require.EqualValues(t, len(intact), r.ContentLength)
				body, err := bodyOf(r)
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				require.Less(t, len(body), len(intact))
				require.Equal(t, intact[:len(body)], body)
				require.False(t, utf8.ValidString(body), "cut in a rune: %q", body)
			}
		}
		reply := wire.Reply{Calls: []wire.ToolCall{{Name: "look", Arguments: `{"city":"Cologne"}`}}, Tokens: 5, Sized: true}
		body, err := bodyOf(post(t, serves(author(reply), ac.Script{N: 5, Sent: 5, Effect: ac.Effect{End: ac.Ending{Form: ac.CutFIN}}}), paths[f], asking(f, false)))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.Regexp(t, `\{\\?"city\\?":\\?"?$`, body, "cut in the arguments")
	}
}
