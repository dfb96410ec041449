package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"

	"github.com/agentchaos/agentchaos/harness/serve"
	"github.com/spf13/cobra"
)

// serveAddr is where serve listens unless it is told otherwise: always the same, so that what is exported once stays true for
// the next server too. None of the usual local model servers is there (Ollama 11434, vLLM 8000, LM Studio 1234, llama.cpp 8080,
// LiteLLM 4000).
const serveAddr = "127.0.0.1:8099"

// serveFlags are what serve understands.
type serveFlags struct {
	selection
	scenario    string
	addr, admin string
	timeScale   float64
	printEnv    bool
	verbose     bool
	logFormat   string
}

func serveCommand(s streams) *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve [FILE]",
		Short: "The simulated providers of a scenario over HTTP, in wall time",
		Long: `serve speaks OpenAI Chat Completions, OpenAI Responses and Anthropic Messages on ` + serveAddr + `, and fails as the scenario
says: point an agent in any language at it. The scenario's time begins with the first request. Ctrl-C ends it: requests in
flight have 10 seconds to finish, a second Ctrl-C ends it at once. Stopped by a signal it has done its work: exit 0.

--print-env prints the lines that point the usual SDKs at it, closes standard output, and serves on. So a shell can do

  eval "$(agentchaos serve --scenario S --print-env &)"     # the server runs on in the background
  : "${AGENTCHAOS_PID:?}"                                   # it did not start: your own keys must not be used instead
  python my_agent.py
  kill "$AGENTCHAOS_PID"`,
		Example: `  agentchaos serve --scenario partial-outage                # a scenario of the built-in suite
  agentchaos serve my.yaml -v                               # the only scenario of a file, a line for each request
  agentchaos serve --scenario stalled-streams --addr 127.0.0.1:0 --admin 127.0.0.1:9090`,
		Args: cobra.ArbitraryArgs, ValidArgsFunction: yamlFiles,
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, s, args) },
	}
	fl := c.Flags()
	fl.StringVar(&f.scenario, "scenario", "", "the scenario, by its name or a `GLOB` that matches one (default: the file's only one)")
	fl.StringArrayVar(&f.sets, "set", nil, "change a setting: `PATH=VALUE`, such as models.openai/gpt-4o.per_token=0s (repeatable)")
	fl.Uint64Var(&f.seed, "seed", 0, "seed `N` of the luck (default: the file's, 1)")
	fl.StringVar(&f.addr, "addr", serveAddr, "`ADDR` to listen on; port 0 picks a free one")
	fl.StringVar(&f.admin, "admin", "", "`ADDR` of its own for /metrics and /healthz (default: beside the providers)")
	fl.Float64Var(&f.timeScale, "time-scale", 1, "divide the times that the server makes by `X`; what it says to clients stays")
	fl.BoolVar(&f.printEnv, "print-env", false, "print export lines for a shell on standard output, and close it")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "a line on standard error for each request")
	fl.StringVar(&f.logFormat, "log-format", "text", "the log as `text` or json")
	for _, name := range serveLater {
		fl.String(name, "", "")
		_ = fl.MarkHidden(name)
	}
	_ = c.RegisterFlagCompletionFunc("scenario", completeScenarios)
	_ = c.RegisterFlagCompletionFunc("log-format", words("text", "json"))
	return c
}

// serveLater are promised names that come with exec.
var serveLater = []string{"upstream", "record", "replay"}

func (f *serveFlags) check(c *cobra.Command) error {
	for _, name := range serveLater {
		if c.Flags().Changed(name) {
			return notYet("--"+name, "Exec")
		}
	}
	if err := oneOf("log-format", f.logFormat, "text", "json"); err != nil {
		return err
	}
	if !(f.timeScale > 0 && f.timeScale <= maxTimeScale) {
		return usagef("10 makes a minute of the providers' six seconds", "--time-scale %v: it takes a number above 0, at most %v", f.timeScale, maxTimeScale)
	}
	return nil
}

// maxTimeScale is where nothing takes any time any more.
const maxTimeScale = 1e6

func (f *serveFlags) run(c *cobra.Command, s streams, args []string) error {
	if err := f.check(c); err != nil {
		return err
	}
	suite, err := f.load(c, s, args)
	if err != nil {
		return err
	}
	scenario, err := oneScenario(suite, f.scenario)
	if err != nil {
		return err
	}
	v, err := serve.New(serve.Settings{Scenario: scenario, Models: suite.Models, Seed: suite.Seed, TimeScale: f.timeScale, Log: f.log(s.err)})
	if err != nil {
		return err
	}
	l, admin, err := f.listen()
	if err != nil {
		return err
	}
	greet(s.err, scenario, suite, l.Addr(), admin)
	if f.printEnv {
		if err := printEnv(s.out, serve.URL(l.Addr())); err != nil {
			_ = l.Close()
			return err
		}
	}
	err = runSaying(c.Context(), s.err, v, l, admin)
	farewell(s.err, v.Counts())
	if errors.Is(err, serve.ErrCut) {
		fmt.Fprintf(s.err, "agentchaos: %v\n", err)
		return nil
	}
	return err
}

// runSaying runs the server, and says that it waits if it does when it is to stop.
func runSaying(ctx context.Context, w io.Writer, v *serve.Server, l, admin net.Listener) error {
	said := make(chan struct{})
	unasked := context.AfterFunc(ctx, func() {
		defer close(said)
		stopping(w, v.Counts().InFlight)
	})
	err := v.Run(ctx, l, admin)
	if !unasked() {
		<-said
	}
	return err
}

// log is where requests and what is wrong with connections are written.
func (f *serveFlags) log(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: slog.LevelWarn}
	if f.verbose {
		o.Level = slog.LevelDebug
	}
	if f.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

func (f *serveFlags) listen() (l, admin net.Listener, err error) {
	if l, err = listen("addr", f.addr); err != nil || f.admin == "" {
		return l, nil, err
	}
	if admin, err = listen("admin", f.admin); err != nil {
		_ = l.Close()
	}
	return l, admin, err
}

// printEnv prints what a shell is to evaluate, and lets go of standard output: who waits for its end goes on.
func printEnv(w io.Writer, url string) error {
	if err := serve.WriteExports(w, url); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "export AGENTCHAOS_PID=%d\n", os.Getpid()); err != nil {
		return err
	}
	if c, ok := w.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
