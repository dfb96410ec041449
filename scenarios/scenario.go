package scenarios

import (
	"strings"
	"time"

	"github.com/agentchaos/agentchaos/faults"
)

// scenario is an entry of `scenarios`, as read.
type scenario struct {
	about    string
	exec     bool
	agent    *agent
	tasks    int
	duration time.Duration
	faults   []fault
	answers  []Answer
	policies []at // nil: left out
	gates    gateSet
	place    at
}

// rules are the faults with their names.
func (t *scenario) rules() []faults.Rule {
	var out []faults.Rule
	for _, x := range t.faults {
		out = append(out, x.Rule)
	}
	faults.Names(out) // luck is drawn by name
	return out
}

func scenarioSection(l *loader) *section[scenario] {
	type s = scenario
	return &section[s]{name: "scenario", doc: "a situation, and the policies to try in it", either: [][]string{{"tasks", "duration"}}, check: func(d *decoder, v at, t *s) {
		t.place = v
		t.gates.unfired(d, "scenario "+strings.TrimPrefix(v.path, "scenarios."), t.rules())
	}, fields: []field[s]{
		textField("about", "a sentence", "", func(t *s) *string { return &t.about }),
		needed(field[s]{key: "agent", doc: "the name of the workload", shape: ref("name"), read: func(d *decoder, v at, t *s) {
			if a := l.agents.ref(d, v); a != nil {
				named := *a
				named.Name = v.text
				t.agent = &named
			}
		}}),
		tasksField(func(t *s) *int { return &t.tasks }),
		lastsField(func(t *s) *time.Duration { return &t.duration }),
		{key: "faults", doc: "what goes wrong", def: "nothing", shape: shape{"type": "array", "items": faultShape()}, read: func(d *decoder, v at, t *s) {
			d.list(v, "a list of faults", func(v at) { t.faults = append(t.faults, l.fault(d, v)) })
		}},
		answersField("what models say over HTTP, first fit first, before the file's own answers", func(t *s) *[]Answer { return &t.answers }),
		{key: "policies", doc: "the names of the policies to try", def: "all of the file's own", shape: shape{"type": "array", "items": ref("name"), "minItems": 1}, read: func(d *decoder, v at, t *s) {
			t.policies = []at{}
			if v.shape == scalarNode {
				d.fail(v.node, v.path, "is "+quote(v.text)+"; want a list of policies", "["+v.text+"]?")
				return
			}
			d.list(v, "a list of policies", func(v at) {
				if l.policies.ref(d, v) != nil {
					t.policies = append(t.policies, v)
				}
			})
			if v.shape == listNode && len(v.items) == 0 {
				d.fail(v.node, v.path, "an empty list of policies", "leave it out for all of the file's own")
			}
		}},
		gatesField(l, func(t *s) *gateSet { return &t.gates }),
		yesField("exec", "it needs one vendor only, so that `exec` may run it", "false", func(t *s) *bool { return &t.exec }),
	}}
}
