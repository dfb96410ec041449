package scenarios

import (
	"strconv"
	"strings"
)

// source is a text that nodes come from: a file, the built-in suite, or the --set options, one a line.
type source struct {
	name  string
	lines []string
}

func newSource(name, text string) *source {
	return &source{name, strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")}
}

// line is the text of a line, from 1; "" beyond the end.
func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

type shapeOf uint8

const (
	nullNode shapeOf = iota
	scalarNode
	mapNode
	listNode
)

var shapeNames = [...]string{"empty", "a single value", "a map", "a list"}

// node is one value of a document with its place. Nodes are shared (aliases, extends) and never changed after they were
// made; whoever changes one makes a new one.
type node struct {
	shape     shapeOf
	text      string // of a scalar
	quoted    bool   // in quotes, or a block: surely a string
	src       *source
	line, col int
	entries   []entry // of a map, in the order of the file
	items     []*node // of a list
	size      int     // nodes in it, itself included, counted as often as they are reached
}

type entry struct {
	key   *node
	value *node
}

// get is the value of a key; nil if it is not there.
func (n *node) get(key string) *node {
	for i := range n.entries {
		if n.entries[i].key.text == key {
			return n.entries[i].value
		}
	}
	return nil
}

// keyNode is the key itself, for its place; n if it is not there.
func (n *node) keyNode(key string) *node {
	for i := range n.entries {
		if n.entries[i].key.text == key {
			return n.entries[i].key
		}
	}
	return n
}

// with is a copy of a map with a key set.
func (n *node) with(key *node, value *node) *node {
	c := *n
	c.entries = append([]entry(nil), n.entries...)
	for i := range c.entries {
		if c.entries[i].key.text == key.text {
			c.entries[i] = entry{key, value}
			return &c
		}
	}
	c.entries = append(c.entries, entry{key, value})
	return &c
}

// without is a copy of a map in which a key is not there.
func (n *node) without(key string) *node {
	c := *n
	c.entries = make([]entry, 0, len(n.entries))
	for _, e := range n.entries {
		if e.key.text != key {
			c.entries = append(c.entries, e)
		}
	}
	return &c
}

// at is a node and the way to it.
type at struct {
	*node
	path string
}

// child is the value of a key that is there.
func (a at) child(key string) at { return at{a.get(key), join(a.path, key)} }

// item is an element of a list.
func (a at) item(i int) at { return at{a.items[i], a.path + "[" + strconv.Itoa(i) + "]"} }

// find follows a path as far as it exists ("retry.backoff"; of "models[2]" the list) and gives the last key on it, for its place.
func (a at) find(path string) *node {
	n, last := a.node, a.node
	path, _, _ = strings.Cut(path, "[")
	for _, key := range strings.Split(path, ".") {
		if n == nil || n.get(key) == nil {
			break
		}
		last, n = n.keyNode(key), n.get(key)
	}
	return last
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
