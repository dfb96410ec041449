package main

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
)

// A renderer writes a report in one format.
type renderer func(context.Context, io.Writer, *scenarios.Suite, *report.Report) error

var renderers = map[string]renderer{
	".json": func(_ context.Context, w io.Writer, _ *scenarios.Suite, r *report.Report) error {
		return r.JSON(w, true)
	},
	".jsonl": writeEvents,
	".md": func(_ context.Context, w io.Writer, _ *scenarios.Suite, r *report.Report) error {
		return r.Markdown(w, report.TableOptions{})
	},
}

// laterEndings are formats whose endings are promised.
var laterEndings = []string{".xml", ".html", ".csv"}

// outputFor chooses the format by the file's ending.
func outputFor(name string) (renderer, error) {
	ending := filepath.Ext(name)
	if r, ok := renderers[ending]; ok {
		return r, nil
	}
	if slices.Contains(laterEndings, ending) {
		return nil, notYet("-o "+name, "Compare")
	}
	return nil, usagef("the endings are .json, .jsonl and .md", "-o %s: the ending does not say which format", name)
}

// writeEvents plays the cells again, one after the other, and writes every record. The second time is as the first.
func writeEvents(ctx context.Context, w io.Writer, s *scenarios.Suite, _ *report.Report) error {
	for _, j := range harness.Jobs(s) {
		var events []report.Event
		if _, err := harness.Replay(ctx, j, func(e report.Event) { events = append(events, e) }); err != nil {
			return err
		}
		report.SortEvents(events)
		if err := report.WriteEvents(w, events); err != nil {
			return err
		}
	}
	return nil
}

// splitColumns splits at commas outside brackets.
func splitColumns(s string) (names []string) {
	depth, from := 0, 0
	for i, c := range s {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			names, from = append(names, strings.TrimSpace(s[from:i])), i+1
		}
	}
	return append(names, strings.TrimSpace(s[from:]))
}

func checkColumns(names []string) error {
	if err := report.CheckColumns(names); err != nil {
		return usagef("agentchaos list shows the metrics", "--columns: %v", err)
	}
	return nil
}
