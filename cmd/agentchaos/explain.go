package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/spf13/cobra"
)

// explainFlags say which task is meant; what is left out is filled in.
type explainFlags struct {
	selection
	task  uint32
	worst int
}

func explainCommand(s streams) *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain [FILE]",
		Short: "Show the timeline of one task: every attempt, wait, fault and breaker change",
		Long: `explain plays a cell again and prints what happened in one of its tasks. What is left out is filled in: the scenario and
policy of the first failed gate, the seed and the task that ended worst. FILE is a scenario file, or an event log (.jsonl)
that run -o wrote.`,
		Example: `  agentchaos explain                                                    # the worst task of the first failed gate
  agentchaos explain --scenario retry-storm --policy naive --worst 3    # three of them
  agentchaos explain --scenario retry-storm --policy naive --seed 7 --task 112`,
		Args: cobra.ArbitraryArgs, ValidArgsFunction: yamlFiles,
		RunE: func(c *cobra.Command, args []string) error { return f.explain(c, s, args) },
	}
	f.register(c)
	f.registerGates(c)
	c.Flags().Uint32Var(&f.task, "task", 0, "task `N`, from 1 (default: the worst)")
	c.Flags().IntVar(&f.worst, "worst", 1, "the `N` worst tasks, each of another seed")
	_ = c.RegisterFlagCompletionFunc("scenario", completeScenarios)
	_ = c.RegisterFlagCompletionFunc("policy", completePolicies)
	return c
}

func (f *explainFlags) explain(c *cobra.Command, s streams, args []string) error {
	switch {
	case f.worst < 1:
		return usagef("", "--worst %d: it takes at least one", f.worst)
	case f.task > 0 && c.Flags().Changed("worst"):
		return usagef("--task is one task of one seed", "--task and --worst contradict each other")
	}
	if len(args) == 1 && filepath.Ext(args[0]) == ".jsonl" {
		return f.fromLog(c, s, args[0])
	}
	suite, err := f.load(c, s, args)
	if err != nil {
		return err
	}
	if c.Flags().Changed("seed") {
		suite.Seeds = 1
	}
	targets, err := f.choose(c.Context(), s, suite)
	if err != nil {
		return err
	}
	for i, t := range targets {
		if i > 0 {
			fmt.Fprintln(s.out)
		}
		if err := timeline(c.Context(), s.out, t); err != nil {
			return err
		}
	}
	return nil
}

// target is a task to explain.
type target struct {
	job  harness.Job
	task uint32
}

// choose finds the tasks to explain. One arm, one seed and a task leave nothing to find; else the cells are played first.
func (f *explainFlags) choose(ctx context.Context, s streams, suite *scenarios.Suite) ([]target, error) {
	jobs := harness.Jobs(suite)
	if f.task > 0 && oneArm(suite) {
		return []target{{jobs[0], f.task}}, nil
	}
	bar := newProgress(s.err, len(jobs), !isTerminal(s.err))
	played, err := harness.Run(ctx, jobs, harness.Options{Progress: bar.done})
	bar.end()
	if err != nil {
		return nil, err
	}
	r := harness.Assemble(suite, played)
	arm := worstArm(r)
	if arm == nil {
		return nil, errors.New("no task was run")
	}
	var found []target
	for _, w := range f.refs(r, arm) {
		for _, j := range jobs {
			if j.Scenario.Name == arm.Scenario && j.Arm.Policy == arm.Policy && j.Seed == w.Seed {
				found = append(found, target{j, w.Task})
			}
		}
	}
	return found, nil
}

func oneArm(s *scenarios.Suite) bool { return len(s.Scenarios) == 1 && len(s.Scenarios[0].Arms) == 1 }

// worstArm is the arm of the first gate that failed, else of the first that was not passed, else the one that completes
// least.
func worstArm(r *report.Report) *report.Arm {
	for _, want := range []report.Verdict{report.Fail, report.Inconclusive} {
		for _, g := range r.Gates {
			if g.Verdict == want {
				return r.Arm(g.Scenario, g.Policy)
			}
		}
	}
	var worst *report.Arm
	for i := range r.Arms {
		a := &r.Arms[i]
		if worst == nil || a.Metric("completion_rate").Interval.Value < worst.Metric("completion_rate").Interval.Value {
			worst = a
		}
	}
	return worst
}

// refs are the tasks of the arm to look at: the one asked for, the one that the failed gate points at, or the worst.
func (f *explainFlags) refs(r *report.Report, arm *report.Arm) []report.WorstRef {
	if f.task > 0 {
		seed := arm.Cells[0].Seed
		if w := arm.Worst(); w != nil {
			seed = w.Seed
		}
		return []report.WorstRef{{Seed: seed, WorstTask: report.WorstTask{Task: f.task}}}
	}
	if f.worst == 1 {
		for _, g := range r.Gates {
			if g.Scenario == arm.Scenario && g.Policy == arm.Policy && g.Verdict == report.Fail && g.Worst != nil {
				return []report.WorstRef{*g.Worst}
			}
		}
	}
	refs := arm.WorstTasks()
	return refs[:min(f.worst, len(refs))]
}

// timeline plays the target's cell again and prints what happened in the task.
func timeline(ctx context.Context, w io.Writer, t target) error {
	var events []report.Event
	if _, err := harness.Replay(ctx, t.job, func(e report.Event) { events = append(events, e) }); err != nil {
		return err
	}
	if !hasTask(events, t.task) {
		return usagef("tasks count from 1 in the order of arrival", "there is no task %d in %s", t.task, t.job)
	}
	return report.Timeline(w, events, report.TimelineOptions{
		Scenario: t.job.Scenario.Name, Policy: t.job.Arm.Policy, Seed: t.job.Seed, Task: t.task, Faults: harness.FaultNames(t.job.Scenario),
	})
}

func hasTask(events []report.Event, task uint32) bool {
	return slices.ContainsFunc(events, func(e report.Event) bool { return e.Task() == task })
}

// fromLog explains a task from an event log instead of playing the cell again. The log's first cell is meant, unless flags
// say another.
func (f *explainFlags) fromLog(c *cobra.Command, s streams, name string) error {
	anySeed := !c.Flags().Changed("seed")
	file, err := os.Open(name)
	if err != nil {
		return usagef("", "%v", err)
	}
	defer file.Close()
	events, err := report.ReadEvents(file)
	if err != nil {
		return usagef("an event log is what agentchaos run -o FILE.jsonl writes", "%s: %v", name, err)
	}
	events = slices.DeleteFunc(events, func(e report.Event) bool { return !f.means(e, anySeed) })
	if len(events) == 0 {
		return usagef("leave out --scenario, --policy, --seed or --task for the first there is", "%s has no events of that", name)
	}
	first := events[0]
	events = slices.DeleteFunc(events, func(e report.Event) bool {
		return e.Scenario != first.Scenario || e.Policy != first.Policy || e.Seed != first.Seed
	})
	task := f.task
	if task == 0 {
		task = report.WorstOf(events)
	}
	if !hasTask(events, task) {
		return usagef("tasks count from 1 in the order of arrival", "%s has no task %d of %s %s, seed %d", name, task, first.Scenario, first.Policy, first.Seed)
	}
	return report.Timeline(s.out, events, report.TimelineOptions{Scenario: first.Scenario, Policy: first.Policy, Seed: first.Seed, Task: task})
}

func (f *explainFlags) means(e report.Event, anySeed bool) bool {
	return matchesAny(f.scenarios, e.Scenario) && matchesAny(f.policies, e.Policy) && (anySeed || e.Seed == f.seed)
}

// matchesAny reports whether a name matches one of the globs; no globs: it does.
func matchesAny(globs []string, name string) bool {
	return len(globs) == 0 || slices.ContainsFunc(globs, func(g string) bool {
		ok, err := path.Match(g, name)
		return ok && err == nil
	})
}
