package scenarios

import (
	"fmt"
	"strings"
)

// field is a key of a section: everything there is to know about it, once.
type field[T any] struct {
	key, doc string
	def      string // what it means to leave it out; "": nothing, it is off or zero
	shape    shape  // of its value, in the JSON Schema
	need     bool   // it may not be left out
	later    string // the piece of work that brings it; "": it is there
	read     func(d *decoder, v at, t *T)
}

// section is a map with known keys.
type section[T any] struct {
	name   string // in the JSON Schema, and in "the keys of a … are"
	doc    string
	fields []field[T]
	either [][]string                   // keys of which one may be there
	check  func(d *decoder, v at, t *T) // what else concerns several keys; called when each of them is right
	bare   bool                         // {} switches it on
	strict bool                         // its needed keys are required in the JSON Schema too, because it is not merged with another
}

// keys are those that are there, and all that are known.
func (s *section[T]) keys() (now, all []string) {
	for _, f := range s.fields {
		all = append(all, f.key)
		if f.later == "" {
			now = append(now, f.key)
		}
	}
	return now, all
}

// read decodes a map, key by key; all that is wrong goes to d.
func (s *section[T]) read(d *decoder, v at, t *T) {
	keys, _ := s.keys()
	want := "a map with the keys " + strings.Join(keys, ", ")
	switch len(keys) {
	case 0:
		want = "{}"
	case 1:
		want = "a map with the key " + keys[0]
	}
	if v.shape != mapNode {
		d.fail(v.node, v.path, "is "+d.shown(v)+"; want "+want, s.on(v.path))
		return
	}
	before := len(d.problems)
	for _, e := range v.entries {
		if !ignored(e.key.text) {
			s.entry(d, v, e, t)
		}
	}
	for _, f := range s.fields {
		if f.need && v.get(f.key) == nil {
			d.fail(v.node, v.path, fmt.Sprintf("%q is missing", f.key), f.key+": "+f.doc)
		}
	}
	for _, keys := range s.either {
		d.exclusive(v, keys...)
	}
	if s.check != nil && len(d.problems) == before {
		s.check(d, v, t)
	}
}

// on is the hint that {} switches the section on, if it does.
func (s *section[T]) on(path string) string {
	if !s.bare {
		return ""
	}
	return path[strings.LastIndex(path, ".")+1:] + ": {} switches it on"
}

func (s *section[T]) entry(d *decoder, v at, e entry, t *T) {
	for _, f := range s.fields {
		if f.key != e.key.text {
			continue
		}
		switch {
		case f.later != "":
			d.notYet(e.key, v.path, fmt.Sprintf("%q", f.key), f.later)
		case e.value.shape == nullNode && e.value.src.name == setName: // --set KEY=null leaves it out
		case e.value.shape == nullNode:
			d.fail(e.key, join(v.path, f.key), "is empty", "give it a value or leave it out; null switches off what `extends` brings")
		default:
			f.read(d, v.child(f.key), t)
		}
		return
	}
	now, all := s.keys()
	hint := hintFor(e.key.text, "keys of a "+s.name, now)
	if len(now) == 1 {
		hint = "the only key of a " + s.name + " is " + now[0]
	}
	if len(all) == 0 {
		hint = "it has no keys: " + s.on(v.path)
	}
	if n := Near(e.key.text, all); n != "" {
		hint = `did you mean "` + n + `"?`
	}
	d.fail(e.key, v.path, "unknown key "+quote(e.key.text), hint)
}

// ignored reports whether a key is the user's own, for anchors and notes.
func ignored(key string) bool { return strings.HasPrefix(key, "x-") }

// decoder collects what is wrong while values are read.
type decoder struct {
	problems Problems
	warnings Problems
	seen     map[Problem]bool
	expanded int   // values that extends has brought
	program  int   // instructions of the regular expressions
	said     int64 // length of the arguments of calls, about
}

// fail notes a problem at a node. The same one is noted once: what is wrong in an entry that others extend is wrong in
// all of them.
func (d *decoder) fail(n *node, path, message, hint string) {
	d.note(Problem{File: n.src.name, Line: n.line, Column: n.col, Path: path, Message: message, Hint: hint, Source: n.src.line(n.line)})
}

// warn notes something questionable. Not in the built-in suite: who uses an entry of it cannot change it.
func (d *decoder) warn(n *node, path, message, hint string) {
	if n.src.name == BuiltinName {
		return
	}
	d.note(Problem{File: n.src.name, Line: n.line, Column: n.col, Path: path, Message: message, Hint: hint, Source: n.src.line(n.line), Warning: true})
}

func (d *decoder) note(p Problem) {
	id := p
	id.Path, id.Hint = "", ""
	if d.seen == nil {
		d.seen = map[Problem]bool{}
	}
	if d.seen[id] {
		return
	}
	d.seen[id] = true
	if p.Warning {
		d.warnings = append(d.warnings, p)
	} else {
		d.problems = append(d.problems, p)
	}
}

func (d *decoder) notYet(n *node, path, what, later string) {
	d.fail(n, path, fmt.Sprintf("%s is not in this version yet (comes with %s)", what, later), "")
}

// want checks the shape of a value.
func (d *decoder) want(v at, s shapeOf, what string) bool {
	if v.shape == s {
		return true
	}
	d.fail(v.node, v.path, "is "+d.shown(v)+"; want "+what, "")
	return false
}

// shown is a value as messages name it: itself, or what it is.
func (d *decoder) shown(v at) string {
	if v.shape == scalarNode {
		return quote(v.text)
	}
	return shapeNames[v.shape]
}

// quote shows a value of the file in a message, cut if it is long.
func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// exclusive says that of some keys only one may be there, and gives the second one found.
func (d *decoder) exclusive(v at, keys ...string) {
	first := ""
	for _, e := range v.entries {
		for _, k := range keys {
			if e.key.text != k || e.value.shape == nullNode {
				continue
			}
			if first != "" {
				d.fail(e.key, v.path, fmt.Sprintf("%q and %q exclude each other", first, k), "leave one of them out")
				return
			}
			first = k
		}
	}
}

// list reads every element of a list.
func (d *decoder) list(v at, what string, read func(at)) {
	if d.want(v, listNode, what) {
		for i := range v.items {
			read(v.item(i))
		}
	}
}

// words reads a list of single values; a single one stands for a list of one.
func (d *decoder) words(v at, what string, read func(at, string)) {
	if v.shape == scalarNode {
		read(v, v.text)
		return
	}
	d.list(v, what, func(v at) {
		if d.want(v, scalarNode, "a single value") {
			read(v, v.text)
		}
	})
}
