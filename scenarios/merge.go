package scenarios

import (
	"fmt"
	"sort"
	"strings"
)

// alternatives are keys that stand in for one another: an entry that extends another and gives one of them means that one,
// whatever the other entry had.
var alternatives = map[string][]string{
	"attempts": {"retries"}, "retries": {"attempts"},
	"tasks": {"duration"}, "duration": {"tasks"},
	"rate": {"workers", "profile"}, "workers": {"rate", "burstiness", "profile"}, "profile": {"rate", "workers"},
	"failures": {"failure_rate", "window", "min_calls"}, "failure_rate": {"failures"},
}

// replaced are the keys of a map that a key stands in for.
func (n *node) replaced(key string) []string {
	out := alternatives[key]
	for _, e := range n.entries {
		if k := e.key.text; key == exponentialKey && isQuantile(k) || k == exponentialKey && isQuantile(key) {
			out = append(out[:len(out):len(out)], k)
		}
	}
	return out
}

// merge is base with the keys of own on top, map by map; a null takes a key out. Everything that is not a map is replaced.
func merge(base, own *node) *node {
	if base.shape != mapNode || own.shape != mapNode {
		return clean(own)
	}
	mine, gone := make(map[string]*node, len(own.entries)), map[string]bool{}
	for _, e := range own.entries {
		mine[e.key.text] = e.value
		for _, k := range base.replaced(e.key.text) {
			gone[k] = true
		}
	}
	out := *own
	out.entries, out.size = nil, 1
	add := func(key, value *node) {
		if value != nil {
			out.entries = append(out.entries, entry{key, value})
			out.size += value.size + 1
		}
	}
	old := make(map[string]*node, len(base.entries))
	for _, e := range base.entries {
		old[e.key.text] = e.value
		if mine[e.key.text] == nil && !gone[e.key.text] {
			add(e.key, clean(e.value))
		}
	}
	for _, e := range own.entries {
		if b := old[e.key.text]; b != nil {
			add(e.key, merge(b, e.value))
		} else {
			add(e.key, clean(e.value))
		}
	}
	return &out
}

// clean is a node without the nulls in its maps, which have nothing to switch off; nil for a null.
func clean(n *node) *node {
	switch n.shape {
	case nullNode:
		return nil
	case mapNode:
		out := *n
		out.entries = make([]entry, 0, len(n.entries))
		for _, e := range n.entries {
			if v := clean(e.value); v != nil {
				out.entries = append(out.entries, entry{e.key, v})
			}
		}
		return &out
	}
	return n
}

// scope holds the entries of one kind (models, policies, …) that a file can name: the built-in ones and its own.
type scope struct {
	singular, plural string
	own, builtin     *node
	done             map[string]*node // merged
	busy             []string         // the way from entry to entry that extends leads
}

// names are all entries there are, sorted.
func (s *scope) names() []string {
	var out []string
	for _, m := range []*node{s.own, s.builtin} {
		if m == nil {
			continue
		}
		for _, e := range m.entries {
			if !ignored(e.key.text) && (m == s.own || s.own == nil || s.own.get(e.key.text) == nil) {
				out = append(out, e.key.text)
			}
		}
	}
	sort.Strings(out)
	return out
}

// raw is an entry as written: the file's own, else the built-in one. base true: the one that an entry of the same name
// extends.
func (s *scope) raw(name string, base bool) *node {
	if s.own != nil && !base {
		if n := s.own.get(name); n != nil {
			return n
		}
	}
	if s.builtin != nil {
		return s.builtin.get(name)
	}
	return nil
}

// entry is the entry of a name with what it extends; nil if there is none, or what it extends is not there.
func (s *scope) entry(d *decoder, name string) *node {
	if n, ok := s.done[name]; ok {
		return n
	}
	n := s.raw(name, false)
	if n == nil {
		return nil
	}
	out := s.extend(d, name, n)
	if s.done == nil {
		s.done = map[string]*node{}
	}
	s.done[name] = out
	return out
}

// extension says what an entry extends and which keys it has of its own: "reference, without idempotency". "": nothing.
func (s *scope) extension(name string) string {
	n := s.raw(name, false)
	if n == nil || n.shape != mapNode || n.get("extends") == nil {
		return ""
	}
	var with, without []string
	for _, e := range n.entries {
		switch {
		case e.key.text == "extends" || ignored(e.key.text):
		case e.value.shape == nullNode:
			without = append(without, e.key.text)
		default:
			with = append(with, e.key.text)
		}
	}
	out := n.get("extends").text
	if len(with) > 0 {
		out += ", with its own " + strings.Join(with, ", ")
	}
	if len(without) > 0 {
		out += ", without " + strings.Join(without, ", ")
	}
	return out
}

func (s *scope) extend(d *decoder, name string, n *node) *node {
	if n.shape != mapNode || n.get("extends") == nil {
		return n
	}
	ext, path := n.get("extends"), join(join(s.plural, name), "extends")
	if ext.shape != scalarNode {
		d.fail(ext, path, "want the name of one of the "+s.plural, "")
		return nil
	}
	base, ok := s.base(d, name, n, ext, path)
	if !ok {
		return nil // said already
	}
	if base == nil && ext.text == name {
		d.fail(ext, path, "extends itself, and there is no built-in "+s.singular+" of that name", "")
		return nil
	}
	if base == nil {
		d.fail(ext, path, fmt.Sprintf("unknown %s %s", s.singular, quote(ext.text)), hintFor(ext.text, s.plural, s.names()))
		return nil
	}
	out := merge(base, n.without("extends"))
	if d.expanded += out.size; d.expanded > maxNodes {
		d.fail(ext, path, fmt.Sprintf("the entries that extend others stand for more than %d values", maxNodes), "")
		return nil
	}
	return out
}

// base is the entry that another extends; nil if there is none, not ok if that has been said.
func (s *scope) base(d *decoder, name string, n, ext *node, path string) (*node, bool) {
	if ext.text == name && s.own != nil && s.own.get(name) == n { // an own entry may begin from the built-in one of its name
		return s.raw(name, true), true
	}
	for i, b := range append(s.busy, name) {
		if b == ext.text {
			way := append(append([]string(nil), append(s.busy, name)[i:]...), ext.text)
			d.fail(ext, path, "goes round in a circle: "+strings.Join(way, " → "), "")
			return nil, false
		}
	}
	if len(s.busy) == maxDepth {
		d.fail(ext, path, fmt.Sprintf("more than %d entries extend one another", maxDepth), "")
		return nil, false
	}
	if s.raw(ext.text, false) == nil {
		return nil, true
	}
	s.busy = append(s.busy, name)
	base := s.entry(d, ext.text)
	s.busy = s.busy[:len(s.busy)-1]
	return base, base != nil
}
