package scenarios

import (
	"fmt"
	"strings"

	"github.com/agentchaos/agentchaos/faults"
)

// faultKind is a kind of fault: what its settings are, and what is made of them.
type faultKind struct {
	name, doc string
	settings  []string
	later     string // the piece of work that brings it; "": it is there
	make      func(faults.Given) faults.Fault
}

// faultKinds are those of package faults.
var faultKinds = func() (out []faultKind) {
	for _, k := range faults.Kinds() {
		out = append(out, faultKind{name: k.Kind, doc: k.Doc, settings: k.Settings, make: k.Make})
	}
	return out
}()

func faultKindNames() []string {
	var out []string
	for _, k := range faultKinds {
		out = append(out, k.name)
	}
	return out
}

func kindOf(v at) *faultKind {
	if n := v.get("kind"); n != nil {
		for i := range faultKinds {
			if faultKinds[i].name == n.text {
				return &faultKinds[i]
			}
		}
	}
	return nil
}

// only says which keys mean nothing to the kind, and which it misses.
func (k *faultKind) only(d *decoder, v at) {
	if k.later != "" {
		d.notYet(v.get("kind"), v.path, "the kind "+k.name, k.later)
		return
	}
	known := map[string]bool{}
	for _, s := range append(commonKeys, k.settings...) {
		known[s] = true
	}
	for _, f := range settingFields() {
		if v.get(f.key) == nil || known[f.key] || f.later != "" {
			continue
		}
		hint := "its settings are " + strings.Join(k.settings, ", ")
		if len(k.settings) == 0 {
			hint = "it has no settings"
		}
		d.fail(v.keyNode(f.key), v.path, fmt.Sprintf("%q means nothing to a fault of kind %s", f.key, k.name), hint)
	}
	if n := v.get("burst"); n != nil && v.get("requests_per_minute") == nil {
		d.fail(v.keyNode("burst"), v.path, `"burst" belongs to requests_per_minute, which is not there`, "")
	}
	if n := v.get("retry_after"); n != nil && n.text == "honest" && v.get("requests_per_minute") == nil && v.get("tokens_per_minute") == nil {
		d.fail(n, v.path, "an honest Retry-After needs a token bucket", "give requests_per_minute or tokens_per_minute, or a duration")
	}
}
