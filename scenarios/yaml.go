package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds on what a file may make us do. The built-in suite is a hundredth of each; the parser's time grows with the square
// of the words.
const (
	maxBytes  = 1 << 20
	maxTokens = 40_000
	maxNodes  = 100_000 // after aliases are followed
	maxDepth  = 60
)

// parse reads a document into a tree. The tree is nil only if there are problems.
func parse(name string, text []byte) (root *node, problems Problems) {
	if len(text) > maxBytes {
		return nil, tooLarge(name)
	}
	src := newSource(name, strings.TrimPrefix(string(text), "\ufeff"))
	c := &converter{src: src, anchors: map[string]*node{}}
	defer func() {
		// The library has panicked on odd input before; an odd file is the user's to mend, not a crash.
		if r := recover(); r != nil {
			root, problems = nil, append(c.problems, c.problem(1, 1, "this cannot be read as YAML", fmt.Sprint(r)))
		}
	}()
	c.document(strings.Join(src.lines, "\n"))
	if c.root == nil && len(c.problems) == 0 {
		c.fail(1, 1, "the file is empty", "agentchaos init writes one to begin with")
	}
	return c.root, c.problems
}

func tooLarge(name string) Problems {
	return Problems{{File: name, Line: 1, Column: 1, Message: fmt.Sprintf("the file is larger than %d MiB", maxBytes>>20)}}
}

// converter makes nodes of the library's syntax tree.
type converter struct {
	src      *source
	root     *node
	anchors  map[string]*node
	problems Problems
	total    int // nodes that aliases and merges have brought
	bomb     bool
}

func (c *converter) problem(line, col int, message, hint string) Problem {
	line, col = max(line, 1), max(col, 1)
	return Problem{File: c.src.name, Line: line, Column: col, Message: message, Hint: hint, Source: c.src.line(line)}
}

func (c *converter) fail(line, col int, message, hint string) {
	c.problems = append(c.problems, c.problem(line, col, message, hint))
}

func (c *converter) document(text string) {
	for i, l := range c.src.lines {
		if !utf8.ValidString(l) {
			good := strings.IndexRune(strings.ToValidUTF8(l, "\x00"), 0)
			c.fail(i+1, utf8.RuneCountInString(l[:max(good, 0)])+1, "this is not UTF-8 text", "")
			return
		}
	}
	tokens := lexer.Tokenize(text)
	if !c.bounded(tokens) {
		return
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		c.syntax(err)
		return
	}
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.DirectiveType {
			continue
		}
		if c.root != nil {
			pos := doc.Body.GetToken().Position
			if doc.Start != nil {
				pos = doc.Start.Position
			}
			c.fail(pos.Line, pos.Column, "a second YAML document begins here", "a scenario file is one document: remove the ---, or make two files")
			return
		}
		c.root = c.node(doc.Body, 0)
	}
}

// bounded refuses what would take the parser too long or too deep, which is a recursion that nothing could recover from.
func (c *converter) bounded(tokens token.Tokens) bool {
	depth, dashes := 0, 0
	for i, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		dashes++
		if t.Type != token.SequenceEntryType && t.Type != token.MappingKeyType && t.Type != token.TagType && t.Type != token.AnchorType {
			dashes = 0
		}
		switch {
		case depth > maxDepth || dashes > maxDepth || t.Position.IndentNum > 20*maxDepth:
			c.fail(t.Position.Line, t.Position.Column, fmt.Sprintf("more than %d levels of nesting", maxDepth), "")
			return false
		case i == maxTokens:
			c.fail(t.Position.Line, t.Position.Column, fmt.Sprintf("the file has more than %d words", maxTokens), "a scenario file of this size is generated: split it")
			return false
		}
	}
	return true
}

func (c *converter) syntax(err error) {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		c.fail(1, 1, "this cannot be read as YAML", err.Error())
		return
	}
	pos, message, hint := e.GetToken().Position, e.GetMessage(), ""
	line := c.src.line(pos.Line)
	switch {
	case strings.Contains(message, "invalid header option"):
		message, hint = "a value cannot begin with > or |", `quote it: "`+strings.Trim(string([]rune(line)[min(pos.Column-1, utf8.RuneCountInString(line)):]), " ]}")+`"`
	case strings.HasPrefix(strings.TrimLeft(line, " "), "\t"):
		message, hint = "a tab at the beginning of a line", "YAML is indented with spaces"
	}
	c.fail(pos.Line, pos.Column, message, hint)
}

func (c *converter) at(n ast.Node, shape shapeOf) *node {
	pos := n.GetToken().Position
	return &node{shape: shape, src: c.src, line: max(pos.Line, 1), col: max(pos.Column, 1), size: 1}
}

func (c *converter) failAt(n *node, message, hint string) { c.fail(n.line, n.col, message, hint) }

// node converts a value. It always gives one, so that the rest of the file is looked at too.
func (c *converter) node(n ast.Node, depth int) *node {
	if depth > maxDepth {
		out := c.at(n, nullNode)
		c.failAt(out, fmt.Sprintf("more than %d levels of nesting", maxDepth), "")
		return out
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return c.mapping(n, depth)
	case *ast.SequenceNode:
		out := c.at(n, listNode)
		for _, v := range n.Values {
			item := c.node(v, depth+1)
			out.items = append(out.items, item)
			out.size += item.size
		}
		return out
	case *ast.AnchorNode:
		out := c.node(n.Value, depth)
		c.anchors[n.Name.GetToken().Value] = out
		return out
	case *ast.AliasNode:
		return c.alias(n)
	case *ast.TagNode:
		return c.tag(n, depth)
	case *ast.NullNode:
		return c.at(n, nullNode)
	case *ast.LiteralNode:
		out := c.at(n, scalarNode)
		out.text, out.quoted = n.Value.Value, true
		return out
	case *ast.StringNode:
		out := c.at(n, scalarNode)
		tk := n.GetToken()
		out.text, out.quoted = n.Value, strings.HasPrefix(strings.TrimSpace(tk.Origin), `"`) || strings.HasPrefix(strings.TrimSpace(tk.Origin), `'`)
		return out
	default:
		out := c.at(n, scalarNode)
		out.text = n.GetToken().Value
		return out
	}
}

func (c *converter) alias(n *ast.AliasNode) *node {
	name := n.Value.GetToken().Value
	target := c.anchors[name]
	if target == nil {
		out := c.at(n, nullNode)
		var names []string
		for a := range c.anchors {
			names = append(names, a)
		}
		c.failAt(out, fmt.Sprintf("unknown alias *%s", name), hintFor(name, "anchors above this line", names))
		return out
	}
	return c.use(n, target)
}

// use counts what an alias or a merge brings, and stops a bomb: a few lines of aliases of aliases that mean billions of
// values.
func (c *converter) use(n ast.Node, target *node) *node {
	c.total += target.size
	if c.total <= maxNodes && !c.bomb {
		return target
	}
	out := c.at(n, nullNode)
	if !c.bomb {
		c.bomb = true
		c.failAt(out, fmt.Sprintf("the aliases up to here stand for more than %d values", maxNodes), "")
	}
	return out
}

func (c *converter) tag(n *ast.TagNode, depth int) *node {
	tag := n.GetToken().Value
	if n.Value == nil {
		return c.at(n, nullNode)
	}
	out := c.node(n.Value, depth)
	switch tag {
	case "!!str":
		c := *out
		c.quoted = true
		return &c
	case "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq":
	default:
		c.failAt(c.at(n, nullNode), fmt.Sprintf("the tag %s means nothing here", tag), "remove it")
	}
	return out
}

func (c *converter) mapping(n *ast.MappingNode, depth int) *node {
	out := c.at(n, mapNode)
	var merged []entry
	seen := map[string]*node{}
	for i, kv := range n.Values {
		if _, ok := kv.Key.(*ast.MergeKeyNode); ok {
			merged = append(merged, c.merges(kv.Value, depth)...)
			continue
		}
		key := c.key(kv.Key, depth)
		if i == 0 && !n.IsFlowStyle {
			out.line, out.col = key.line, key.col
		}
		value := c.node(kv.Value, depth+1)
		if value.shape == nullNode && kv.Value.Type() == ast.NullType {
			value.line, value.col = key.line, key.col // an empty value has no place of its own
		}
		if first := seen[key.text]; first != nil {
			c.failAt(key, fmt.Sprintf("the key %q is there twice", key.text), fmt.Sprintf("the first is in line %d", first.line))
			continue
		}
		seen[key.text] = key
		out.entries = append(out.entries, entry{key, value})
		out.size += value.size + 1
	}
	for _, e := range merged { // own keys win, then the earlier of the merged ones
		if seen[e.key.text] == nil {
			seen[e.key.text] = e.key
			out.entries = append(out.entries, e)
			out.size += e.value.size + 1
		}
	}
	return out
}

func (c *converter) key(k ast.Node, depth int) *node {
	if m, ok := k.(*ast.MappingKeyNode); ok {
		k = m.Value
	}
	key := c.node(k, depth+1)
	if key.shape == mapNode || key.shape == listNode {
		c.failAt(key, "a key must be a word", "")
	}
	if key.shape == nullNode {
		copied := *key
		copied.text = k.GetToken().Value
		key = &copied
	}
	return key
}

// merges are the entries that `<<` brings: of a map, or of several in a list.
func (c *converter) merges(v ast.Node, depth int) []entry {
	m := c.node(v, depth+1)
	maps := []*node{m}
	if m.shape == listNode {
		maps = m.items
	}
	var out []entry
	for _, m := range maps {
		switch {
		case m.shape == mapNode:
			out = append(out, c.use(v, m).entries...)
		case len(c.problems) == 0:
			c.failAt(m, "<< takes a map, or a list of maps", "<<: *name, where &name marks a map above")
		}
	}
	return out
}
