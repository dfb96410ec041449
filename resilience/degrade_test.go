package resilience

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
)

func TestDegradeAllowsWhatItSays(t *testing.T) {
	const (
		model, read, write, retrieval = agentchaos.UseModel, agentchaos.UseRead, agentchaos.UseWrite, agentchaos.UseRetrieval
		fails, tool, kb               = agentchaos.NoCaveat, agentchaos.WithoutTool, agentchaos.WithoutRetrieval
	)
	both := Degrade{Tool: true, Retrieval: true}
	named := func(target string, step uint16, said, stepSaid bool, d Degrade) Degrade {
		if target != "" {
			d.Tools = map[string]bool{target: said}
		}
		if step != 0 {
			d.Steps = map[uint16]bool{step: stepSaid}
		}
		return d
	}
	for _, c := range []struct {
		name    string
		degrade Degrade
		use     agentchaos.Use
		want    agentchaos.Caveat
	}{
		{"nothing is left out unless somebody says so", Degrade{}, read, fails},
		{"nor a retrieval", Degrade{}, retrieval, fails},
		{"a read tool", Degrade{Tool: true}, read, tool},
		{"tools are no retrievals", Degrade{Tool: true}, retrieval, fails},
		{"a retrieval", Degrade{Retrieval: true}, retrieval, kb},
		{"retrievals are no tools", Degrade{Retrieval: true}, read, fails},
		{"a write has to be named", both, write, fails},
		{"a model is never left out", both, model, fails},
		{"nor by its name or step", named("x", 3, true, true, both), model, fails},
		{"a write by its name", named("x", 0, true, false, Degrade{}), write, tool},
		{"a write by its step", named("", 3, false, true, Degrade{}), write, tool},
		{"a read by its name alone", named("x", 0, true, false, Degrade{}), read, tool},
		{"a retrieval by its name alone", named("x", 0, true, false, Degrade{}), retrieval, kb},
		{"a name forbids what its kind may", named("x", 0, false, false, both), read, fails},
		{"a step forbids what its kind may", named("", 3, false, false, both), read, fails},
		{"a step's word goes before its tool's: no", named("x", 3, true, false, both), read, fails},
		{"a step's word goes before its tool's: yes", named("x", 3, false, true, both), read, tool},
		{"another name says nothing", named("y", 0, false, false, both), read, tool},
		{"another step says nothing", named("", 4, false, false, both), read, tool},
	} {
		req := &agentchaos.Request{ID: agentchaos.ID{Task: 1, Step: 3}, Target: "x", Use: c.use}
		caveat, ok := c.degrade.allows(req)
		require.Equal(t, c.want != fails, ok, c.name)
		if ok {
			require.Equal(t, c.want, caveat, c.name)
			require.True(t, c.degrade.skips(), c.name)
		}
	}
	require.False(t, (&Degrade{Deadline: true}).skips())
}
