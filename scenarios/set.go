package scenarios

import (
	"fmt"
	"strconv"
	"strings"
)

// setName is the file that problems of --set options are in, one option a line.
const setName = "--set"

// set changes the tree as `--set PATH=VALUE` says, before anything is decoded. VALUE is YAML: 6, 30s, [a, b], {ratio: 5%},
// null. Names in PATH may have dots (models.openai/gpt-4.1.price): the longest key that is there wins; a name in double
// quotes is taken as it is; an element of a list is faults[0] or faults.0.
func (l *loader) set(options []string) {
	src := newSource(setName, strings.Join(options, "\n"))
	src.lines = options
	for i, o := range options {
		l.setOne(src, i+1, o)
	}
}

// setter is one option on its way into the tree.
type setter struct {
	*decoder
	src  *source
	line int
	path string // all of it
	at   int    // how much of it is done, in bytes
}

func (s *setter) here() *node {
	return &node{src: s.src, line: s.line, col: len([]rune(s.path[:s.at])) + 1, shape: scalarNode, size: 1}
}

func (l *loader) setOne(src *source, line int, option string) {
	path, value, ok := strings.Cut(option, "=")
	s := &setter{decoder: &l.decoder, src: src, line: line, path: path}
	if !ok || path == "" {
		s.fail(s.here(), "", "want PATH=VALUE", "such as --set policies.ours.retry.attempts=6")
		return
	}
	n, problems := parse(setName, []byte(value))
	if len(problems) > 0 && value != "" {
		for _, p := range problems {
			s.at = len(path)
			h := s.here()
			h.col += p.Column
			s.fail(h, "", p.Message, p.Hint)
		}
		return
	}
	if n == nil {
		n = &node{shape: nullNode, size: 1}
	}
	relocate(n, src, line, len([]rune(path))+1)
	if !l.adopt(s) {
		return
	}
	if root := s.assign(l.own, n); root != nil {
		l.own = root
	}
}

// relocate makes nodes parsed from VALUE point into the option.
func relocate(n *node, src *source, line, col int) {
	n.src, n.line, n.col = src, line, max(n.col, 1)+col
	for _, e := range n.entries {
		relocate(e.key, src, line, col)
		relocate(e.value, src, line, col)
	}
	for _, i := range n.items {
		relocate(i, src, line, col)
	}
}

// adopt copies a built-in entry that the path leads into, and that the file has none of its own for, into the file's tree.
// It reports false, and says so, if the path leads into an entry that is nowhere: half of one would be made up.
func (l *loader) adopt(s *setter) bool {
	for _, scope := range l.scopes() {
		rest, ok := strings.CutPrefix(s.path, scope.plural+".")
		if !ok {
			continue
		}
		none := &node{shape: mapNode, src: l.own.src, line: l.own.line, col: l.own.col, size: 1}
		own, builtin := l.own.get(scope.plural), scope.builtin
		if own == nil || own.shape == nullNode {
			own = none
		}
		if builtin == nil {
			builtin = none
		}
		name, _, builtIn := cutKey(builtin, rest)
		mine, after, isOwn := cutKey(own, rest)
		switch {
		case own.shape != mapNode: // said when the file is decoded
		case !isOwn && !builtIn && strings.Trim(after, ".") != "" && mine != "":
			l.enter()
			s.at = len(scope.plural) + 1
			s.fail(s.here(), scope.plural, fmt.Sprintf("unknown %s %s", scope.singular, quote(mine)), hintFor(mine, scope.plural, scope.names()))
			return false
		case builtIn && (!isOwn || len(mine) < len(name)):
			key := &node{shape: scalarNode, text: scope.plural, src: l.own.src, line: l.own.line, col: l.own.col, size: 1}
			if l.own.get(scope.plural) != nil {
				key = l.own.keyNode(scope.plural)
			}
			l.own = l.own.with(key, own.with(builtin.keyNode(name), builtin.get(name)))
		}
		return true
	}
	return true
}

// cutKey takes the first name off a path: a quoted one, else the longest key of the map that the path begins with, else
// all up to the next dot or bracket. found says that the map has it.
func cutKey(m *node, path string) (name, rest string, found bool) {
	if q, ok := strings.CutPrefix(path, `"`); ok {
		if name, rest, ok = strings.Cut(q, `"`); ok {
			return name, rest, m.get(name) != nil
		}
	}
	for _, e := range m.entries {
		k := e.key.text
		if r, ok := strings.CutPrefix(path, k); ok && k != "" && len(k) > len(name) && (r == "" || r[0] == '.' || r[0] == '[') {
			name, rest, found = k, r, true
		}
	}
	if !found {
		i := strings.IndexAny(path, ".[")
		if i < 0 {
			i = len(path)
		}
		name, rest = path[:i], path[i:]
	}
	return name, rest, found
}

// assign is a copy of n in which what the rest of the path leads to is value; nil if the path leads nowhere.
func (s *setter) assign(n, value *node) *node {
	rest := s.path[s.at:]
	if rest == "" {
		return value
	}
	switch n.shape {
	case listNode:
		return s.element(n, value, rest)
	case scalarNode:
		s.fail(s.here(), s.path[:max(s.at-1, 0)], fmt.Sprintf("is %s and has no keys", quote(n.text)), "")
		return nil
	}
	name, after, found := cutKey(n, rest)
	if name == "" {
		s.fail(s.here(), "", "a name is missing in the path", "")
		return nil
	}
	key := s.here()
	key.text = name
	s.at = len(s.path) - len(strings.TrimPrefix(after, "."))
	child := &node{shape: mapNode, src: s.src, line: s.line, col: key.col, size: 1}
	if found && n.get(name).shape != nullNode {
		child = n.get(name)
	}
	if child = s.assign(child, value); child == nil {
		return nil
	}
	for _, k := range n.replaced(name) {
		n = n.without(k)
	}
	if n.shape == nullNode {
		n = &node{shape: mapNode, src: s.src, line: s.line, col: key.col, size: 1}
	}
	return n.with(key, child)
}

// element goes into a list.
func (s *setter) element(n, value *node, rest string) *node {
	digits := strings.TrimPrefix(rest, "[")
	end := strings.IndexAny(digits, ".]")
	if end < 0 {
		end = len(digits)
	}
	i, err := strconv.Atoi(digits[:end])
	if err != nil || i < 0 || i >= len(n.items) {
		s.fail(s.here(), "", fmt.Sprintf("the list has the elements 0 to %d, not %s", len(n.items)-1, quote(digits[:end])), "")
		return nil
	}
	after := strings.TrimPrefix(strings.TrimPrefix(digits[end:], "]"), ".")
	s.at = len(s.path) - len(after)
	item := s.assign(n.items[i], value)
	if item == nil {
		return nil
	}
	c := *n
	c.items = append([]*node(nil), n.items...)
	c.items[i] = item
	return &c
}
