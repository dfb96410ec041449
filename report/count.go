package report

// Count is one of the things a cell counts. All are plain sums: over tasks, over seeds, over shards.
type Count uint8

// The counts. Those that end in a unit are sums of it.
const (
	Tasks Count = iota // ended
	TasksCompleted
	TasksDegraded
	TasksPartial
	TasksFailed
	TasksArrived // arrived less ended is what was cut off with the run
	Calls
	CallsAnswered
	ModelCalls
	ModelCallsAnswered
	RetriedCalls // calls that needed at least one retry
	Fallbacks    // answered model calls that another than the first of the chain answered
	Attempts
	Retries          // further attempts on the same target after a failed one
	Hedges           // copies
	Reasks           // by repair
	Early            // retries before a Retry-After had run out
	Hopeless         // further attempts on a target after a kind that does not pass
	TruncatedAnswers // answers that were cut, and taken for whole
	Duplicates       // effects done twice
	LostEffects      // effects of completed tasks that are not there
	Settled          // tasks that the effect ledger was asked about
	Probes           // attempts that a half-open breaker let through
	Crashes          // of the agent's process
	Resumes          // processes that went on after one
	Redone           // steps done again that were done before a crash
	Caveats          // steps answered without what failed
	StoreFailures    // operations of the agent's store
	Events           // records seen
	CostNano
	WastedNano    // of it, on attempts whose answer was not used
	CompletedTime // ns, latency of completed tasks
	QualityMicro  // of completed tasks, a whole one is a million: the mean quality of the models that answered its calls
	DownTime      // ns, between crashes and the restarts that followed
	SpanTime      // ns, from 0 to the last record of the cell
	OpenTime      // ns, breakers open, over all targets
	RecoveryTime  // ns, if Recovered
	Recovered     // 1: the cell recovered after its faults
	NeverRecovered
	counts
)

var countNames = [counts]string{
	"tasks", "completed", "degraded", "partial", "failed", "arrived", "calls", "answered", "model_calls",
	"model_answered", "retried_calls", "fallbacks", "attempts", "retries", "hedges", "reasks", "early_retries",
	"hopeless_retries", "truncated_answers", "duplicate_effects", "lost_effects", "settled", "probes",
	"crashes", "resumes", "redone_steps", "caveats", "store_failures", "events",
	"cost_nano", "wasted_nano", "completed_ns", "quality_micro", "down_ns", "span_ns", "breaker_open_ns", "recovery_ns", "recovered", "never_recovered",
}

// String is the count as written in results.
func (c Count) String() string { return countNames[c] }

// sum reports whether c adds up amounts, not occurrences: it stands under "sums" in the file of a cell.
func (c Count) sum() bool {
	switch c {
	case CostNano, WastedNano, CompletedTime, QualityMicro, DownTime, SpanTime, OpenTime, RecoveryTime:
		return true
	}
	return false
}

// Latency is one of the four histograms of a cell.
type Latency uint8

// The latencies.
const (
	TaskLatency    Latency = iota // of every task, however it ended
	CallLatency                   // of every call
	AttemptLatency                // of every attempt
	FirstToken                    // of attempts that had one
	latencies
)

var latencyNames = [latencies]string{"task", "call", "attempt", "first_token"}

// String is the latency as written in results.
func (l Latency) String() string { return latencyNames[l] }

// Fate is what became of an injected fault. Every one has exactly one.
type Fate uint8

// The fates.
const (
	Absorbed    Fate = iota // the attempt was answered all the same, or its twin was
	Retried                 // the same target answered the call at another attempt
	FellBack                // another target answered the call
	DegradedEnd             // the call failed, the task ended degraded or partial
	FailedEnd               // the call failed and the task with it
	Silent                  // a wrong answer, and no error
	fates
)

var fateNames = [fates]string{"absorbed", "retried", "fell_back", "degraded", "failed", "silent"}

// String is the fate as written in results.
func (f Fate) String() string { return fateNames[f] }

// Phase is a part of a run, by when a thing began.
type Phase uint8

// The phases. A thing of the phases During and After counts in Whole too.
const (
	Whole  Phase = iota
	During       // from the first `from` of a fault to the last `until`
	After        // from the last `until` on
	phases
)

var phaseNames = [phases]string{"", "during faults", "after faults"}

// String is the phase as written in gates; "" for the whole run.
func (p Phase) String() string { return phaseNames[p] }
