package scenarios

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/agentchaos/agentchaos/report"
)

// execPolicy is what `exec` calls the agent under test: gates may be under its name without a policy of that name.
const execPolicy = "agent"

// gateSet is the gates of a section: for all policies, and by policy.
type gateSet struct {
	all []placed
	by  []policyGates
}

type policyGates struct {
	policy *node // its name
	gates  []placed
}

// placed is a gate and where it stands.
type placed struct {
	report.Gate
	v at
}

// of are the gates that hold for a policy.
func (s *gateSet) of(policy string) []placed {
	out := append([]placed(nil), s.all...)
	for _, b := range s.by {
		if b.policy.text == policy {
			out = append(out, b.gates...)
		}
	}
	return out
}

// each are all gates of the set.
func (s *gateSet) each() []placed {
	out := append([]placed(nil), s.all...)
	for _, b := range s.by {
		out = append(out, b.gates...)
	}
	return out
}

func gatesField[T any](l *loader, to func(*T) *gateSet) field[T] {
	list := shape{"type": "array", "items": shape{"type": "string"}}
	return field[T]{key: "gates", doc: `what must hold: a map by policy, "*" for all, or a list for all`,
		shape: shape{"anyOf": []shape{list, {"type": "object", "additionalProperties": list}}},
		read: func(d *decoder, v at, t *T) {
			set := to(t)
			if v.shape != mapNode {
				set.all = l.gateList(d, v)
				return
			}
			for _, e := range v.entries {
				name := e.key.text
				switch {
				case ignored(name):
				case name == "*":
					set.all = append(set.all, l.gateList(d, v.child(name))...)
				case name != execPolicy && l.policies.raw(name, false) == nil:
					d.fail(e.key, v.path, "unknown policy "+quote(name), hintFor(name, "policies", l.policies.names()))
				default:
					set.by = append(set.by, policyGates{e.key, l.gateList(d, v.child(name))})
				}
			}
		}}
}

func (l *loader) gateList(d *decoder, v at) []placed {
	var out []placed
	d.words(v, "a list of gates", func(v at, _ string) {
		if g, ok := l.gate(d, v); ok {
			out = append(out, g)
		}
	})
	return out
}

// gate reads one gate; what is wrong with it is shown inside it.
func (l *loader) gate(d *decoder, v at) (placed, bool) {
	if !d.want(v, scalarNode, "a gate such as completion_rate >= 95%") {
		return placed{}, false
	}
	g, err := report.ParseGate(v.text)
	if err == nil {
		return placed{g, v}, true
	}
	n, e := *v.node, (*report.GateError)(nil)
	if !errors.As(err, &e) {
		d.fail(&n, v.path, err.Error(), "")
		return placed{}, false
	}
	if line := n.src.line(n.line); strings.Contains(line, v.text) { // else it is folded or escaped: point at its beginning
		n.col += utf8.RuneCountInString(v.text[:min(max(e.Offset, 0), len(v.text))])
		if v.quoted {
			n.col++
		}
	}
	d.fail(&n, v.path, "gate "+quote(v.text)+": "+e.Message, e.Hint)
	return placed{}, false
}
