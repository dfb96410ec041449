package main

import (
	"errors"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/spf13/cobra"
)

// load reads the file that is meant, with the changes the flags make, and selects from it.
func (f *selection) load(c *cobra.Command, s streams, args []string) (*scenarios.Suite, error) {
	if err := f.validate(c); err != nil {
		return nil, err
	}
	name, err := oneFile(c, args)
	if err != nil {
		return nil, err
	}
	display, src, builtIn, err := readSource(name, s.in)
	if err != nil {
		return nil, err
	}
	if builtIn {
		src = agentchaos.Suite
	}
	suite, err := scenarios.Load(display, src, scenarios.Options{Set: f.sets, Gates: f.gates, Tasks: f.tasks, Seeds: f.howMany(c)})
	if err != nil {
		return nil, loadError(err)
	}
	if c.Flags().Changed("seed") {
		suite.Seed = f.seed
	}
	if c.Flags().Changed("only-seed") {
		suite.Seed = f.onlySeed
	}
	suite, err = suite.Select(f.scenarios, f.policies)
	if err != nil {
		return nil, usagef("agentchaos list shows the scenarios and policies", "%v", err)
	}
	return suite, nil
}

// howMany is the number of seeds that the flags ask for; 0: the file's.
func (f *selection) howMany(c *cobra.Command) int {
	switch {
	case c.Flags().Changed("only-seed"):
		return 1
	case f.quick:
		return quickSeeds
	}
	return f.seeds
}

// loadError makes what is wrong with --set and --gate a wrong use; the problems of files stay what they are.
func loadError(err error) error {
	var gate *report.GateError
	if errors.As(err, &gate) {
		return usagef("", "%v", err)
	}
	return err
}

// loadPlain reads a file for the shell's completion, without flags.
func loadPlain(name string) (*scenarios.Suite, error) {
	display, src, builtIn, err := readSource(name, nil)
	if err != nil {
		return nil, err
	}
	if builtIn {
		src = agentchaos.Suite
	}
	return scenarios.Load(display, src, scenarios.Options{})
}
