package faults

import (
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/agentchaos/agentchaos"
)

// A Fault is the settings of something that goes wrong. One kind, one file.
type Fault interface {
	// Kind is the fault's name in scenario files.
	Kind() string
	// Start gives it fresh state for one target of one run, with a stream of luck of its own. Nil: it makes no sense for
	// that target.
	Start(seed agentchaos.Seed, target string) Injector
}

// An Injector decides what happens to an attempt of which the rule's When holds. It never waits and keeps nothing of req;
// calls on one run are never concurrent. It leaves By and SlowBy to its caller. The zero Effect is nothing.
type Injector func(now time.Duration, req *agentchaos.Request) agentchaos.Effect

// A Checker is a Fault that knows which settings are wrong.
type Checker interface{ Check() error }

// A server is a Fault of the work itself, not of how the request is received: its From, Until and Bursts are asked for the
// moment at which the work begins, which for a request that waits in line is later than its arrival.
type server interface{ strikesService() }

// A chooser is a Fault of some attempts on its target only: the others have not met the rule, and First does not count them.
type chooser interface {
	strikesAt(req *agentchaos.Request) bool
}

// A Rule is a fault, where it strikes and when.
type Rule struct {
	Name   string // names its luck and its line in the report; "": see [Names]
	Target string // a glob of path.Match over targets; "primary"; "agent" and "store": see AgentTarget
	Fault  Fault
	When   When
}

// Check reports what is wrong with a rule.
func (r Rule) Check() error {
	if r.Fault == nil {
		return errors.New("no fault")
	}
	if _, err := path.Match(r.Target, ""); err != nil || r.Target == "" {
		return fmt.Errorf("target %q is not a glob", r.Target)
	}
	if inner(r.Target) != onlyInner(r.Fault) || inner(r.Target) && r.Fault.Start(0, r.Target) == nil {
		return fmt.Errorf("a fault of kind %s does not strike the target %s: crash is for agent, store_… for store", r.Fault.Kind(), r.Target)
	}
	if c, ok := r.Fault.(Checker); ok {
		if err := c.Check(); err != nil {
			return err
		}
	}
	return r.When.Check()
}

// Matches reports whether the rule's target means this one, and its fault makes sense for it. Primary is the target that
// "primary" stands for.
func (r Rule) Matches(target, primary string) bool {
	switch r.Target {
	case AgentTarget, StoreTarget:
		if target != r.Target {
			return false
		}
	case "primary":
		if target != primary {
			return false
		}
	default:
		if inner(target) {
			return false
		}
		if ok, err := path.Match(r.Target, target); err != nil || !ok {
			return false
		}
	}
	return r.Fault.Start(0, target) != nil
}

// Names fills in the names that are empty: "KIND on TARGET", with " #2" and so on where that is taken.
func Names(rules []Rule) {
	taken := map[string]bool{}
	for _, r := range rules {
		taken[r.Name] = true
	}
	for i := range rules {
		if rules[i].Name != "" || rules[i].Fault == nil {
			continue
		}
		base := rules[i].Fault.Kind() + " on " + rules[i].Target
		name := base
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s #%d", base, n)
		}
		rules[i].Name, taken[name] = name, true
	}
}

// ends makes an Injector that always ends attempts in the same way.
func ends(e agentchaos.Ending) Injector {
	effect := agentchaos.Effect{End: e}
	return func(time.Duration, *agentchaos.Request) agentchaos.Effect { return effect }
}

// isTool reports whether a target is a tool or a retrieval index: what has no wire of its own.
func isTool(target string) bool { return agentchaos.DialectOf(target) == agentchaos.Plain }
