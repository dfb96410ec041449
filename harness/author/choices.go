package author

import (
	"slices"
	"strconv"
)

// Choices are those of one try. They count like an odometer, so that as many tries as there are ways go every way.
type choices struct {
	spot spot
	left int // what is left of the try's number
	ways int // how many ways there are in all
	made int // choices, so far
	lean bool
}

func (c *choices) pick(n, start int) int {
	if n < 2 {
		return 0
	}
	i := (start + c.left%n) % n
	c.left /= n
	c.ways = min(c.ways*n, maxTries)
	c.made++
	return i
}

// start is the seed's first choice of n, of which the last may be null, which is taken seldom.
func (c *choices) start(n int, null bool) int {
	if c.lean || n < 2 {
		return 0
	}
	if !null {
		return c.spot.draw("choice "+strconv.Itoa(c.made), n)
	}
	d := c.spot.draw("choice "+strconv.Itoa(c.made), 4*(n-1)+1)
	if d == 4*(n-1) {
		return n - 1
	}
	return d % (n - 1)
}

// flatten are all the schemas an instance has to fit once the choices among alternatives are made: what it takes is
// spread over them, and each keyword is read over all.
func (w *writer) flatten(want []*place, c *choices) (flat []*place, err error) {
	for _, p := range want {
		if flat, err = w.spread(p, c, flat); err != nil {
			return nil, err
		}
	}
	return flat, nil
}

func (w *writer) spread(p *place, c *choices, flat []*place) ([]*place, error) {
	if b, ok := p.node.(bool); ok {
		if !b {
			return nil, p.fail(ErrUnfit, "false allows nothing")
		}
		return flat, nil
	}
	if _, ok := p.node.(*object); !ok {
		return nil, p.fail(ErrSchema, "neither an object nor true or false")
	}
	if w.nest++; w.nest > maxNest {
		return nil, p.fail(ErrRef, "it leads back to itself")
	}
	defer func() { w.nest-- }()
	if !w.spend(1+len(flat)/16) || slices.ContainsFunc(flat, func(q *place) bool { return q.node == p.node }) {
		return flat, w.broken
	}
	next, err := w.referred(p)
	if err != nil {
		return nil, err
	}
	if !w.legacy || len(next) == 0 {
		flat = append(flat, p)
		next = append(next, p.each("allOf")...)
		next = append(next, w.branch(p.each("anyOf"), c)...)
		next = append(next, w.branch(p.each("oneOf"), c)...)
		next = append(next, condition(p, c)...)
	}
	for _, q := range next {
		if flat, err = w.spread(q, c, flat); err != nil {
			return nil, err
		}
	}
	return flat, nil
}

// referred are the schemas that a schema refers to.
func (w *writer) referred(p *place) (all []*place, err error) {
	for _, keyword := range refs {
		if ref, ok := get[string](p.node, keyword); ok {
			q := w.target(ref)
			if q == nil {
				return nil, p.at(keyword, nil).fail(ErrRef, "%q is not in this document", ref)
			}
			all = append(all, q)
		}
	}
	return all, nil
}

// branch is one of the alternatives: by the seed, or the one that ends soonest.
func (w *writer) branch(all []*place, c *choices) []*place {
	if len(all) == 0 {
		return nil
	}
	if c.lean {
		slices.SortStableFunc(all, func(a, b *place) int { return w.height(a.node, maxDepth) - w.height(b.node, maxDepth) })
	} else {
		slices.SortStableFunc(all, func(a, b *place) int { return nulls(a) - nulls(b) })
	}
	return []*place{all[c.pick(len(all), c.start(len(all), nulls(all[len(all)-1]) > 0))]}
}

func nulls(p *place) int {
	if t, _ := get[string](p.node, "type"); t == "null" {
		return 1
	}
	return 0
}

// condition goes one way of if, then and else. That the else way does not meet the if is left to the check.
func condition(p *place, c *choices) []*place {
	when := p.in("if")
	if when == nil {
		return nil
	}
	if c.pick(2, c.start(2, false)) == 0 {
		if then := p.in("then"); then != nil {
			return []*place{when, then}
		}
		return []*place{when}
	}
	if otherwise := p.in("else"); otherwise != nil {
		return []*place{otherwise}
	}
	return nil
}
