package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/agentchaos/agentchaos/scenarios"
)

// The exit codes that are not a report's verdict (see report.Report.Exit): scripts are written against them.
const (
	exitPass        = 0
	exitUsage       = 2
	exitBroken      = 4
	exitInterrupted = 130
)

// usage is a mistake of the caller, with what would have been right.
type usage struct{ message, hint string }

func (u *usage) Error() string { return u.message }

func usagef(hint, format string, args ...any) error {
	return &usage{fmt.Sprintf(format, args...), hint}
}

// verdict is a run that ended as it should and says so by its code.
type verdict struct{ code int }

func (v *verdict) Error() string { return fmt.Sprintf("exit %d", v.code) }

// exitCode reports an error to people and to scripts.
func exitCode(err error, stderr io.Writer) int {
	var v *verdict
	var u *usage
	var ps scenarios.Problems
	switch {
	case err == nil:
		return exitPass
	case errors.As(err, &v):
		return v.code
	case errors.As(err, &u):
		fmt.Fprintf(stderr, "agentchaos: %s\n", u.message)
		if u.hint != "" {
			fmt.Fprintf(stderr, "   %s\n", strings.ReplaceAll(u.hint, "\n", "\n   "))
		}
		return exitUsage
	case errors.As(err, &ps):
		fmt.Fprintln(stderr, ps.Error())
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "agentchaos: interrupted")
		return exitInterrupted
	}
	fmt.Fprintf(stderr, "agentchaos: %v\n", err)
	return exitBroken
}
