package scenarios

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// maxArguments bounds the arguments of all calls in a file: aliases can say the same long text a thousand times.
const maxArguments = 16 << 20 // bytes

// arguments is a map as JSON, in the one spelling that encoding/json gives it: keys sorted, no white space; "{}" if it
// cannot be, which has been said.
func (d *decoder) arguments(v at) string {
	if d.said > maxArguments {
		return "{}"
	}
	if d.said += weight(v.node); d.said > maxArguments {
		d.fail(v.node, v.path, fmt.Sprintf("the arguments up to here are longer than %d MiB", maxArguments>>20), "")
		return "{}"
	}
	x, ok := d.json(v, 0)
	if !ok {
		return "{}"
	}
	b, err := json.Marshal(x)
	if err != nil {
		d.fail(v.node, v.path, "cannot be written as JSON: "+err.Error(), "")
		return "{}"
	}
	return string(b)
}

// weight is about how long a value is as JSON.
func weight(n *node) int64 {
	w := int64(len(n.text)) + 1
	for _, e := range n.entries {
		w += weight(e.key) + weight(e.value)
	}
	for _, i := range n.items {
		w += weight(i)
	}
	return w
}

var (
	// jsonNumber is what YAML and JSON both read as a number.
	jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
	// yamlNumber is what some YAML reads as a number and JSON does not have.
	yamlNumber = regexp.MustCompile(`^[-+]?(\.?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\.(inf|Inf|INF))$|^\.(nan|NaN|NAN)$`)
)

// json is a value as encoding/json writes it: YAML's true, null and numbers as such, and every key as a text.
func (d *decoder) json(v at, depth int) (out any, ok bool) {
	if depth > maxDepth { // aliases can stand in aliases
		d.fail(v.node, v.path, fmt.Sprintf("more than %d levels of nesting", maxDepth), "")
		return nil, false
	}
	ok = true
	switch v.shape {
	case nullNode:
		return nil, true
	case mapNode:
		m := make(map[string]any, len(v.entries))
		for _, e := range v.entries {
			x, good := d.json(at{e.value, join(v.path, e.key.text)}, depth+1)
			m[e.key.text], ok = x, ok && good
		}
		return m, ok
	case listNode:
		list := make([]any, len(v.items))
		for i := range v.items {
			x, good := d.json(v.item(i), depth+1)
			list[i], ok = x, ok && good
		}
		return list, ok
	}
	switch s := v.text; {
	case v.quoted:
		return s, true
	case jsonNumber.MatchString(s):
		return json.Number(s), true
	case yamlNumber.MatchString(s):
		d.fail(v.node, v.path, quote(s)+" is no number of JSON", "write it as JSON does, or in quotes if it is a text")
		return nil, false
	case s == "true" || s == "True" || s == "TRUE":
		return true, true
	case s == "false" || s == "False" || s == "FALSE":
		return false, true
	default:
		return s, true
	}
}
