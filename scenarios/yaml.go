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
