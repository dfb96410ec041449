package harness_test

import (
	"slices"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

// part is a piece of one task's plan, its rounds written out: one interaction, or branches that are done at once.
type part struct {
	*leaf
	branches [][]part
}

// leaf is an interaction of a task.
type leaf struct {
	*resilience.Step
	number uint16
	grow   int      // tokens that its loops have added to what it reads
	sides  []branch // of the forks that it is in
}

// branch is one side of a fork, which is named by its first number.
type branch struct {
	fork uint16
	side int
}

// after reports whether the interaction comes after another in every order in which the plan can be done.
func (l *leaf) after(o *leaf) bool {
	for i := range min(len(l.sides), len(o.sides)) {
		if l.sides[i].fork == o.sides[i].fork && l.sides[i].side != o.sides[i].side {
			return false
		}
	}
	return l.number > o.number
}

// plan is what a task is to do, written out: the draws are the contract's (a stream by name, a draw by task and number).
type plan struct {
	parts  []part
	leaves []*leaf // by number from 1
}

// leaf is an interaction by its number; nil: the plan has none.
func (p *plan) leaf(n uint16) *leaf {
	if n == 0 || int(n) > len(p.leaves) {
		return nil
	}
	return p.leaves[n-1]
}

// plan writes the plan of a task out.
func (r *played) plan(task uint32) *plan {
	if r.plans[task] == nil {
		p := &plan{}
		p.parts = p.write(r, task, r.Scenario.Agent.Steps, 0, 0, nil)
		r.plans[task] = p
	}
	return r.plans[task]
}

func (p *plan) write(r *played, task uint32, steps []resilience.Step, grow int, depth uint8, sides []branch) (out []part) {
	for i := range steps {
		s := &steps[i]
		rounds := max(1, s.Times)
		if !s.Spread.Zero() {
			rounds = int(s.Spread.Value(r.luck("plan times").At(agentchaos.ID{Task: task, Step: p.next(), Attempt: depth})))
		}
		for round := range rounds {
			switch {
			case len(s.Loop) > 0:
				out = append(out, p.write(r, task, s.Loop, grow+round*s.Grow, depth+1, sides)...)
			case len(s.Parallel) > 0:
				fork, first := part{}, p.next()
				for side := range s.Parallel {
					inner := append(slices.Clone(sides), branch{first, side})
					fork.branches = append(fork.branches, p.write(r, task, s.Parallel[side:side+1], grow, depth+1, inner))
				}
				out = append(out, fork)
			default:
				l := &leaf{s, p.next(), grow, sides}
				p.leaves = append(p.leaves, l)
				out = append(out, part{leaf: l})
			}
		}
	}
	return out
}

func (p *plan) next() uint16 { return uint16(len(p.leaves) + 1) }

// luck is a stream of the cell's.
func (r *played) luck(name string) agentchaos.Seed {
	return agentchaos.Seed(r.Seed).Derive(r.Scenario.Name).Derive(name)
}

// tokens are what an interaction of a model sends and wants.
func (r *played) tokens(task uint32, l *leaf) (input, output int) {
	id := agentchaos.ID{Task: task, Step: l.number}
	input, output = l.Input, l.Output
	if !l.Inputs.Zero() {
		input = int(l.Inputs.Value(r.luck("plan input").At(id)))
	}
	if !l.Outputs.Zero() {
		output = int(l.Outputs.Value(r.luck("plan output").At(id)))
	}
	return input + l.grow, output
}

// chain is where a call of an interaction goes, best first.
func (r *played) chain(l *leaf) []string {
	switch {
	case l.Use != agentchaos.UseModel:
		return []string{l.Target}
	case len(l.Models) > 0:
		return l.Models
	}
	return r.policy().Models
}
