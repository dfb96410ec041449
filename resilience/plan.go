package resilience

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/agentchaos/agentchaos"
)

// Step is one interaction of a task with a dependency, or a part of a plan that is made of such: a Loop or a Parallel.
// Interactions are numbered from 1 in the order in which the plan names them, every repetition its own; who runs the task
// again gets the same numbers.
type Step struct {
	Use       agentchaos.Use
	Target    string               // "tool/refund", "retrieval/kb"; "" for models: the chain
	Models    []string             // of models: a chain of the step's own, best first; nil: the policy's
	Input     int                  // tokens sent, of models
	Output    int                  // tokens wanted, of models
	Inputs    agentchaos.Quantiles // of models: drawn for every interaction, in place of Input; zero: Input
	Outputs   agentchaos.Quantiles // the same of Output
	Plain     bool                 // a model's answer is not streamed
	Arguments string               // of tools: a JSON object; "": none

	Times  int                  // how often; 0: once
	Spread agentchaos.Quantiles // in place of Times: drawn for every task; zero: Times

	Loop     []Step // these, one after the other, in place of an interaction
	Grow     int    // of Loop: tokens by which every model's input grows from round to round
	Parallel []Step // these, at once, in place of an interaction; the first failure ends the others
}

// luck is what the draws of a plan come from: streams with names, so that a task has the same plan under every policy, and
// in every life.
type luck struct{ times, input, output agentchaos.Seed }

func newLuck(s agentchaos.Seed) luck {
	return luck{s.Derive("plan times"), s.Derive("plan input"), s.Derive("plan output")}
}

// rounds is how often a step is done that begins as interaction n of a task, depth plans deep.
func (l *luck) rounds(s *Step, task uint32, n uint16, depth uint8) int {
	if !s.Spread.Zero() {
		return int(s.Spread.Value(l.times.At(agentchaos.ID{Task: task, Step: n, Attempt: depth})))
	}
	return max(s.Times, 1)
}

// count is how many interactions a step is that begins with number n, all its rounds.
func (l *luck) count(s *Step, task uint32, n uint16, depth uint8) (total uint16) {
	for range l.rounds(s, task, n, depth) {
		inner := s.Loop
		if len(inner) == 0 {
			inner = s.Parallel
		}
		if len(inner) == 0 {
			total++
		}
		for i := range inner {
			total += l.count(&inner[i], task, n+total, depth+1)
		}
	}
	return total
}

// tokens are what an interaction of a model sends and wants.
func (l *luck) tokens(s *Step, id agentchaos.ID) (input, output int) {
	input, output = s.Input, s.Output
	if !s.Inputs.Zero() {
		input = int(s.Inputs.Value(l.input.At(id)))
	}
	if !s.Outputs.Zero() {
		output = int(s.Outputs.Value(l.output.At(id)))
	}
	return input, output
}

// Most is the largest number of interactions that a task of these steps can have, without overflow for any plan: it stops
// counting above a million.
func Most(steps []Step) int {
	const enough = 1_000_000
	total := 0
	for i := range steps {
		s := &steps[i]
		each := 1
		switch {
		case len(s.Loop) > 0:
			each = Most(s.Loop)
		case len(s.Parallel) > 0:
			each = Most(s.Parallel)
		}
		times := max(s.Times, 1)
		if !s.Spread.Zero() {
			times = int(min(s.Spread.Max(), enough))
		}
		total = min(total+min(each*times, enough), enough)
	}
	return total
}

// Each calls do for every kind of interaction of the steps, loops and parallels opened, in the order of the plan.
func Each(steps []Step, do func(*Step)) {
	for i := range steps {
		s := &steps[i]
		switch {
		case len(s.Loop) > 0:
			Each(s.Loop, do)
		case len(s.Parallel) > 0:
			Each(s.Parallel, do)
		default:
			do(s)
		}
	}
}

// Effects reports whether the agent's tasks have side effects.
func (w *Worker) Effects() (yes bool) {
	Each(w.agent.Steps, func(s *Step) { yes = yes || s.Use == agentchaos.UseWrite })
	return yes
}

// Writes are the numbers of a task's interactions that have a side effect, rising. They are not to be changed.
func (w *Worker) Writes(task uint32) []uint16 {
	if w.fixed {
		return w.writes
	}
	return w.luck.writes(nil, w.agent.Steps, task)
}

// writes appends them.
func (l *luck) writes(to []uint16, steps []Step, task uint32) []uint16 {
	n := uint16(1)
	var walk func(s *Step, depth uint8)
	walk = func(s *Step, depth uint8) {
		for range l.rounds(s, task, n, depth) {
			inner := s.Loop
			if len(inner) == 0 {
				inner = s.Parallel
			}
			for i := range inner {
				walk(&inner[i], depth+1)
			}
			if len(inner) > 0 {
				continue
			}
			if s.Use == agentchaos.UseWrite {
				to = append(to, n)
			}
			n++
		}
	}
	for i := range steps {
		walk(&steps[i], 0)
	}
	return to
}

// drawn reports whether the number of interactions differs from task to task.
func drawn(steps []Step) bool {
	for i := range steps {
		s := &steps[i]
		if !s.Spread.Zero() || drawn(s.Loop) || drawn(s.Parallel) {
			return true
		}
	}
	return false
}

// planOf names a run and a plan: another name of the run, or a step that was added, taken away or changed, gives another
// number.
func planOf(run string, steps []Step) uint64 {
	h := sha256.New()
	fmt.Fprintf(h, "%q", run)
	var walk func(steps []Step)
	walk = func(steps []Step) {
		fmt.Fprintf(h, "[%d]", len(steps))
		for i := range steps {
			s := &steps[i]
			fmt.Fprintf(h, "%d %q %q %d %d %t %q %d %d", s.Use, s.Target, s.Models, s.Input, s.Output, s.Plain, s.Arguments, s.Times, s.Grow)
			for _, q := range [...]*agentchaos.Quantiles{&s.Inputs, &s.Outputs, &s.Spread} {
				fmt.Fprintf(h, " %d %d %d", q.Value(0), q.Value(1<<63), q.Max())
			}
			walk(s.Loop)
			walk(s.Parallel)
		}
	}
	walk(steps)
	return binary.LittleEndian.Uint64(h.Sum(nil))
}
