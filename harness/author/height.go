package author

// A visit is one question of height, so that it is answered once.
type visit struct {
	node any
	fuel int
}

// height is how many levels an instance needs at least below this one; recursion that has not ended when the fuel is out
// never ends.
func (w *writer) height(node any, fuel int) int {
	o, ok := node.(*object)
	if !ok || has(o, "const") || has(o, "enum") || nullable(o) || !w.spend(1) {
		return 0
	}
	if fuel == 0 {
		return huge
	}
	key := visit{o, fuel}
	if h, ok := w.heights[key]; ok {
		return h
	}
	p, h := &place{node: o}, 0
	for _, keyword := range refs {
		if ref, ok := get[string](o, keyword); ok {
			if q := w.target(ref); q != nil {
				h = max(h, w.height(q.node, fuel-1))
			}
		}
	}
	for _, q := range p.each("allOf") {
		h = max(h, w.height(q.node, fuel-1))
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		low := huge
		for _, q := range p.each(keyword) {
			low = min(low, w.height(q.node, fuel-1))
		}
		if has(o, keyword) {
			h = max(h, low)
		}
	}
	h = max(h, w.inside(p, fuel))
	w.heights[key] = h
	return h
}

// inside is the height of what an object or a list cannot do without.
func (w *writer) inside(p *place, fuel int) int {
	h := 0
	t, _ := get[string](p.node, "type")
	if t == "object" {
		for _, r := range p.each("required") {
			if name, ok := r.node.(string); ok {
				if q := p.in("properties", name); q != nil {
					h = max(h, 1+w.height(q.node, fuel-1))
				}
			}
		}
	}
	if t == "array" && count(p.node, "minItems", 0) > 0 {
		if q := p.in("items"); q != nil {
			h = max(h, 1+w.height(q.node, fuel-1))
		}
	}
	return h
}
