package author

import (
	"slices"
	"strconv"
)

// array writes a tuple whole, and of a list one to three items.
func (w *writer) array(flat []*place, s spot, lean bool) (any, error) {
	low, high, some := least(flat, "minItems"), most(flat, "maxItems"), 0
	unique := false
	for _, p := range flat {
		tuple, rest := w.items(p)
		if !lean {
			some = max(some, len(tuple))
		}
		if rest == nil && has(p.node, "unevaluatedItems") {
			high = min(high, len(tuple))
		}
		if n := w.minContains(p.node); has(p.node, "contains") {
			low = max(low, n)
		}
		if u, _ := get[bool](p.node, "uniqueItems"); u {
			unique = true
		}
	}
	if low > maxInstance/2 {
		return nil, s.where.fail(ErrLimit, "%d items", low)
	}
	if some == 0 && !lean {
		some = 1 + s.draw("length", 3)
	}
	all := []any{}
	for i := range min(max(low, some), high) {
		v, err := w.item(flat, s, i, all, unique)
		if err != nil && (i < low || w.broken != nil) {
			return nil, err
		}
		if err != nil {
			break
		}
		all = append(all, v)
	}
	return all, nil
}

// item writes the i-th, other than those before if they have to differ.
func (w *writer) item(flat []*place, s spot, i int, before []any, unique bool) (any, error) {
	where := s.where
	var want []*place
	for _, p := range flat {
		tuple, rest := w.items(p)
		if i < len(tuple) {
			rest = tuple[i]
		}
		if rest != nil {
			where = rest
			want = append(want, rest)
		}
		if has(p.node, "contains") && i < w.minContains(p.node) {
			want = append(want, p.in("contains"))
		}
	}
	for try := range maxTries {
		below := s.below(where, s.name, "item "+strconv.Itoa(i), try)
		below.fresh = try > 0
		size := w.size
		v, err := w.value(want, below)
		if err != nil || !unique || !slices.ContainsFunc(before, func(b any) bool { return w.same(b, v) }) {
			return v, err
		}
		w.size = size
	}
	return nil, where.fail(ErrUnfit, "no %d different items", len(before)+1)
}

// items are the schemas of the first items, and that of the rest; nil: any. A list of them in items is older than prefixItems.
func (w *writer) items(p *place) (tuple []*place, rest *place) {
	rest = p.in("items")
	if rest != nil {
		if list, ok := rest.node.([]any); ok {
			w.spend(len(list) / 16)
			return p.each("items"), p.in("additionalItems")
		}
	}
	if w.legacy {
		return nil, rest
	}
	tuple = p.each("prefixItems")
	w.spend(len(tuple) / 16) // for this is asked for every item
	return tuple, rest
}

func (w *writer) minContains(node any) int {
	if w.legacy {
		return 1
	}
	return count(node, "minContains", 1)
}
