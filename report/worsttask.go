package report

import (
	"time"

	"github.com/agentchaos/agentchaos"
)

// Worst is what a task can be the worst in.
type Worst uint8

// The ways of being the worst of a cell.
const (
	WorstEnd       Worst = iota // not completed: failed before partial before degraded, then the longest
	WorstSlow                   // the longest
	WorstDuplicate              // most effects done twice
	WorstLost                   // most effects missing
	WorstEarly                  // most early retries
	WorstHopeless               // most hopeless ones
	WorstTruncated              // most cut answers taken for whole
	WorstAttempts               // most attempts
	WorstCost                   // most expensive
	worsts
)

var worstNames = [worsts]string{
	"end", "slow", "duplicates", "lost", "early", "hopeless", "truncated", "attempts", "cost",
}

// WorstTask is a task to look at. Task 0 is none: no task of the cell has that fault.
type WorstTask struct {
	Task     uint32
	Score    int64 // greater is worse; of equals the first
	Latency  time.Duration
	Outcome  agentchaos.Outcome
	Kind     agentchaos.Kind // of the final failure
	Step     uint16          // it ended in
	Attempts int64
	Fault    string // the fault that changed most of its attempts; "": none did
	Hits     int64  // how many
}

// endScore is how badly a task ended, for comparing: by outcome, then by latency, which has less than 60 bits.
func endScore(o agentchaos.Outcome, latency time.Duration) int64 {
	if o == agentchaos.Completed {
		return 0
	}
	return int64(o)<<60 + int64(latency)
}

func (t *WorstTask) endScore() int64 { return endScore(t.Outcome, t.Latency) }

// judgeWorst compares a task that has ended with the worst so far.
func (r *Recorder) judgeWorst(t *taskState, k *agentchaos.Task) {
	t.scores[WorstEnd] = endScore(k.Outcome, k.End-k.Begin)
	t.scores[WorstSlow] = int64(k.End - k.Begin)
	t.scores[WorstAttempts] = t.attempts
	for w, score := range t.scores {
		if score <= r.worst[w].Score {
			continue
		}
		worst := WorstTask{
			Task: k.Task, Score: score, Latency: k.End - k.Begin,
			Outcome: k.Outcome, Kind: k.Kind, Step: k.Step, Attempts: t.attempts,
		}
		for _, h := range t.hits {
			if int64(h.n) > worst.Hits {
				worst.Fault, worst.Hits = r.spec.Faults[h.fault], int64(h.n)
			}
		}
		r.worst[w] = worst
	}
}
