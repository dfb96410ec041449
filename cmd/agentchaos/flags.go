package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/spf13/cobra"
)

// selection is what of a file is looked at, and with what changes: the flags that run, explain, check and list share.
type selection struct {
	scenarios, policies []string
	seed                uint64
	seeds               int
	onlySeed            uint64
	tasks               int
	gates, sets         []string
	quick               bool
}

// quickSeeds is the number of seeds of --quick.
const quickSeeds = 5

func (f *selection) register(c *cobra.Command) {
	fl := c.Flags()
	fl.StringArrayVar(&f.scenarios, "scenario", nil, "only the scenarios that match `GLOB` (repeatable)")
	fl.StringArrayVar(&f.policies, "policy", nil, "only the policies that match `GLOB` (repeatable)")
	fl.StringArrayVar(&f.sets, "set", nil, "change a setting: `PATH=VALUE`, such as policies.ours.retry.attempts=6 (repeatable)")
	fl.Uint64Var(&f.seed, "seed", 0, "first seed `N` (default: the file's, 1)")
	fl.IntVar(&f.tasks, "tasks", 0, "`N` tasks a cell, whatever the file says")
}

// registerSeeds adds what makes sense only where several seeds are run.
func (f *selection) registerSeeds(c *cobra.Command) {
	fl := c.Flags()
	fl.IntVar(&f.seeds, "seeds", 0, "how many seeds, `N` (default: the file's, 20)")
	fl.Uint64Var(&f.onlySeed, "only-seed", 0, "seed `N` alone: no intervals, only counts are judged")
	fl.BoolVar(&f.quick, "quick", false, "5 seeds: a smoke test; what they cannot decide is a warning")
}

func (f *selection) registerGates(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.gates, "gate", nil, "one more gate for every selected policy: `EXPR`, such as 'completion_rate >= 95%' (repeatable)")
}

// validate finds contradictions between flags, all that the flag library cannot.
func (f *selection) validate(c *cobra.Command) error {
	changed := func(name string) bool { fl := c.Flags().Lookup(name); return fl != nil && fl.Changed }
	switch {
	case changed("only-seed") && (changed("seeds") || changed("seed") || f.quick):
		return usagef("--only-seed N is --seed N --seeds 1", "--only-seed goes with neither --seed, --seeds nor --quick")
	case f.quick && changed("seeds"):
		return usagef("--quick is --seeds 5 and a milder verdict", "--quick and --seeds contradict each other")
	case changed("seeds") && f.seeds < 1:
		return usagef("20 is the default; 5 make a smoke test", "--seeds %d: it takes at least one", f.seeds)
	case changed("tasks") && f.tasks < 1:
		return usagef("leave it out for the file's", "--tasks %d: it takes at least one", f.tasks)
	case f.tasks > scenarios.MaxTasks:
		return usagef(fmt.Sprintf("the most is %d a cell; more seeds say more", scenarios.MaxTasks), "--tasks %d is too many", f.tasks)
	case f.seeds > scenarios.MaxSeeds:
		return usagef(fmt.Sprintf("the most is %d", scenarios.MaxSeeds), "--seeds %d is too many", f.seeds)
	case max(f.seed, f.onlySeed) > scenarios.MaxSeed:
		return usagef(fmt.Sprintf("the largest is %d", uint64(scenarios.MaxSeed)), "seed %d is too large", max(f.seed, f.onlySeed))
	}
	return nil
}

// oneFile is the FILE argument, at most one.
func oneFile(c *cobra.Command, args []string) (string, error) {
	switch len(args) {
	case 0:
		return "", nil
	case 1:
		return args[0], nil
	}
	return "", usagef("flags stand for everything else: "+c.CommandPath()+" --help", "one scenario file at a time, not %s", strings.Join(args, " "))
}

// laterFlags are promised names of run that this version does not have yet.
var laterFlags = map[string]string{
	"until-settled": "Compare", "shard": "Compare", "resume": "Compare", "baseline": "Compare",
}

func registerLater(c *cobra.Command) {
	for _, name := range []string{"until-settled"} {
		c.Flags().Bool(name, false, "")
		_ = c.Flags().MarkHidden(name)
	}
	for _, name := range []string{"shard", "resume", "baseline"} {
		c.Flags().String(name, "", "")
		_ = c.Flags().MarkHidden(name)
	}
}

func refuseLater(c *cobra.Command) error {
	for _, name := range []string{"until-settled", "shard", "resume", "baseline"} {
		if c.Flags().Changed(name) {
			return notYet("--"+name, laterFlags[name])
		}
	}
	return nil
}

// oneOf checks a flag's word.
func oneOf(flag, value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	return usagef("it takes "+strings.Join(words, ", "), "--%s %q", flag, value)
}
