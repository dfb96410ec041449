package author

import (
	"slices"
	"strconv"
)

// object writes the required properties, some of the others, and made-up ones where the schema is a map or wants more.
func (w *writer) object(flat []*place, s spot, lean bool) (any, error) {
	m := properties(flat)
	low, high := least(flat, "minProperties"), most(flat, "maxProperties")
	if low > maxInstance/4 {
		return nil, s.where.fail(ErrLimit, "minProperties is %d", low)
	}
	chosen := m.chosen(low, high, s, lean)
	o := &object{}
	for _, name := range m.names {
		if !chosen[name] {
			continue
		}
		v, err := w.property(flat, s, name)
		switch {
		case err == nil:
			w.size += weight(name)
			o.set(name, v)
		case m.need[name] || w.broken != nil:
			return nil, err
		}
	}
	if low <= len(o.keys) && len(m.names) == 0 && !lean && isMap(flat) {
		low = 1 + s.draw("entries", 2)
	}
	return o, w.more(o, flat, s, min(low, high), m.names)
}

// members are the names that schemas mention, in their order; which must be there, and which where another is.
type members struct {
	names  []string
	need   map[string]bool
	follow map[string][]string
}

func properties(flat []*place) members {
	m := members{need: map[string]bool{}, follow: map[string][]string{}}
	seen := map[string]bool{}
	mention := func(names []string) {
		for _, name := range names {
			if !seen[name] {
				seen[name] = true
				m.names = append(m.names, name)
			}
		}
	}
	for _, p := range flat {
		if o, ok := get[*object](p.node, "properties"); ok {
			mention(o.keys)
		}
	}
	for _, p := range flat {
		required := strs(p.node, "required")
		mention(required)
		for _, name := range required {
			m.need[name] = true
		}
		for _, keyword := range []string{"dependentRequired", "dependencies"} {
			if o, ok := get[*object](p.node, keyword); ok {
				for _, key := range o.keys {
					mention(strs(o, key))
					m.follow[key] = append(m.follow[key], strs(o, key)...)
				}
			}
		}
	}
	return m
}

func strs(node any, keyword string) (all []string) {
	list, _ := get[[]any](node, keyword)
	for _, v := range list {
		if s, ok := v.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// chosen is what is required and half of the rest, by the seed; as many as must be, and no more than may be.
func (m members) chosen(low, high int, s spot, lean bool) map[string]bool {
	in := map[string]bool{}
	for _, name := range m.names {
		if m.need[name] {
			m.choose(name, in)
		}
	}
	for _, name := range m.names {
		if !lean && len(in) < high && s.draw("has "+name, 2) == 0 {
			m.choose(name, in)
		}
	}
	if len(in) == 0 && !lean { // rather one argument than none
		low = max(low, 1)
	}
	for _, name := range m.names {
		if len(in) < min(low, high) {
			m.choose(name, in)
		}
	}
	return in
}

func (m members) choose(name string, in map[string]bool) {
	for next := []string{name}; len(next) > 0; next = next[1:] {
		if !in[next[0]] {
			in[next[0]] = true
			next = append(next, m.follow[next[0]]...)
		}
	}
}

// property writes one property. It has to fit what each schema says of its name, of a pattern of it, or else of all others.
func (w *writer) property(flat []*place, s spot, name string) (any, error) {
	where := s.where
	var want []*place
	for _, p := range flat {
		own := w.about(p, name)
		if len(own) > 0 {
			where = own[0]
		}
		want = append(want, own...)
	}
	return w.value(want, s.below(where, name, "property "+name, 0))
}

func (w *writer) about(p *place, name string) (all []*place) {
	if q := p.in("properties", name); q != nil {
		all = append(all, q)
	}
	if o, ok := get[*object](p.node, "patternProperties"); ok {
		for _, source := range o.keys {
			if w.matches(source, name) {
				all = append(all, p.in("patternProperties", source))
			}
		}
	}
	if q := p.in("additionalProperties"); q != nil && len(all) == 0 {
		all = append(all, q)
	}
	return all
}

// isMap is whether the schema is about entries whose names it does not know.
func isMap(flat []*place) bool {
	return slices.ContainsFunc(flat, func(p *place) bool {
		_, entries := get[*object](p.node, "additionalProperties")
		return entries || has(p.node, "patternProperties")
	})
}

// more makes up names until the object has low properties.
func (w *writer) more(o *object, flat []*place, s spot, low int, names []string) (err error) {
	for i := 0; len(o.keys) < low && i < 2*low+16 && w.broken == nil; i++ {
		var name string
		if name, err = w.invent(flat, s, i); err != nil {
			continue
		}
		if slices.Contains(names, name) || o.has(name) {
			name += strconv.Itoa(i)
		}
		if slices.Contains(names, name) || o.has(name) || !w.nameable(flat, name) {
			continue
		}
		var v any
		if v, err = w.property(flat, s, name); err == nil {
			w.size += weight(name)
			o.set(name, v)
		}
	}
	if len(o.keys) >= low {
		return w.broken
	}
	return err
}

func (w *writer) nameable(flat []*place, name string) bool {
	return !slices.ContainsFunc(flat, func(p *place) bool {
		q := p.in("propertyNames")
		return q != nil && !w.fits(q.node, name)
	})
}

func (w *writer) invent(flat []*place, s spot, i int) (string, error) {
	want := []*place{{node: &object{keys: []string{"type"}, vals: map[string]any{"type": "string"}}, up: s.where, key: "propertyNames"}}
	var sources []string
	for _, p := range flat {
		if q := p.in("propertyNames"); q != nil {
			want = append(want, q)
		}
		if o, ok := get[*object](p.node, "patternProperties"); ok {
			sources = append(sources, o.keys...)
		}
	}
	below := s.below(want[0], "key", "key", i)
	if len(want) == 1 && len(sources) > 0 {
		return w.spell(sources[i%len(sources)], 0, huge, below)
	}
	below.fresh = i > 0
	v, err := w.value(want, below)
	name, _ := v.(string)
	return name, err
}
