package scenarios

import (
	"fmt"
	"regexp"
	"regexp/syntax"
)

// maxProgram bounds what the regular expressions of a file compile to, together: a few characters can mean a million
// instructions.
const maxProgram = 100_000

// pattern compiles a regular expression; nil if that is not possible, which it has said.
func (d *decoder) pattern(v at) *regexp.Regexp {
	if !d.want(v, scalarNode, "a regular expression") || d.program > maxProgram {
		return nil
	}
	tree, err := syntax.Parse(v.text, syntax.Perl)
	if err != nil {
		why := err.Error()
		if e, ok := err.(*syntax.Error); ok {
			why = fmt.Sprintf("%s in %s", e.Code, quote(e.Expr))
		}
		d.fail(v.node, v.path, quote(v.text)+" is no regular expression: "+why, "the syntax is Go's, RE2: pkg.go.dev/regexp/syntax")
		return nil
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err == nil {
		d.program += len(prog.Inst)
	}
	if err != nil || d.program > maxProgram {
		d.fail(v.node, v.path, "the regular expressions up to here are too large", "repeat less, such as {1,50}")
		return nil
	}
	re, err := regexp.Compile(v.text)
	if err != nil {
		d.fail(v.node, v.path, err.Error(), "")
	}
	return re
}
