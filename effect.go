package agentchaos

import "time"

// Form is how an attempt ends at the provider.
type Form uint8

// The forms of an ending.
const (
	Whole   Form = iota // well
	Refuse              // an error of Kind before any token (Reset: no answer at all, the connection is gone)
	Silence             // no answer; the connection is closed after Hang
	CutEOF              // the stream ends cleanly at the level of HTTP too, unfinished: most SDKs take it for whole
	CutFIN              // the connection is closed in the middle of a chunk: HTTP clients see an unexpected EOF
	CutRST              // the connection is reset in mid-stream
	Event               // an error event of Kind after status 200
	Stall               // the stream stops and stays open, until Hang
	Short               // cut by max_tokens, and says so
	Garbled             // an answer of Variant
	Lost                // the work is done, and the answer never comes; the client's wait ends after Hang, as a timeout
	Die                 // the agent's own process dies, At interactions into the step; it is restarted after Delay
	NoStore             // the agent's store fails as Kind says
)

// Advice is a refusal's x-should-retry header, by which the vendors' SDKs go whatever the status says. No policy of this module
// does.
type Advice uint8

// The advices.
const (
	NoAdvice  Advice = iota // there is none
	DoRetry                 // x-should-retry: true
	DontRetry               // x-should-retry: false
)

// Ending is how a fault ends an attempt. Integers only, so that it can be compared, merged exactly and played alike in
// both worlds.
type Ending struct {
	Form       Form
	Kind       Kind          // of Refuse and Event
	Variant    Variant       // of Garbled
	Status     int           // of Refuse, instead of the dialect's; 0: the dialect's
	At         int64         // of CutEOF, CutFIN, CutRST, Event, Stall, Short: per mille of the output that still comes; of Die: see there
	Delay      time.Duration // of Refuse: until it is answered; of Die: until the restart
	Hang       time.Duration // of Silence, Stall and Lost: until the connection is closed
	RetryAfter RetryAfter    // of Refuse
	Advice     Advice        // of Refuse
	By         uint8         // the fault, by its place in the scenario from 1; 0: the provider itself
}

// rank orders endings by how early they show; lower wins a merge.
func (e *Ending) rank() int64 {
	switch e.Form {
	case Refuse, Silence, Die, NoStore:
		return -1
	case CutEOF, CutFIN, CutRST, Event, Stall, Short:
		return e.At
	case Lost:
		return 1001
	case Garbled:
		return 1002
	}
	return 1003
}

// Effect is what goes wrong with an attempt. Effects form a monoid under Merge; the zero value is no effect.
type Effect struct {
	End    Ending
	Slow   int64 // per mille by which first token and generation take longer; 0: none
	SlowBy uint8 // the fault that slows, as in Ending.By
}

// Merge is both effects at once: of two endings the one that shows first (of equals the left), of two slownesses the
// greater. What ends before the first token is not slowed.
func (a Effect) Merge(b Effect) Effect {
	if b.End.rank() < a.End.rank() {
		a.End = b.End
	}
	if b.Slow > a.Slow {
		a.Slow, a.SlowBy = b.Slow, b.SlowBy
	}
	if a.End.rank() < 0 {
		a.Slow, a.SlowBy = 0, 0
	}
	return a
}

// A Script is all a provider will do to one request, known at admission. Players make it real.
type Script struct {
	Wait  time.Duration // in the provider's queue, before anything
	First time.Duration // from there to the first token
	Gen   time.Duration // from the first to the last token
	N     int           // tokens of the whole answer
	Sent  int           // tokens before the ending; N if it is Whole or Garbled
	Effect
	Replayed bool // the first result under the request's key comes again: nothing is done

	// Leave tells the provider that the client has gone at this time; nil: it does not care. Players call it at most once.
	Leave func(now time.Duration)
}

// Tick is when token i arrives, from 0, since the request: the one formula of both players.
func (s *Script) Tick(i int) time.Duration {
	if s.N <= 1 {
		return s.Wait + s.First + s.Gen
	}
	return s.Wait + s.First + s.Gen*time.Duration(i)/time.Duration(s.N-1)
}

// Over is when the provider has nothing more to send, since the request came: what it occupies a slot until. What it
// refuses or ignores occupies none; a stream that stalls gives its slot back when it stops.
func (s *Script) Over() time.Duration {
	switch {
	case s.End.Form == Refuse || s.End.Form == Silence:
		return s.Wait
	case s.Sent == 0:
		return s.Wait + s.First
	}
	return s.Tick(s.Sent - 1)
}

// Open is a provider's mind: it decides at once what will happen to a request that comes now, and never waits.
type Open func(now time.Duration, req *Request) Script
