package author

import (
	"cmp"
	"encoding/json"
	"math/big"
	"slices"

	"github.com/agentchaos/agentchaos"
)

// A writer writes one instance.
type writer struct {
	root    *place
	legacy  bool // a draft before 2019-09: a $ref stands alone, and what came later means nothing
	work    int
	size    int   // of what has been written
	broken  error // it took too much: nothing more is tried
	nest    int
	targets map[string]*place
	read    map[string]*pattern
	rats    map[json.Number]*big.Rat
	heights map[visit]int
}

// A spot is where a value will stand in the instance.
type spot struct {
	where *place // the schema to name if nothing fits
	name  string // the property's, for the wording; an item has its list's
	seed  agentchaos.Seed
	depth int
	fresh bool // unlike the one before: no examples
}

func (s spot) below(where *place, name, stream string, n int) spot {
	return spot{where: where, name: name, seed: agentchaos.Seed(s.seed.Derive(stream).Nth(uint64(n))), depth: s.depth + 1}
}

// draw is one of n.
func (s spot) draw(stream string, n int) int {
	return int(s.seed.Derive(stream).Nth(0) % uint64(max(n, 1)))
}

func newWriter(node any) *writer {
	w := &writer{root: &place{node: node}, targets: map[string]*place{}, read: map[string]*pattern{}, rats: map[json.Number]*big.Rat{}, heights: map[visit]int{}}
	draft, _ := get[string](node, "$schema")
	w.legacy = oldDraft.MatchString(draft)
	return w
}

// spend is whether there is still so much work to do.
func (w *writer) spend(n int) bool {
	if w.work += n; w.work > maxWork && w.broken == nil {
		w.broken = w.root.fail(ErrLimit, "too much to try and to compare: simplify the schema")
	}
	return w.broken == nil
}

// value writes what fits all schemas that apply to a spot. It tries the first choice of the seed, then the others.
func (w *writer) value(want []*place, s spot) (any, error) {
	if s.depth > maxDepth {
		return nil, s.where.fail(ErrLimit, "the instance would be deeper than %d", maxDepth)
	}
	for _, p := range want {
		if s.depth%leanDepth == 0 && w.height(p.node, maxDepth) >= huge { // now and then, for it is not free
			return nil, p.fail(ErrRef, "its recursion never ends: let it, by null, an empty list or an optional property")
		}
	}
	var first error
	size := w.size
	for t, tries := 0, 1; t < tries && w.spend(8); t++ {
		c := &choices{left: t, ways: 1, spot: s, lean: s.depth >= leanDepth || w.size > leanSize || w.work > leanWork}
		v, err := w.try(want, s, c)
		if err == nil {
			return v, nil
		}
		first = cmp.Or(first, err)
		tries = min(max(2*c.ways, 4), maxTries)
		w.size = size
	}
	return nil, cmp.Or(w.broken, first)
}

func (w *writer) try(want []*place, s spot, c *choices) (any, error) {
	flat, err := w.flatten(want, c)
	if err != nil {
		return nil, err
	}
	if v, ok := w.known(want, flat, s); ok {
		w.size += weight(v)
		return v, w.fitting(s)
	}
	if slices.ContainsFunc(flat, func(p *place) bool { return has(p.node, "enum") || has(p.node, "const") }) {
		return nil, s.where.fail(ErrUnfit, "no listed value fits what else is asked")
	}
	kinds, err := w.kinds(flat, s, c)
	if err != nil {
		return nil, err
	}
	kind := kinds.list[c.pick(len(kinds.list), kinds.start)]
	v, err := w.write(kind, flat, s, c)
	if err != nil {
		return nil, err
	}
	for _, p := range want {
		if !w.fits(p.node, v) {
			return nil, cmp.Or(w.broken, p.fail(ErrUnfit, "tried a value of type %s", kind))
		}
	}
	return v, w.fitting(s)
}

func (w *writer) fitting(s spot) error {
	if w.size > maxInstance {
		return s.where.fail(ErrLimit, "the instance would be larger than %d bytes", maxInstance)
	}
	return w.broken
}

func (w *writer) write(kind string, flat []*place, s spot, c *choices) (v any, err error) {
	if c.left > 0 { // all ways tried: now with nothing that is not asked for, and other luck
		c.lean = true
		s.seed = agentchaos.Seed(s.seed.Nth(uint64(c.left)))
	}
	switch kind {
	case "object":
		return w.object(flat, s, c.lean)
	case "array":
		return w.array(flat, s, c.lean)
	case "string":
		v, err = w.text(flat, s, c)
	case "number", "integer":
		v, err = w.number(flat, s, kind == "integer")
	case "boolean":
		v = c.pick(2, c.start(2, false)) == 0
	}
	w.size += weight(v)
	return v, err
}

// known is a value the schema itself gives: a constant, one of an enumeration, an example, a default.
func (w *writer) known(want, flat []*place, s spot) (any, bool) {
	var offers []any
	for _, p := range flat {
		if v, ok := get[any](p.node, "const"); ok || has(p.node, "const") {
			offers = []any{v}
			break
		}
		if list, ok := get[[]any](p.node, "enum"); ok {
			offers = append(offers, list...)
		}
	}
	if len(offers) == 0 && !s.fresh {
		for _, p := range flat {
			examples, _ := get[[]any](p.node, "examples")
			offers = append(offers, examples...)
			if v, ok := get[any](p.node, "example"); ok { // OpenAPI's
				offers = append(offers, v)
			}
		}
		for _, p := range flat {
			if v, ok := get[any](p.node, "default"); ok && len(offers) == 0 && !hollow(v) {
				offers = append(offers, v)
			}
		}
	}
	start := s.draw("known", len(offers))
	for i := range offers {
		v := offers[(start+i)%len(offers)]
		if !slices.ContainsFunc(want, func(p *place) bool { return !w.fits(p.node, v) }) && w.broken == nil {
			return v, true
		}
	}
	return nil, false
}

// hollow is a default that means "not given": a model that gives the argument would not give that.
func hollow(v any) bool {
	switch v := v.(type) {
	case *object:
		return len(v.keys) == 0
	case []any:
		return len(v) == 0
	}
	return v == nil || v == ""
}

// least is the greatest of the lower limits, most the least of the upper ones.
func least(flat []*place, keyword string) (n int) {
	for _, p := range flat {
		n = max(n, count(p.node, keyword, 0))
	}
	return n
}

func most(flat []*place, keyword string) int {
	n := huge
	for _, p := range flat {
		n = min(n, count(p.node, keyword, huge))
	}
	return n
}
