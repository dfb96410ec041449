package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// version is what `agentchaos version` says; release builds set it with -ldflags "-X main.version=…".
var version = "0.1.0"

type streams struct {
	in       io.Reader
	out, err io.Writer
}

// execute is the whole command as a function of its arguments and streams. It gives the exit code.
func execute(ctx context.Context, args []string, s streams) (code int) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintf(s.err, "agentchaos: this is a defect of agentchaos, please report it: %v\n%s", v, debug.Stack())
			code = exitBroken
		}
	}()
	root := newRoot(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	return exitCode(err, s.err)
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "agentchaos",
		Short: "Chaos testing and reliability benchmarks for AI agents",
		Long: `agentchaos runs a resilience stack (retries, fallbacks, breakers, budgets, hedges, timeouts) against simulated
AI providers that fail the way real ones do, in virtual time, and judges what came of it.

  agentchaos run                      the built-in suite, or ./scenarios.yaml if there is one
  agentchaos init && agentchaos run   a small scenario file of your own to begin with
  agentchaos explain                  the timeline of one task
  agentchaos serve --scenario S       the same providers over HTTP, for an agent in any language

Exit codes: 0 every gate holds or there are none, 1 a gate failed, 2 wrong usage or scenario file, 3 inconclusive,
4 something broke, 130 interrupted; the first of 130, 4, 2, 1, 3, 0 that applies.`,
		SilenceErrors:              true,
		SilenceUsage:               true,
		Args:                       cobra.ArbitraryArgs,
		SuggestionsMinimumDistance: 2,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return c.Help()
		},
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		hint := c.CommandPath() + " --help lists the flags"
		var unknown *pflag.NotExistError
		if errors.As(err, &unknown) {
			if name := scenarios.Near(unknown.GetSpecifiedName(), flagNames(c)); name != "" {
				hint = "did you mean --" + name + "? " + hint
			}
		}
		return usagef(hint, "%v", err)
	})
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(completionCommand(s), runCommand(s), explainCommand(s), serveCommand(s), checkCommand(s), schemaCommand(s), listCommand(s), initCommand(s), versionCommand(s))
	root.AddCommand(laterCommands()...)
	return root
}

// flagNames are those that a command shows.
func flagNames(c *cobra.Command) (names []string) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

func unknownCommand(c *cobra.Command, name string) error {
	hint := "agentchaos --help lists the commands"
	if s := c.SuggestionsFor(name); len(s) > 0 {
		hint = "did you mean " + strings.Join(s, " or ") + "?"
	} else if strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") {
		hint = "did you mean: agentchaos run " + name
	}
	return usagef(hint, "unknown command %q", name)
}

// later are the commands whose names are promised and which this version does not have yet.
var later = []struct{ name, with string }{
	{"compare", "Compare"}, {"merge", "Compare"}, {"report", "Compare"}, {"selftest", "Compare"},
	{"exec", "Wire"},
	{"hunt", "Properties"}, {"cover", "Properties"}, {"mutants", "Properties"},
}

func laterCommands() (cs []*cobra.Command) {
	for _, l := range later {
		cs = append(cs, &cobra.Command{
			Use: l.name, Hidden: true, DisableFlagParsing: true,
			RunE: func(*cobra.Command, []string) error { return notYet("the command "+l.name, l.with) },
		})
	}
	return cs
}

func notYet(what, with string) error {
	return usagef("agentchaos --help lists what there is", "%s is not in this version yet (it comes with %s)", what, with)
}
