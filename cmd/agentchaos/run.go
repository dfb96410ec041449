package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// runFlags are what run alone understands.
type runFlags struct {
	selection
	parallel        int
	outputs         []string
	format, columns string
	allow           string
	dryRun, wire    bool
	verbose, quiet  bool
	noProgress      bool
	noColor         bool
}

func runCommand(s streams) *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run [FILE]",
		Short: "Run every scenario x policy x seed in virtual time and judge the gates",
		Long: `run plays every scenario under every policy with every seed, each in a simulated world of its own, and prints a table
and the verdict of every gate. FILE is ./scenarios.yaml if it exists, else the built-in suite; - is standard input.`,
		Example: `  agentchaos run                                            # ./scenarios.yaml or the built-in suite
  agentchaos run --scenario 'retry-*' --policy reference    # a part of it
  agentchaos run --quick --gate 'completion_rate >= 95%'    # a smoke test with a gate of your own
  agentchaos run --set policies.ours.retry.attempts=6       # the same with another setting
  agentchaos run -o results.json -o events.jsonl            # results for scripts, and every event`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: yamlFiles,
		RunE:              func(c *cobra.Command, args []string) error { return f.run(c, s, args) },
	}
	f.register(c)
	f.registerSeeds(c)
	f.registerGates(c)
	fl := c.Flags()
	fl.IntVar(&f.parallel, "parallel", 0, "`N` cells at a time (default: one per processor); changes nothing but the time it takes")
	fl.StringArrayVarP(&f.outputs, "output", "o", nil, "also write `FILE`: .json results with all cells, .jsonl every event, .md a table (repeatable)")
	fl.StringVar(&f.format, "format", "table", "standard output as `table`, json or markdown")
	fl.StringVar(&f.columns, "columns", "", "the table's columns, what a gate may have on its left: `a,b,c`, such as completion_rate,p99(task_latency)")
	fl.StringVar(&f.allow, "allow", "", "`inconclusive`: exit 0, with a warning, where there is too little evidence")
	fl.BoolVar(&f.wire, "wire", false, "speak to the models over HTTP, in this process: the same report, byte for byte, and a hundred times slower")
	fl.BoolVar(&f.dryRun, "dry-run", false, "print the cells and stop")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "errors, faults and latencies of each arm as well")
	fl.BoolVar(&f.quiet, "quiet", false, "nothing but the last line; failed gates keep their lines")
	fl.BoolVar(&f.noProgress, "no-progress", false, "no progress bar (there is none without a terminal)")
	fl.BoolVar(&f.noColor, "no-color", false, "no colours (NO_COLOR does the same)")
	registerLater(c)
	_ = c.RegisterFlagCompletionFunc("format", words("table", "json", "markdown"))
	_ = c.RegisterFlagCompletionFunc("allow", words("inconclusive"))
	_ = c.RegisterFlagCompletionFunc("scenario", completeScenarios)
	_ = c.RegisterFlagCompletionFunc("policy", completePolicies)
	return c
}

// check finds out before a long run what would only show after it.
func (f *runFlags) check(c *cobra.Command) error {
	if err := refuseLater(c); err != nil {
		return err
	}
	if err := oneOf("format", f.format, "table", "json", "markdown"); err != nil {
		return err
	}
	if c.Flags().Changed("allow") {
		if err := oneOf("allow", f.allow, "inconclusive"); err != nil {
			return err
		}
	}
	if f.parallel < 0 || c.Flags().Changed("parallel") && f.parallel == 0 {
		return usagef("leave it out for one per processor", "--parallel %d: it takes at least one", f.parallel)
	}
	for _, o := range f.outputs {
		if _, err := outputFor(o); err != nil {
			return err
		}
		if err := writable(o); err != nil {
			return err
		}
	}
	if f.columns != "" {
		return checkColumns(f.columnNames())
	}
	return nil
}

func (f *runFlags) columnNames() []string {
	if f.columns == "" {
		return nil
	}
	return splitColumns(f.columns)
}

func (f *runFlags) run(c *cobra.Command, s streams, args []string) error {
	if err := f.check(c); err != nil {
		return err
	}
	suite, err := f.load(c, s, args)
	if err != nil {
		return err
	}
	jobs := harness.Jobs(suite)
	if f.dryRun {
		return printJobs(s.out, jobs)
	}
	if n := len(suite.Warnings); n > 0 && !f.quiet {
		fmt.Fprintf(s.err, "%s: %d warnings, which agentchaos check explains\n", suite.File, n)
	}
	played, runErr := f.play(c.Context(), s, jobs)
	if runErr != nil && !errors.Is(runErr, context.Canceled) {
		return runErr
	}
	r := harness.Assemble(suite, played)
	r.Version, r.Quick, r.Allow, r.Args = version, f.quick, f.allow == "inconclusive", f.repeatArgs(args)
	if err := f.write(c.Context(), s, suite, r); err != nil {
		return err
	}
	if code := r.Exit(); code != exitPass {
		return &verdict{code}
	}
	return nil
}

func (f *runFlags) play(ctx context.Context, s streams, jobs []harness.Job) ([]harness.Played, error) {
	bar := newProgress(s.err, len(jobs), f.noProgress || f.quiet || !isTerminal(s.err))
	defer bar.end()
	elapsed := stopwatch()
	played, err := harness.Run(ctx, jobs, harness.Options{Parallel: f.parallel, Progress: bar.done, Wire: f.wire})
	bar.end()
	if !f.quiet && err == nil {
		fmt.Fprintf(s.err, "%d cells in %.1fs\n", len(jobs), elapsed().Seconds())
	}
	return played, err
}

// write renders the report to the files and to standard output. The files come first: whoever pipes standard output into
// something that stops reading still has them. One that cannot be written costs nobody the table.
func (f *runFlags) write(ctx context.Context, s streams, suite *scenarios.Suite, r *report.Report) error {
	var failed error
	for _, name := range f.outputs {
		render, err := outputFor(name)
		if err == nil {
			err = writeFile(name, func(w io.Writer) error { return render(ctx, w, suite, r) })
		}
		switch {
		case errors.Is(err, context.Canceled):
			fmt.Fprintf(s.err, "agentchaos: interrupted: %s was not written\n", name)
			r.Interrupted = true
		case err != nil:
			failed = errors.Join(failed, fmt.Errorf("%s was not written: %w", name, err))
		}
	}
	return errors.Join(f.show(s, r), failed)
}

func (f *runFlags) show(s streams, r *report.Report) error {
	o := report.TableOptions{Width: width(s.out), Color: f.color(s.out), Verbose: f.verbose, Columns: f.columnNames()}
	switch {
	case f.quiet && f.format == "table":
		return r.Brief(s.out, o)
	case f.format == "json":
		return r.JSON(s.out, false)
	case f.format == "markdown":
		return r.Markdown(s.out, o)
	}
	return r.Table(s.out, o)
}

// repeatArgs is what commands that look closer have to repeat of this one.
func (f *runFlags) repeatArgs(args []string) string {
	out := slices.Clone(args)
	for _, set := range f.sets {
		out = append(out, "--set", set)
	}
	for _, gate := range f.gates {
		out = append(out, "--gate", gate)
	}
	for i, a := range out {
		out[i] = report.ShellQuote(a)
	}
	if f.tasks > 0 {
		out = append(out, "--tasks", fmt.Sprint(f.tasks))
	}
	return strings.Join(out, " ")
}

func (f *runFlags) color(w io.Writer) bool {
	return !f.noColor && os.Getenv("NO_COLOR") == "" && isTerminal(w)
}

func printJobs(w io.Writer, jobs []harness.Job) error {
	for _, j := range jobs {
		if _, err := fmt.Fprintf(w, "%s\t%s\t%d\n", j.Scenario.Name, j.Arm.Policy, j.Seed); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d cells\n", len(jobs))
	return err
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width is the terminal's, within reason; 100 on a pipe.
func width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return max(n, 60)
		}
	}
	return 100
}
