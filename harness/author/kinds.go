package author

import (
	"slices"
)

// order is from the cheapest type to the dearest.
var order = []string{"null", "boolean", "integer", "number", "string", "array", "object"}

// tells are keywords that only one type obeys, for schemas that leave the type out.
var tells = []struct{ keyword, kind string }{
	{"properties", "object"}, {"required", "object"}, {"additionalProperties", "object"}, {"patternProperties", "object"},
	{"minProperties", "object"}, {"propertyNames", "object"}, {"items", "array"}, {"prefixItems", "array"}, {"minItems", "array"},
	{"contains", "array"}, {"uniqueItems", "array"}, {"pattern", "string"}, {"minLength", "string"}, {"maxLength", "string"},
	{"format", "string"}, {"minimum", "number"}, {"maximum", "number"}, {"exclusiveMinimum", "number"},
	{"exclusiveMaximum", "number"}, {"multipleOf", "number"},
}

// kinds is which types there are to choose from, and with which to start.
type kinds struct {
	list  []string
	start int
}

func (w *writer) kinds(flat []*place, s spot, c *choices) (kinds, error) {
	var list []string
	typed := false
	for _, p := range flat {
		own, err := types(p)
		if err != nil {
			return kinds{}, err
		}
		if own == nil {
			continue
		}
		if c.lean && nullable(p.node) { // OpenAPI's null, to end a recursion; not for others, who do not know it
			own = append(own, "null")
		}
		if list = meet(list, own, typed); len(list) == 0 {
			return kinds{}, p.in("type").fail(ErrUnfit, "no type is left")
		}
		typed = true
	}
	if !typed {
		return kinds{list: guess(flat, s)}, nil
	}
	slices.SortFunc(list, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	null := list[0] == "null"
	if null && !c.lean { // an argument that may be null mostly is not
		list = append(list[1:], "null")
	}
	return kinds{list, c.start(len(list), null)}, nil
}

// types is what a schema says of the type; nil: nothing.
func types(p *place) ([]string, error) {
	t := p.in("type")
	if t == nil {
		return nil, nil
	}
	named, ok := t.node.([]any)
	if !ok {
		named = []any{t.node}
	}
	list := []string{}
	for _, n := range named {
		name, _ := n.(string)
		if !slices.Contains(order, name) {
			return nil, t.fail(ErrSchema, "no type is called %v: use %v", n, order)
		}
		list = append(list, name)
	}
	return list, nil
}

func nullable(node any) bool {
	null, _ := get[bool](node, "nullable")
	return null
}

// meet is what two lists of types have in common. An integer is a number.
func meet(a, b []string, both bool) (all []string) {
	for _, kind := range order {
		in := func(list []string) bool {
			return slices.Contains(list, kind) || kind == "integer" && slices.Contains(list, "number")
		}
		exact := slices.Contains(b, kind) || both && slices.Contains(a, kind)
		if in(b) && (!both || in(a)) && exact {
			all = append(all, kind)
		}
	}
	return all
}

// guess is the types that keywords hint at. Without a hint it is any: at the root first an object, which is what tools and
// answers are, and else a string.
func guess(flat []*place, s spot) (list []string) {
	for _, tell := range tells {
		if !slices.Contains(list, tell.kind) && slices.ContainsFunc(flat, func(p *place) bool { return has(p.node, tell.keyword) }) {
			list = append(list, tell.kind)
		}
	}
	switch {
	case len(list) > 0:
		return list
	case s.depth == 0:
		return []string{"object", "string", "integer", "array", "boolean", "null"}
	}
	return []string{"string", "integer", "object", "array", "boolean", "null"}
}
