package scenarios

import (
	"time"

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
	return &section[tool]{name: "tool", doc: "a tool, or a retrieval index", either: [][]string{{"keys", "key_expiry"}}, check: func(d *decoder, v at, t *tool) {
		for _, key := range []string{"keys", "key_expiry"} {
			if v.get(key) != nil && t.Use != agentchaos.UseWrite {
				d.fail(v.keyNode(key), v.path, quote(key)+" is for write tools: asking another twice does no harm", "")
			}
		}
	}, fields: []field[tool]{
		needed(wordField("kind", "read only looks, write has an effect, retrieval is an index", "", []string{"read", "write", "retrieval"}, func(t *tool, i int) {
			t.Use = [...]agentchaos.Use{agentchaos.UseRead, agentchaos.UseWrite, agentchaos.UseRetrieval}[i]
		})),
		quantilesField("latency", "until it has answered", "0s", func(t *tool) *agentchaos.Quantiles { return &t.Latency }),
		yesField("keys", "of a write tool: whether it does what comes under one idempotency key once", "true", func(t *tool) *bool { return &t.NoKeys }).not(func(t *tool) *bool { return &t.NoKeys }),
		positiveDurationField("key_expiry", "of a write tool: for how long it keeps a key", "24h", "keys: false is a tool that keeps none", func(t *tool) *time.Duration { return &t.Expiry }),
	}}
}
