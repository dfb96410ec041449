package scenarios_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos/scenarios"
)

const twoScenarios = `version: 1
scenarios:
  s: {agent: one-call, policies: [bare], faults: [{target: primary, kind: quota, name: broke}]}
  t: {agent: one-call, policies: [bare], faults: [{target: primary, kind: stall}]}
`

// A gate of --gate holds wherever its fault is; it is wrong only if none of the chosen scenarios has it.
func TestFiredOption(t *testing.T) {
	s, err := scenarios.Load("f", []byte(twoScenarios), scenarios.Options{Gates: []string{"fired(broke) >= 1"}})
	require.NoError(t, err)
	require.NotContains(t, s.Warnings.Error(), "broke")
	_, err = s.Select([]string{"s"}, nil)
	require.NoError(t, err)
	_, err = s.Select([]string{"t"}, nil)
	require.EqualError(t, err, `--gate "fired(broke) >= 1": no fault of the chosen scenarios is called "broke": the faults are stall on primary`)

	ps := problems(t, twoScenarios, scenarios.Options{Gates: []string{"failed_tasks == 0", "fired(brok) >= 1"}})
	require.Len(t, ps, 1)
	require.Equal(t, "--gate", ps[0].File)
	require.Equal(t, 2, ps[0].Line)
	require.Equal(t, `no fault is called "brok"`, ps[0].Message)
	require.Equal(t, `did you mean "broke"? the faults are broke, stall on primary`, ps[0].Hint)
}

// A file's gate for all scenarios may be on a fault of one of them; check says of the others.
func TestFiredInSomeScenarios(t *testing.T) {
	s := load(t, twoScenarios+`gates: ["fired(broke) >= 1"]`)
	require.Len(t, s.Warnings, 1)
	require.Equal(t, `no fault is called "broke" in 1 scenario: t`, s.Warnings[0].Message)
}

func TestFiredTakesAKindForAllOfIt(t *testing.T) {
	const file = `
version: 1
models: {x/a: {first_token: 1s}}
agents: {one: {arrivals: {rate: 1/s}, deadline: 1m, steps: [{model: {}}]}}
policies: {p: {models: [x/a]}}
scenarios: {s: {agent: one, faults: [{target: x/a, kind: stall, when: {probability: 5%%}}], gates: [%s]}}
`
	for gate, good := range map[string]bool{"fired(stall) >= 1": true, "fired(stall on x/a) >= 1": true, "fired(stal) >= 1": false} {
		_, err := scenarios.Load("x.yaml", []byte(fmt.Sprintf(file, gate)), scenarios.Options{})
		require.Equal(t, good, err == nil, gate)
	}
}
