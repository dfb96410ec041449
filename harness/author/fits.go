package author

import (
	"encoding/json"
	"math/big"
	"slices"
	"unicode/utf8"
)

// fits is whether a value fits a schema.
func (w *writer) fits(node, v any) bool {
	o, ok := node.(*object)
	if !ok {
		return node != false && w.spend(1)
	}
	if !w.spend(1) {
		return false
	}
	if w.nest++; w.nest > maxNest && w.broken == nil {
		w.broken = w.root.fail(ErrRef, "a reference leads back to itself")
	}
	defer func() { w.nest-- }()
	p := &place{node: o}
	for _, keyword := range refs {
		if ref, ok := get[string](o, keyword); ok {
			q := w.target(ref)
			if q == nil && w.broken == nil { // nothing can be said of it, nor of its contrary
				w.broken = w.root.fail(ErrRef, "%q is not in this document", ref)
			}
			if q == nil || !w.fits(q.node, v) {
				return false
			}
			if w.legacy {
				return true
			}
		}
	}
	return w.fitsKind(p, v) && w.fitsListed(o, v) && w.fitsWithin(p, v) && w.fitsLogic(p, v)
}

func (w *writer) fitsKind(p *place, v any) bool {
	list, err := types(p)
	if err != nil || list == nil {
		return err == nil
	}
	kind := w.kindOf(v)
	return slices.Contains(list, kind) || kind == "null" && nullable(p.node) || kind == "integer" && slices.Contains(list, "number")
}

func (w *writer) kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case *object:
		return "object"
	}
	if r := w.rat(v); r != nil && r.IsInt() {
		return "integer"
	}
	return "number"
}

func (w *writer) fitsListed(o *object, v any) bool {
	if c, ok := o.vals["const"]; ok && !w.same(c, v) {
		return false
	}
	list, ok := get[[]any](o, "enum")
	return !ok || slices.ContainsFunc(list, func(e any) bool { return w.same(e, v) })
}

// same is whether two values are equal; 1 and 1.0 are.
func (w *writer) same(a, b any) bool {
	if !w.spend(1) {
		return false
	}
	switch a := a.(type) {
	case *object:
		b, ok := b.(*object)
		if !ok || len(a.keys) != len(b.keys) {
			return false
		}
		for _, k := range a.keys {
			if !b.has(k) || !w.same(a.vals[k], b.vals[k]) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, w.same)
	case json.Number:
		r := w.rat(b)
		return r != nil && w.rat(a).Cmp(r) == 0
	}
	if _, ok := b.([]any); ok {
		return false
	}
	return a == b
}

// fitsWithin looks at what a schema says of one type, if the value has it.
func (w *writer) fitsWithin(p *place, v any) bool {
	switch v := v.(type) {
	case json.Number:
		return w.fitsNumber(p.node, w.rat(v))
	case string:
		return w.fitsText(p.node, v)
	case []any:
		return w.fitsArray(p, v)
	case *object:
		return w.fitsObject(p, v)
	}
	return true
}

func (w *writer) fitsNumber(node any, r *big.Rat) bool {
	for _, l := range w.limits(node, "minimum", "exclusiveMinimum") {
		if c := r.Cmp(l.at); c < 0 || c == 0 && l.open {
			return false
		}
	}
	for _, l := range w.limits(node, "maximum", "exclusiveMaximum") {
		if c := r.Cmp(l.at); c > 0 || c == 0 && l.open {
			return false
		}
	}
	step, _ := get[any](node, "multipleOf")
	m := w.rat(step)
	return m == nil || m.Sign() <= 0 || new(big.Rat).Quo(r, m).IsInt()
}

func (w *writer) fitsText(node any, v string) bool {
	n := utf8.RuneCountInString(v)
	if n < count(node, "minLength", 0) || n > count(node, "maxLength", huge) {
		return false
	}
	name, _ := get[string](node, "format")
	if f, ok := formats[name]; ok && !(w.spend(len(v)/2) && f.known.MatchString(v)) {
		return false
	}
	source, ok := get[string](node, "pattern")
	return !ok || w.matches(source, v)
}

func (w *writer) fitsArray(p *place, v []any) bool {
	if len(v) < count(p.node, "minItems", 0) || len(v) > count(p.node, "maxItems", huge) {
		return false
	}
	tuple, rest := w.items(p)
	contains, found := p.in("contains"), 0
	unique, _ := get[bool](p.node, "uniqueItems")
	for i, e := range v {
		of := rest
		if i < len(tuple) {
			of = tuple[i]
		}
		if of != nil && !w.fits(of.node, e) {
			return false
		}
		if contains != nil && w.fits(contains.node, e) {
			found++
		}
		if unique && slices.ContainsFunc(v[:i], func(b any) bool { return w.same(b, e) }) {
			return false
		}
	}
	return contains == nil || found >= w.minContains(p.node) && (w.legacy || found <= count(p.node, "maxContains", huge))
}

func (w *writer) fitsObject(p *place, v *object) bool {
	if len(v.keys) < count(p.node, "minProperties", 0) || len(v.keys) > count(p.node, "maxProperties", huge) {
		return false
	}
	if !v.all(strs(p.node, "required")) {
		return false
	}
	names := p.in("propertyNames")
	for _, key := range v.keys {
		if names != nil && !w.fits(names.node, key) {
			return false
		}
		for _, q := range w.about(p, key) {
			if !w.fits(q.node, v.vals[key]) {
				return false
			}
		}
	}
	return w.fitsDependents(p, v)
}

func (o *object) all(keys []string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool { return !o.has(key) })
}

func (w *writer) fitsDependents(p *place, v *object) bool {
	keywords := []string{"dependencies", "dependentRequired", "dependentSchemas"}
	if w.legacy {
		keywords = keywords[:1]
	}
	for _, keyword := range keywords {
		deps, ok := get[*object](p.node, keyword)
		if !ok {
			continue
		}
		for _, key := range deps.keys {
			if !v.has(key) {
				continue
			}
			if _, ok := deps.vals[key].([]any); ok && v.all(strs(deps, key)) {
				continue
			}
			if _, ok := deps.vals[key].([]any); ok || !w.fits(deps.vals[key], v) {
				return false
			}
		}
	}
	return true
}

func (w *writer) fitsLogic(p *place, v any) bool {
	number := func(keyword string) (fit, of int) {
		all := p.each(keyword)
		for _, q := range all {
			if w.fits(q.node, v) {
				fit++
			}
		}
		return fit, len(all)
	}
	if fit, of := number("allOf"); fit < of {
		return false
	}
	if fit, of := number("anyOf"); fit == 0 && of > 0 {
		return false
	}
	if fit, of := number("oneOf"); fit != 1 && of > 0 {
		return false
	}
	if not := p.in("not"); not != nil && w.fits(not.node, v) {
		return false
	}
	when, way := p.in("if"), "else"
	if when == nil {
		return true
	}
	if w.fits(when.node, v) {
		way = "then"
	}
	q := p.in(way)
	return q == nil || w.fits(q.node, v)
}
