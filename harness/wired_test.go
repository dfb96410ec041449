package harness_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// toldOf is everything that a suite's run has to tell: the report with its cells, as JSON.
func toldOf(t require.TestingT, s *scenarios.Suite, wire bool) string {
	played, err := harness.Run(context.Background(), harness.Jobs(s), harness.Options{Wire: wire})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, harness.Assemble(s, played).JSON(&b, true))
	return b.String()
}

// suiteOfSize is the built-in suite with so many tasks a cell; 0: the suite's own number.
func suiteOfSize(t require.TestingT, tasks, seeds int) *scenarios.Suite {
	s, err := scenarios.Load(scenarios.BuiltinName, agentchaos.Suite, scenarios.Options{Tasks: tasks, Seeds: seeds})
	require.NoError(t, err)
	return s
}

func TestOverTheWireIsTheSameReport(t *testing.T) {
	tasks := 60
	if testing.Short() {
		tasks = 5
	}
	s := suiteOfSize(t, tasks, 1)
	require.Equal(t, toldOf(t, s, false), toldOf(t, s, true))
}

// The whole suite at its own size, and all that its files would hold. It takes minutes: every token is an event that is written
// and read.
func TestAcceptOverTheWire(t *testing.T) {
	asTheCommand(t)
	s := suiteOfSize(t, acceptance.Size(0, 5), acceptance.Size(2, 1))
	typed, wired := toldOf(t, s, false), toldOf(t, s, true)
	require.Equal(t, len(typed), len(wired))
	acceptance.Row(t, fmt.Sprintf("run --wire, %d cells of the built-in suite at its own size", len(harness.Jobs(s))), "the bytes of run",
		fmt.Sprintf("%d bytes of results, the same: %v", len(typed), typed == wired), typed == wired)
	require.True(t, typed == wired)
}

// eventsOf is the event log of a job, and its numbers.
func eventsOf(t require.TestingT, j harness.Job, replay func(context.Context, harness.Job, func(report.Event)) (report.Cell, error)) (all []report.Event, cell report.Cell) {
	cell, err := replay(context.Background(), j, func(e report.Event) { all = append(all, e) })
	require.NoError(t, err)
	return all, cell
}

func sameOverTheWire(t require.TestingT, text string, seed uint64) {
	s, err := scenarios.Load("drawn.yaml", []byte(text), scenarios.Options{Seeds: 1})
	require.NoError(t, err, text)
	for _, j := range harness.Jobs(s) {
		j.Seed += seed
		typed, cell := eventsOf(t, j, harness.Replay)
		wired, wiredCell := eventsOf(t, j, harness.ReplayWire)
		require.Equal(t, typed, wired, text)
		require.Equal(t, cell, wiredCell, text)
	}
}

// Not the report alone: every attempt, wait, crash and change of a breaker is the same and comes in the same order, whatever
// the scenario.
func TestOverTheWireIsTheSameLog(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { sameOverTheWire(rt, string(anyFile().Draw(rt, "file")), 0) })
}

// The same of processes that die at any moment, and of stores that fail.
func TestOverTheWireProcessesDieAtTheSamePlaces(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { sameOverTheWire(rt, drawChaos(rt), rapid.Uint64Range(1, 1<<40).Draw(rt, "seed")) })
}
