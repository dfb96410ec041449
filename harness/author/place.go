package author

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// A place is a schema and where it stands in the document.
type place struct {
	node any // *object or bool, if it is a schema at all
	up   *place
	key  string
}

func (p *place) at(key string, node any) *place { return &place{node: node, up: p, key: key} }

// in is the place some keys below; nil: there is none.
func (p *place) in(keys ...string) *place {
	for _, key := range keys {
		switch n := p.node.(type) {
		case *object:
			v, ok := n.vals[key]
			if !ok {
				return nil
			}
			p = p.at(key, v)
		case []any:
			i, err := strconv.ParseUint(key, 10, 32)
			if err != nil || int(i) >= len(n) {
				return nil
			}
			p = p.at(key, n[i])
		default:
			return nil
		}
	}
	return p
}

// each are the places right below a keyword that holds a list.
func (p *place) each(keyword string) (all []*place) {
	if q := p.in(keyword); q != nil {
		list, _ := q.node.([]any)
		for i, n := range list {
			all = append(all, q.at(strconv.Itoa(i), n))
		}
	}
	return all
}

var escape, unescape = strings.NewReplacer("~", "~0", "/", "~1"), strings.NewReplacer("~1", "/", "~0", "~") // RFC 6901

func (p *place) pointer() string {
	var parts []string
	for ; p.up != nil; p = p.up {
		parts = append(parts, "/"+escape.Replace(p.key))
	}
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteString(parts[i])
	}
	return b.String()
}

func (p *place) fail(kind error, why string, args ...any) error {
	return &Error{Kind: kind, Pointer: p.pointer(), Why: fmt.Sprintf(why, args...)}
}

// get is what a schema says under a keyword, if it has the type it should have.
func get[T any](node any, keyword string) (T, bool) {
	var v any
	if o, ok := node.(*object); ok {
		v = o.vals[keyword]
	}
	t, ok := v.(T)
	return t, ok
}

func has(node any, keyword string) bool {
	o, ok := node.(*object)
	return ok && o.has(keyword)
}

// count is what a keyword that counts says, at most a billion; otherwise, if it is not there.
func count(node any, keyword string, otherwise int) int {
	n, _ := get[any](node, keyword)
	if number, ok := n.(json.Number); ok {
		if i, err := strconv.Atoi(string(number)); err == nil {
			return min(max(0, i), huge)
		}
	}
	r := rat(n)
	if r == nil {
		return otherwise
	}
	if f, _ := r.Float64(); f < huge {
		return max(0, int(f))
	}
	return huge
}

const huge = 1_000_000_000

// refs are the keywords that point to another schema.
var refs = []string{"$ref", "$dynamicRef", "$recursiveRef"}

// target is the schema a reference points to: a JSON pointer within the document.
func (w *writer) target(ref string) *place {
	if p, ok := w.targets[ref]; ok {
		return p
	}
	id, _ := get[string](w.root.node, "$id")
	fragment, inside := strings.CutPrefix(strings.TrimPrefix(ref, strings.TrimSuffix(id, "#")), "#")
	path, err := url.PathUnescape(fragment)
	var p *place
	switch {
	case !inside && ref != id || err != nil:
	case path == "":
		p = w.root
	case path[0] == '/':
		keys := strings.Split(path[1:], "/")
		for i, k := range keys {
			keys[i] = unescape.Replace(k)
		}
		p = w.root.in(keys...)
	}
	w.targets[ref] = p
	return p
}
