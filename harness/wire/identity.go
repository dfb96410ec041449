package wire

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Identity tells which attempt of which call a request is, by what SDKs send of themselves. Identify and Ended belong into the
// Server's fields of the same names.
//
// A request with an [IDHeader] is what that says. Any other is known by its key, route and body ([agentchaos.ID]'s Task is a
// hash of them), and by its X-Stainless-Retry-Count, in which the vendors' SDKs count their own retries. Step counts the calls
// of equal requests, Attempt the attempts of a call, both from 1:
//
//   - A request with count c > 0 continues the earliest call whose last attempt had c−1 and has failed, else the earliest that has
//     failed at all; where there is none it begins a call at attempt c+1.
//   - A request with count 0, or none, continues the earliest call that has failed: a loop around the SDK, which never counts.
//     Else it begins a call.
//
// An attempt has failed when it was answered with anything but a whole answer, or its client has left. The same requests in the
// same order have the same IDs. What is known of a request is forgotten after a while: see Forget and Most.
//
// The zero value can be used, with Now set. It may be used concurrently.
type Identity struct {
	// Now is the time on the clients' clock: what they count a Retry-After on.
	Now func() time.Duration
	// Scale is by how much the Server's clock is faster than Now; 0: not at all.
	Scale float64
	// Grace is how much too soon a retry may come without being early: timers of client runtimes are as coarse. 0: not at all.
	Grace time.Duration
	// Forget is how long equal requests are remembered after the last of them; 0: 10 minutes.
	Forget time.Duration
	// Most is how many requests and failed calls are remembered; above it the oldest are forgotten. 0: 100,000.
	Most int

	mu    sync.Mutex
	known map[uint64]*asking
	order askings
	held  int // askings, and failed calls of them
	live  map[*http.Request]*underway
}

// Repeat is what a request is, seen from those before it.
type Repeat struct {
	Sort     Sort
	Early    bool // before a Retry-After had run out
	Hopeless bool // after a failure that does not pass
}

// Sort is who asks again.
type Sort uint8

// The sorts.
const (
	Fresh Sort = iota // nobody: it is the first attempt of its call
	SDK               // an SDK, which counts its own retries
	Outer             // a loop around it, which does not
	Named             // whoever wrote the IDHeader
)

var sortNames = [...]string{"fresh", "sdk", "outer", "named"}

// String is "fresh", "sdk", "outer" or "named".
func (s Sort) String() string { return sortNames[s] }

// Identify is the attempt that a request is.
func (y *Identity) Identify(hr *http.Request, p *Prompt, body []byte) agentchaos.ID {
	id, named := ReadID(hr.Header)
	hash := uint64(0)
	if named {
		hash = hashOfName(id, p)
	} else {
		hash = hashOf(hr, p, body)
	}
	now := y.Now()
	y.mu.Lock()
	defer y.mu.Unlock()
	a := y.asking(hash, now)
	before := len(a.failed)
	var u *underway
	if named {
		u = a.named(id)
	} else {
		u = a.next(retryCount(hr.Header))
		id = agentchaos.ID{Task: uint32(hash >> 32), Step: u.step, Attempt: u.attempt} // they count from 1
	}
	y.held += len(a.failed) - before
	u.came = now
	if u.repeat.Sort != Fresh {
		u.repeat.Early, u.repeat.Hopeless = now+y.Grace < u.due, u.never
	}
	a.live++
	if y.live == nil {
		y.live = map[*http.Request]*underway{}
	}
	y.live[hr] = u
	y.forget(now)
	return id
}

// Ended tells what became of a request, and gives what it was.
func (y *Identity) Ended(x *Exchange) Repeat {
	now := y.Now()
	y.mu.Lock()
	defer y.mu.Unlock()
	u := y.live[x.HTTP]
	if u == nil {
		return Repeat{}
	}
	delete(y.live, x.HTTP)
	a := u.asking
	a.live--
	if a.gone || !x.Left && x.Script.End.Form == agentchaos.Whole {
		return u.repeat
	}
	u.told(x, y.Scale)
	before := len(a.failed)
	a.fail(u.tried)
	y.held += len(a.failed) - before
	y.touch(a, now)
	return u.repeat
}

// Lost tells of a request of which Ended will not: its handler has panicked.
func (y *Identity) Lost(hr *http.Request) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if u := y.live[hr]; u != nil {
		u.live--
		delete(y.live, hr)
	}
}

// hashOf is what a request is known by.
func hashOf(hr *http.Request, p *Prompt, body []byte) uint64 {
	h := mix(uint64(p.Format), sumOf('p', []byte(p.Provider)))
	for _, name := range [...]string{"Authorization", "X-Api-Key"} {
		for _, key := range hr.Header[name] {
			h = mix(h, sumOf('k', []byte(key)))
		}
	}
	return mix(h, digest(body))
}

// hashOfName is what a request with a name is known by: a fallback is another model's business.
func hashOfName(id agentchaos.ID, p *Prompt) uint64 {
	return mix(mix(uint64(id.Task), uint64(id.Step)), mix(sumOf('p', []byte(p.Provider)), sumOf('m', []byte(p.Model))))
}

// retryCount is how many retries an SDK says that it has made; 0: none, or it does not say.
func retryCount(h http.Header) int {
	v := h["X-Stainless-Retry-Count"]
	if len(v) == 0 || v[0] == "0" {
		return 0
	}
	n, err := strconv.Atoi(v[0])
	if err != nil || n < 0 {
		return 0
	}
	return min(n, math.MaxUint8)
}
