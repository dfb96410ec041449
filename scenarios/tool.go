package scenarios

import (
	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
)

type tool struct{ faults.Tool }

// target is the tool's name among targets.
func (t *tool) target(name string) string {
	if t.Use == agentchaos.UseRetrieval {
		return "retrieval/" + name
	}
	return "tool/" + name
}

func toolSection() *section[tool] {
	return &section[tool]{name: "tool", doc: "a tool, or a retrieval index", fields: []field[tool]{
		needed(wordField("kind", "read only looks, write has an effect, retrieval is an index", "", []string{"read", "write", "retrieval"}, func(t *tool, i int) {
			t.Use = [...]agentchaos.Use{agentchaos.UseRead, agentchaos.UseWrite, agentchaos.UseRetrieval}[i]
		})),
		quantilesField("latency", "until it has answered", "0s", func(t *tool) *agentchaos.Quantiles { return &t.Latency }),
	}}
}
