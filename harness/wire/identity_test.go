package wire

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// watched is an Identity and its clock.
type watched struct {
	Identity
	now time.Duration
}

func newWatched() *watched {
	w := &watched{}
	w.Now = func() time.Duration { return w.now }
	return w
}

// asks is a request that comes: a body, and headers in pairs. A count of −1 is none.
func (w *watched) asks(body string, count int, header ...string) (*Exchange, ac.ID) {
	hr := &http.Request{Header: http.Header{"Authorization": {"Bearer agentchaos"}}}
	if count >= 0 {
		hr.Header.Set("X-Stainless-Retry-Count", strconv.Itoa(count))
	}
	for i := 0; i+1 < len(header); i += 2 {
		hr.Header.Set(header[i], header[i+1])
	}
	x := &Exchange{HTTP: hr, Prompt: &Prompt{Format: Chat, Model: "m"}}
	x.Request.ID = w.Identify(hr, x.Prompt, []byte(body))
	return x, x.Request.ID
}

func (w *watched) ends(x *Exchange, e ac.Ending) Repeat {
	x.Script.End = e
	return w.Ended(x)
}

var (
	refused = ac.Ending{Form: ac.Refuse, Kind: ac.Unavailable}
	well    = ac.Ending{}
)

// place is where an ID stands: its step and its attempt.
func place(id ac.ID) string { return fmt.Sprintf("%d.%d", id.Step, id.Attempt) }

func TestIdentityOfSequences(t *testing.T) {
	for _, c := range []struct {
		name string
		// what happens: "+2" a request with count 2, "+-" one without, "!N" the N-th request fails, "=N" it ends well, "<N" its client
		// leaves
		story string
		ids   string
		sorts string
	}{
		{"one call after the other", "+0 =0 +0 =1 +0", "1.1 2.1 3.1", "fresh fresh fresh"},
		{"an SDK's retries", "+0 !0 +1 !1 +2 =2 +0", "1.1 1.2 1.3 2.1", "fresh sdk sdk fresh"},
		{"a loop around an SDK", "+0 !0 +1 !1 +0 !2 +1 =3 +0", "1.1 1.2 1.3 1.4 2.1", "fresh sdk outer sdk fresh"},
		{"a loop that never counts", "+- !0 +- <1 +- =2 +-", "1.1 1.2 1.3 2.1", "fresh outer outer fresh"},
		{"two at once", "+0 +0 !1 +1 =2 !0 +1", "1.1 2.1 2.2 1.2", "fresh fresh sdk sdk"},
		{"the earliest that fits", "+0 +0 +0 !2 !1 !0 +1 +1 +1", "1.1 2.1 3.1 1.2 2.2 3.2", "fresh fresh fresh sdk sdk sdk"},
		{"the one whose count fits", "+0 !0 +1 +0 !1 !2 +1 +2", "1.1 1.2 2.1 2.2 1.3", "fresh sdk fresh sdk sdk"},
		{"none whose count fits", "+0 !0 +2", "1.1 1.2", "fresh sdk"},
		{"a count out of nowhere", "+2 =0 +0", "1.3 2.1", "sdk fresh"},
		{"under way is not failed", "+0 +1", "1.1 2.2", "fresh sdk"},
		{"a count that is none", "+x !0 +-5 !1 +99999999999999999999", "1.1 1.2 1.3", "fresh outer outer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWatched()
			var xs []*Exchange
			var ids, sorts []string
			was := map[int]Repeat{}
			for _, word := range strings.Fields(c.story) {
				if word[0] == '+' {
					count := []string{"X-Stainless-Retry-Count", word[1:]}
					if word == "+-" {
						count = nil
					}
					x, id := w.asks(`{"a":1}`, -1, count...)
					sorts = append(sorts, w.live[x.HTTP].repeat.Sort.String())
					xs, ids = append(xs, x), append(ids, place(id))
					continue
				}
				n, err := strconv.Atoi(word[1:])
				require.NoError(t, err)
				xs[n].Left = word[0] == '<'
				end := well
				if word[0] == '!' {
					end = refused
				}
				was[n] = w.ends(xs[n], end)
			}
			require.Equal(t, c.ids, strings.Join(ids, " "))
			require.Equal(t, c.sorts, strings.Join(sorts, " "))
			for n, r := range was {
				require.Equal(t, sorts[n], r.Sort.String())
			}
		})
	}
}

func TestIdentityTellsRequestsApart(t *testing.T) {
	w := newWatched()
	seen := map[uint32]string{}
	for name, header := range map[string][]string{"": nil, "key": {"Authorization", "Bearer other"}, "other key": {"X-Api-Key", "k"}} {
		for _, body := range []string{`{"a":1}`, `{"a":2}`} {
			_, id := w.asks(body, 0, header...)
			require.NotContains(t, seen, id.Task)
			seen[id.Task] = name
		}
	}
	for _, p := range []*Prompt{{Format: Responses}, {Format: Chat, Provider: "acme"}} {
		hr := &http.Request{Header: http.Header{"Authorization": {"Bearer agentchaos"}}}
		id := w.Identify(hr, p, []byte(`{"a":1}`))
		require.NotContains(t, seen, id.Task)
		seen[id.Task] = ""
	}
	x, id := w.asks(`{"stream":true,"a":1}`, 0)
	require.Contains(t, seen, id.Task, "however it is to be sent")
	require.Equal(t, "2.1", place(id))
	w.ends(x, well)
}

func TestIdentityIsTheSameEverywhere(t *testing.T) {
	w := newWatched()
	_, id := w.asks(`{"model":"m","messages":[{"role":"user","content":"Hello\n"}]}`, 0)
	require.Equal(t, ac.ID{Task: 17260054, Step: 1, Attempt: 1}, id, "luck is drawn by it: another hash is another run for the same seed")
}

func TestIdentityByName(t *testing.T) {
	w := newWatched()
	ask := func(name string) (*Exchange, ac.ID) { return w.asks(`{"a":1}`, 0, IDHeader, name) }
	x, id := ask("7/2/1/0")
	require.Equal(t, ac.ID{Task: 7, Step: 2, Attempt: 1}, id)
	require.Equal(t, Repeat{}, w.ends(x, ac.Ending{Form: ac.Refuse, Kind: ac.RateLimit, RetryAfter: ac.After(5 * time.Second)}))
	x, id = ask("7/2/2/0")
	require.Equal(t, ac.ID{Task: 7, Step: 2, Attempt: 2}, id)
	require.Equal(t, Repeat{Sort: Named, Early: true}, w.ends(x, ac.Ending{Form: ac.Refuse, Kind: ac.Auth}))
	w.now = time.Minute
	x, _ = ask("7/2/3/0")
	require.Equal(t, Repeat{Sort: Named, Hopeless: true}, w.ends(x, well))
	x, _ = ask("7/3/2/0")
	require.Equal(t, Repeat{Sort: Named}, w.ends(x, well), "another step")
	x, _ = ask("7/2/1/1")
	require.Equal(t, Repeat{}, w.ends(x, well), "a hedge is no retry")
	x, _ = ask("7/2/1/0")
	w.ends(x, well)
	x, _ = ask("7/2/2/0")
	require.Equal(t, Repeat{Sort: Named}, w.ends(x, well), "the name was used again, from the beginning")
	_, id = ask("7/2/0")
	require.NotEqual(t, uint32(7), id.Task, "no name")
}

func TestEarlyAndHopeless(t *testing.T) {
	limited := func(hint ac.Hint, millis int64) ac.Ending {
		return ac.Ending{Form: ac.Refuse, Kind: ac.RateLimit, Delay: time.Second, RetryAfter: ac.RetryAfter{Hint: hint, Millis: millis}}
	}
	for _, c := range []struct {
		name     string
		end      ac.Ending
		left     bool
		wait     time.Duration // from the first request on
		early    bool
		hopeless bool
	}{
		{"too soon", limited(ac.HintSeconds, 5000), false, 5 * time.Second, true, false},
		{"in time", limited(ac.HintSeconds, 5000), false, 6 * time.Second, false, false},
		{"as coarse as a timer", limited(ac.HintSeconds, 5000), false, 6*time.Second - 10*time.Millisecond, false, false},
		{"coarser", limited(ac.HintSeconds, 5000), false, 6*time.Second - 11*time.Millisecond, true, false},
		{"milliseconds", limited(ac.HintMillis, 500), false, 1400 * time.Millisecond, true, false},
		{"a date", limited(ac.HintDate, 5000), false, 5900 * time.Millisecond, true, false},
		{"a date that has come", limited(ac.HintDate, 5000), false, 6 * time.Second, false, false},
		{"a fraction", limited(ac.HintFraction, 1500), false, 2400 * time.Millisecond, true, false},
		{"two that disagree", limited(ac.HintConflict, 5000), false, 1400 * time.Millisecond, true, false},
		{"the lesser of the two", limited(ac.HintConflict, 5000), false, 1500 * time.Millisecond, false, false},
		{"zero", limited(ac.HintZero, 5000), false, 0, false, false},
		{"negative", limited(ac.HintNegative, 5000), false, 0, false, false},
		{"no word of it", limited(ac.NoHint, 0), false, 0, false, false},
		{"who left was not told", limited(ac.HintSeconds, 5000), true, time.Second, false, false},
		{"quota", ac.Ending{Form: ac.Refuse, Kind: ac.Quota}, false, time.Hour / 8, false, true},
		{"auth in a stream", ac.Ending{Form: ac.Event, Kind: ac.Auth}, false, time.Second, false, true},
		{"max_tokens", ac.Ending{Form: ac.Short}, false, time.Second, false, true},
		{"a cut", ac.Ending{Form: ac.CutEOF}, false, time.Second, false, false},
		{"overloaded", ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded}, false, time.Second, false, false},
		{"who left knows nothing", ac.Ending{Form: ac.Refuse, Kind: ac.Quota}, true, time.Second, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWatched()
			w.Grace = 10 * time.Millisecond
			x, _ := w.asks("{}", 0)
			x.Left = c.left
			require.Equal(t, Repeat{}, w.ends(x, c.end))
			w.now = c.wait
			x, _ = w.asks("{}", 1)
			require.Equal(t, Repeat{SDK, c.early, c.hopeless}, w.ends(x, well))
			x, _ = w.asks("{}", 0)
			require.Equal(t, Repeat{}, w.ends(x, well), "another call")
		})
	}
}

// A server ten times as fast waits a tenth; what it says to its clients stays.
func TestEarlyOnAnotherScale(t *testing.T) {
	w := newWatched()
	w.Scale = 10
	for _, c := range []struct {
		wait  time.Duration
		early bool
	}{{5 * time.Second, true}, {5100 * time.Millisecond, false}} {
		x, _ := w.asks("{}", 0)
		w.ends(x, ac.Ending{Form: ac.Refuse, Kind: ac.RateLimit, Delay: time.Second, RetryAfter: ac.After(5 * time.Second)})
		w.now += c.wait
		x, _ = w.asks("{}", 1)
		require.Equal(t, c.early, w.ends(x, well).Early)
	}
}

// plainIdentity is Identity as plainly as it can be said, for one request and without forgetting.
type plainIdentity struct {
	calls []plainCall
}

type plainCall struct {
	attempt, count int
	failed         bool
}

func (p *plainIdentity) asks(count int) (step, attempt int) {
	best := -1
	for i, c := range p.calls {
		if c.failed && count > 0 && c.count == count-1 {
			best = i
			break
		}
	}
	for i := 0; i < len(p.calls) && best < 0; i++ {
		if p.calls[i].failed {
			best = i
		}
	}
	if best < 0 {
		p.calls = append(p.calls, plainCall{attempt: count, count: count})
		return len(p.calls) - 1, count
	}
	c := &p.calls[best]
	c.attempt, c.count, c.failed = c.attempt+1, count, false
	return best, c.attempt
}

func TestIdentityIsThePlainOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, twin := newWatched(), &plainIdentity{}
		type flight struct {
			x    *Exchange
			step int
		}
		var flying []flight
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			if len(flying) == 0 || rapid.Bool().Draw(t, "asks") {
				count := rapid.IntRange(0, 3).Draw(t, "count")
				step, attempt := twin.asks(count)
				x, id := w.asks("{}", count)
				require.Equal(t, fmt.Sprintf("%d.%d", step+1, attempt+1), place(id))
				flying = append(flying, flight{x, step})
				continue
			}
			i := rapid.IntRange(0, len(flying)-1).Draw(t, "which")
			f := flying[i]
			flying = append(flying[:i], flying[i+1:]...)
			end := well
			if rapid.IntRange(0, 3).Draw(t, "fails") > 0 {
				end = refused
				twin.calls[f.step].failed = true
			}
			w.ends(f.x, end)
		}
	})
}

func TestIdentityForgets(t *testing.T) {
	w := newWatched()
	x, _ := w.asks("{}", 0)
	w.ends(x, refused)
	w.now = 10 * time.Minute
	x, id := w.asks("{}", 0)
	require.Equal(t, "1.2", place(id), "ten minutes are not over")
	w.now = time.Hour
	y, id := w.asks("{}", 0)
	require.Equal(t, "2.1", place(id), "what is being answered is remembered")
	w.ends(x, refused)
	w.ends(y, refused)
	w.now = 2 * time.Hour
	_, id = w.asks("{}", 0)
	require.Equal(t, "1.1", place(id), "hours ago is long ago")
	require.Equal(t, 1, w.held)
	w.now = 3 * time.Hour
	x, _ = w.asks(`{"other":1}`, 0)
	w.ends(x, refused)
	w.now = 4 * time.Hour
	w.asks(`{"another":1}`, 0)
	require.Len(t, w.known, 3, "behind one that is being answered nobody looks, and there are not many")
}

func TestIdentityIsBounded(t *testing.T) {
	w := newWatched()
	w.Most = 100
	for i := range 1000 {
		x, _ := w.asks(fmt.Sprintf(`{"i":%d}`, i), 0)
		w.ends(x, refused)
	}
	require.LessOrEqual(t, w.held, 101)
	require.LessOrEqual(t, len(w.known), 51)
	require.Empty(t, w.live)
	x, id := w.asks(`{"i":999}`, 0)
	require.Equal(t, "1.2", place(id), "the newest are remembered")
	w.ends(x, well)
	_, id = w.asks(`{"i":1}`, 0)
	require.Equal(t, "1.1", place(id), "the oldest are not")

	var many []*Exchange
	w = newWatched()
	for range 3 * mostFailed {
		x, _ := w.asks("{}", 0)
		many = append(many, x)
	}
	for _, x := range many {
		w.ends(x, refused)
	}
	require.Equal(t, 1+mostFailed, w.held)
	require.Len(t, w.known[w.order.newest.hash].failed, mostFailed)
	_, id = w.asks("{}", 0)
	require.Equal(t, fmt.Sprintf("%d.2", 2*mostFailed+1), place(id), "the earliest of too many are forgotten")
}

// What is held is what there is, whatever happens.
func TestIdentityCountsWhatItHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWatched()
		w.Most, w.Forget = rapid.IntRange(1, 12).Draw(t, "most"), 10*time.Second
		var flying []*Exchange
		for range rapid.IntRange(1, 80).Draw(t, "events") {
			w.now += time.Duration(rapid.IntRange(0, 4).Draw(t, "later")) * time.Second
			if len(flying) == 0 || rapid.Bool().Draw(t, "asks") {
				var header []string
				if rapid.IntRange(0, 4).Draw(t, "named") == 0 {
					header = []string{IDHeader, fmt.Sprintf("1/1/%d/0", rapid.IntRange(0, 2).Draw(t, "attempt"))}
				}
				x, _ := w.asks(fmt.Sprintf(`{"i":%d}`, rapid.IntRange(0, 9).Draw(t, "body")), rapid.IntRange(-1, 2).Draw(t, "count"), header...)
				flying = append(flying, x)
			} else {
				i := rapid.IntRange(0, len(flying)-1).Draw(t, "which")
				x := flying[i]
				flying = append(flying[:i], flying[i+1:]...)
				switch rapid.IntRange(0, 2).Draw(t, "end") {
				case 0:
					w.ends(x, well)
				case 1:
					w.ends(x, refused)
				default:
					w.Lost(x.HTTP)
				}
			}
			held, listed := 0, 0
			for a := w.order.oldest; a != nil; a = a.newer {
				listed++
				require.False(t, a.gone)
				require.Same(t, a, w.known[a.hash])
				require.True(t, a.newer == nil || a.used <= a.newer.used)
				require.GreaterOrEqual(t, a.live, 0)
				held += 1 + len(a.failed)
			}
			require.Equal(t, len(w.known), listed)
			require.Equal(t, held, w.held)
			require.Len(t, w.live, len(flying))
		}
	})
}

func TestIdentityOfManyAtOnce(t *testing.T) {
	y := &Identity{Now: func() time.Duration { return 0 }, Most: 50}
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 200 {
				hr := &http.Request{Header: http.Header{"X-Api-Key": {strconv.Itoa(g % 3)}}}
				x := &Exchange{HTTP: hr, Prompt: &Prompt{}}
				y.Identify(hr, x.Prompt, []byte(`{"i":`+strconv.Itoa(i%7)+`}`))
				x.Script.End = refused
				y.Ended(x)
			}
		})
	}
	all.Wait()
	require.Empty(t, y.live)
}

func BenchmarkIdentity(b *testing.B) {
	w := newWatched()
	turn := `{"role":"user","content":"` + strings.Repeat("Where is my order? ", 10) + `\nPlease look."}`
	body := []byte(`{"model":"gpt-4o","temperature":0.2,"stream":true,"messages":[` + turn + "," + turn + "," + turn + "," + turn + `]}`)
	hr := &http.Request{Header: http.Header{"Authorization": {"Bearer agentchaos"}, "X-Stainless-Retry-Count": {"0"}}}
	x := &Exchange{HTTP: hr, Prompt: &Prompt{Format: Chat, Model: "m"}}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		w.Identify(hr, x.Prompt, body)
		w.Ended(x)
	}
}
