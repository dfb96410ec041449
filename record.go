package agentchaos

import "time"

// Env is what a policy or an agent is started with: fresh for every run.
type Env struct {
	Clock Clock
	Seed  Seed
	Trace Trace
}

// Trace sees what happens, as it happens. Nil hooks are skipped. Records are values; hooks are called one at a time in
// virtual time, and must lock for themselves on the Wall. No policy's lock is held while a hook runs.
type Trace struct {
	Attempt func(Attempt) // an attempt has ended
	Call    func(Called)  // a call has ended
	Task    func(Task)    // a task has ended
	Change  func(Change)  // a policy has decided something, or its state has changed
}

// Attempt is one try of a call on a target, when it has ended.
type Attempt struct {
	ID         ID
	Target     string
	Use        Use
	Begin, End time.Duration
	First      time.Duration // from Begin to the first token; 0: none came or not streamed
	Kind       Kind          // None: answered well
	Variant    Variant
	Status     int
	RetryAfter time.Duration
	Got        int // output tokens received
	Truth      Truth
}

// Called is a call that has ended: one logical request of a step, whatever targets it visited.
type Called struct {
	ID         ID     // Task and Step
	Target     string // who served it, or failed it last
	Preferred  string // the first model of the chain; the target itself for tools
	Use        Use
	Begin, End time.Duration
	Kind       Kind // None: answered
}

// Outcome is how a task ends: every task in exactly one way.
type Outcome uint8

// The outcomes.
const (
	Completed Outcome = iota // all steps done in full
	Degraded                 // an answer with a caveat: a tool or retrieval was missing
	Partial                  // the deadline came: what was done, with an explanation
	Failed
)

var outcomeNames = [...]string{"completed", "degraded", "partial", "failed"}

// String is the outcome as written in reports.
func (o Outcome) String() string { return outcomeNames[o] }

// Task is a unit of agent work, when it has ended.
type Task struct {
	Task       uint32
	Begin, End time.Duration
	Outcome    Outcome
	Kind       Kind   // of the final failure; None unless Failed
	Step       uint16 // the step it ended in
	Steps      uint16 // steps done in full
	Without    uint16 // steps whose answer has a caveat instead
}

// What a Change says.
type What uint8

// The changes.
const (
	RetryWait    What = iota // a retry will begin after For; Kind: of the failure
	RetryGivenUp             // no retry, because For (a Retry-After or a wait) is too long or reaches the deadline; Kind: of the failure
	Refused                  // a call was refused without an attempt; Kind: BreakerOpen, BulkheadFull, BudgetExhausted
	FellBack                 // the chain goes on to Target; Kind: of the failure that made it
	Hedged                   // a copy was started
	Reasked                  // repair asks again; Variant says why
	Queued                   // waits for a slot of the bulkhead
	BreakerOpened
	BreakerHalfOpened
	BreakerClosed
	DeadlineHit // the task's time is up
	Replayed    // a write was done before: its logged result is taken, nothing is asked
	Caveated    // the step is answered without what failed; Kind: of the failure
	StoreFailed // the store failed, and the task goes on without what it would have kept; Kind: how
	Crashed     // the process died; it is restarted after For. Step and Target: what it was at, if anything
	Resumed     // a restarted process goes on; Step: the first that is not done
	Redone      // a step is done again that was done before the process died
)

var whatNames = [...]string{
	"retry_wait", "retry_given_up", "refused", "fell_back", "hedged", "reasked", "queued",
	"breaker_opened", "breaker_half_opened", "breaker_closed", "deadline_hit",
	"replayed", "caveated", "store_failed", "crashed", "resumed", "redone",
}

// Whats is the number of changes.
const Whats = What(len(whatNames))

// String is the change as written in event logs.
func (w What) String() string { return whatNames[w] }

// Change is a decision of a policy, or a change of its state.
type Change struct {
	At      time.Duration
	What    What
	ID      ID // of the attempt or call it happened in
	Target  string
	Kind    Kind
	Variant Variant
	For     time.Duration // a wait, or how long a breaker stays open
	By      uint8         // of Crashed and StoreFailed: the fault behind it, by its place in the scenario's list from 1; 0: none
}
