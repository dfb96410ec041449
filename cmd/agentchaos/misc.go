package main

import (
	"fmt"
	"io"
	"os"
	"path"
	"runtime"

	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/spf13/cobra"
)

func checkCommand(s streams) *cobra.Command {
	var f selection
	c := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Validate a scenario file: all problems at once, each with its place, and warnings of risky settings",
		Long: `check reads a scenario file as run would, and says all that is wrong with it at once, each with file:line:column and what
would have been right. It also warns: of risky settings of policies, of faults that never meet a task, of gates that the
seeds cannot decide. Exit 0 with warnings, 2 with problems.`,
		Args: cobra.ArbitraryArgs, ValidArgsFunction: yamlFiles,
		RunE: func(c *cobra.Command, args []string) error {
			suite, err := f.load(c, s, args)
			if err != nil {
				return err
			}
			for _, w := range suite.Warnings {
				fmt.Fprintf(s.out, "%s\n\n", w.Error())
			}
			arms := 0
			for _, sc := range suite.Scenarios {
				arms += len(sc.Arms)
			}
			fmt.Fprintf(s.out, "%s: %s, %s, %s, %s\n", suite.File, many(len(suite.Scenarios), "scenario"), many(arms, "arm"), many(arms*suite.Seeds, "cell"), many(len(suite.Warnings), "warning"))
			return nil
		},
	}
	f.register(c)
	f.registerSeeds(c)
	f.registerGates(c)
	return c
}

// many is a number and what it counts.
func many(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}

func schemaCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of scenario files, for editors",
		Example: "  agentchaos schema > scenarios.schema.json\n  # then, first in scenarios.yaml: # yaml-language-server: $schema=scenarios.schema.json",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := s.out.Write(scenarios.Schema())
			return err
		},
	}
}

func listCommand(s streams) *cobra.Command {
	var f selection
	c := &cobra.Command{
		Use: "list [FILE]", Short: "List scenarios, policies, fault kinds and metrics",
		Args: cobra.ArbitraryArgs, ValidArgsFunction: yamlFiles,
		RunE: func(c *cobra.Command, args []string) error {
			suite, err := f.load(c, s, args)
			if err != nil {
				return err
			}
			return suite.List(s.out)
		},
	}
	f.register(c)
	return c
}

func initCommand(s streams) *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "init [FILE]", Short: "Write a small commented scenarios.yaml to begin with",
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			name, err := oneFile(c, args)
			if err != nil {
				return err
			}
			if name == "" {
				name = "scenarios.yaml"
			}
			if _, err := os.Lstat(name); err == nil && !force {
				return usagef("--force overwrites it; agentchaos init OTHER.yaml writes another", "%s is there already", name)
			}
			if err := writeFile(name, func(w io.Writer) error { _, err := w.Write(scenarios.Init()); return err }); err != nil {
				return err
			}
			next := "agentchaos run"
			if name != "scenarios.yaml" {
				next += " " + report.ShellQuote(name)
			}
			_, err = fmt.Fprintf(s.out, "wrote %s\nnext: %s\n", name, next)
			return err
		},
	}
	c.Flags().BoolVar(&force, "force", false, "overwrite a file that is there")
	return c
}

func versionCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(s.out, "agentchaos %s (%s)\n", version, runtime.Version())
			return err
		},
	}
}

func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef(c.CommandPath()+" --help", "%s takes no arguments", c.CommandPath())
	}
	return nil
}

func yamlFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

func words(w ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(w, cobra.ShellCompDirectiveNoFileComp)
}

// completeNames offers the names of the file that the command line names so far.
func completeNames(args []string, names func(*scenarios.Suite) []string) ([]string, cobra.ShellCompDirective) {
	file := ""
	if len(args) > 0 && path.Ext(args[0]) != "" {
		file = args[0]
	}
	suite, err := loadPlain(file)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return names(suite), cobra.ShellCompDirectiveNoFileComp
}

func completeScenarios(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	return completeNames(args, func(s *scenarios.Suite) (names []string) {
		for _, sc := range s.Scenarios {
			names = append(names, sc.Name+"\t"+sc.About)
		}
		return names
	})
}

func completePolicies(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	return completeNames(args, func(s *scenarios.Suite) (names []string) {
		seen := map[string]bool{}
		for _, sc := range s.Scenarios {
			for _, a := range sc.Arms {
				if !seen[a.Policy] {
					seen[a.Policy] = true
					names = append(names, a.Policy)
				}
			}
		}
		return names
	})
}
