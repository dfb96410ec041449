package harness_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// sweepWorld is one task of six steps, two of which have an effect. The tool's answers are lost now and then, so that there
// is a wait, a retry and a key that has been used before.
const sweepWorld = `
version: 1
seeds: 1
models: {x/a: {first_token: 1s, per_token: 10ms}}
tools: {refund: {kind: write, latency: 300ms}, lookup: {kind: read, latency: 100ms}}
agents:
  six:
    arrivals: {rate: 1/s, burstiness: 0}
    deadline: 10m
    steps:
      - model: {output_tokens: 20}
      - tool: lookup
      - tool: refund
      - model: {output_tokens: 20}
      - tool: refund
      - model: {output_tokens: 20}
policies:
  p: {extends: reference, models: [x/a]}
scenarios:
  s: {agent: six, tasks: 1, policies: [p], faults: [%s]}
`

const lostAnswers = `{target: tool/refund, kind: commit_then_timeout, when: {call_first: 1}}`

// sweepJob is the one cell of sweepWorld, under a policy that may be changed.
func sweepJob(t testing.TB, faults string, change func(*resilience.Policy)) harness.Job {
	t.Helper()
	suite := loadSuite(t, fmt.Sprintf(sweepWorld, faults), scenarios.Options{})
	job := harness.Jobs(suite)[0]
	if change != nil {
		change(&job.Arm.Settings)
	}
	return job
}

func TestCrashSweep(t *testing.T) {
	for name, faults := range map[string]string{"nothing else fails": "", "answers are lost": lostAnswers} {
		t.Run(name, func(t *testing.T) {
			found, err := harness.CrashSweep(t.Context(), sweepJob(t, faults, nil), !testing.Short())
			require.NoError(t, err)
			t.Log(found)
			require.Empty(t, found.Broken)
			require.Greater(t, found.Points, 6*6, "every step has its beginning, its end, its wait and what it keeps")
			require.Equal(t, found.Points, found.Tried)
			require.Equal(t, found.Pairs, found.Paired)
		})
	}
}

// deaf is a store whose log never has what was recorded.
type deaf struct{ *resilience.Memory }

func (deaf) Result(context.Context, agentchaos.Key) ([]byte, error) { return nil, nil }

// hasty is a store that keeps a step as done before it is: what an agent does that saves before it acts.
type hasty struct{ *resilience.Memory }

func (h hasty) Save(ctx context.Context, task uint32, b []byte) error {
	c, err := resilience.OpenCheckpoint(b)
	if err != nil {
		return err
	}
	for n := uint16(1); n <= 6; n++ {
		if !c.Done.Has(n) {
			c.Done.Add(n)
			break
		}
	}
	return h.Memory.Save(ctx, task, c.Seal(nil))
}

// mutants break the key, the log and the order of saving, one at a time. A sweep that does not find them is worth nothing.
var mutants = map[string]struct {
	change func(*resilience.Policy)
	harm   func(harness.Breach) bool
}{
	"the key changes when somebody asks again": {
		func(p *resilience.Policy) {
			p.Idempotency.Key = func(run string, req *agentchaos.Request) agentchaos.Key {
				return resilience.KeyOf(fmt.Sprint(run, req.Tried), req)
			}
		}, func(b harness.Breach) bool { return b.Duplicates > 0 },
	},
	"the log forgets": {
		func(p *resilience.Policy) { p.Store = deaf{&resilience.Memory{}} },
		func(b harness.Breach) bool { return b.Redone > 0 },
	},
	"saved before it is done": {
		func(p *resilience.Policy) { p.Store = hasty{&resilience.Memory{}} },
		func(b harness.Breach) bool { return b.Lost > 0 },
	},
	"no key at all": {
		func(p *resilience.Policy) { p.Idempotency = nil },
		func(b harness.Breach) bool { return b.Duplicates > 0 },
	},
}

func TestCrashSweepFindsWhatIsBroken(t *testing.T) {
	for name, m := range mutants {
		t.Run(name, func(t *testing.T) {
			found, err := harness.CrashSweep(t.Context(), sweepJob(t, "", m.change), false)
			require.NoError(t, err)
			require.NotEmpty(t, found.Broken)
			caught := 0
			for _, b := range found.Broken {
				if m.harm(b) {
					caught++
				}
			}
			t.Log(found, "first:", found.Broken[0])
			require.NotZero(t, caught, "the harm that it does: %v", found.Broken)
		})
	}
}
