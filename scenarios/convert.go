package scenarios

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

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
