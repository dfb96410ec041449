// Command agentchaos chaos-tests AI agents: it runs a resilience stack against simulated providers that fail the way real
// ones do, in virtual time, and judges what came of it.
//
//	agentchaos run                    the built-in suite, or ./scenarios.yaml
//	agentchaos explain                the timeline of one task
//	agentchaos check                  validates a scenario file
//	agentchaos schema, list, init     for editors, for people, to begin with
//
// Exit codes, the first that applies: 130 interrupted, 4 something broke, 2 wrong usage or scenario file, 1 a gate failed,
// 3 inconclusive, 0 every gate holds or there are none.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // cells make garbage in proportion to their calls and keep next to none of it
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // a second Ctrl-C ends the process at once
	}()
	os.Exit(execute(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}
