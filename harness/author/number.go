package author

import (
	"encoding/json"
	"math/big"
)

// A limit is one end of a range, open or not.
type limit struct {
	at   *big.Rat // nil: none
	open bool
}

// limits are what a schema says of one end. Draft 4 has a boolean where the later ones have a number.
func (w *writer) limits(node any, keyword, exclusive string) (all []limit) {
	v, _ := get[any](node, keyword)
	x, _ := get[any](node, exclusive)
	if r := w.rat(v); r != nil {
		all = append(all, limit{r, x == true})
	}
	if r := w.rat(x); r != nil {
		all = append(all, limit{r, true})
	}
	return all
}

// tightest is the limit that leaves least; sign is 1 for lower ends and -1 for upper ones.
func (w *writer) tightest(flat []*place, keyword, exclusive string, sign int) (end limit) {
	for _, p := range flat {
		for _, l := range w.limits(p.node, keyword, exclusive) {
			if end.at == nil || l.at.Cmp(end.at) == sign || l.at.Cmp(end.at) == 0 && l.open {
				end = l
			}
		}
	}
	return end
}

// number writes one of 1 to 100 where it may, else one near an end of the range; without fraction, or with a short one.
func (w *writer) number(flat []*place, s spot, whole bool) (any, error) {
	low, high := w.tightest(flat, "minimum", "exclusiveMinimum", 1), w.tightest(flat, "maximum", "exclusiveMaximum", -1)
	step, err := w.step(flat, whole)
	if err != nil {
		return nil, err
	}
	if step != nil {
		w.spend(8 * heavy(step))
		return pick(low, high, step, s)
	}
	unit, ten := big.NewRat(1, 10), big.NewRat(10, 1)
	if low.at != nil && high.at != nil {
		width := new(big.Rat).Sub(high.at, low.at)
		switch width.Sign() {
		case -1:
			return nil, s.where.fail(ErrUnfit, "no number is between its limits")
		case 0: // this one, or, if it is excluded, none; the check will tell
			return render(low.at), nil
		}
		for unit.Cmp(width) > 0 && w.spend(1) {
			unit.Quo(unit, ten)
		}
	}
	if s.draw("whole", 2) == 0 { // many a number is a count
		if v, err := pick(low, high, big.NewRat(1, 1), s); err == nil {
			return v, nil
		}
	}
	w.spend(16 * heavy(unit))
	if v, err := pick(low, high, unit, s); err == nil {
		return v, nil
	}
	return pick(low, high, unit.Quo(unit, ten), s) // ten steps are between any two limits
}

// step is the smallest number that is a multiple of all it has to be; nil: any will do.
func (w *writer) step(flat []*place, whole bool) (*big.Rat, error) {
	var all *big.Rat
	if whole {
		all = big.NewRat(1, 1)
	}
	for _, p := range flat {
		v, _ := get[any](p.node, "multipleOf")
		r := w.rat(v)
		if r == nil || r.Sign() <= 0 {
			continue
		}
		if all == nil {
			all = r
			continue
		}
		w.spend(8 * (heavy(all) + heavy(r)))
		a, b := new(big.Int).Mul(all.Num(), r.Denom()), new(big.Int).Mul(r.Num(), all.Denom())
		common := new(big.Int).GCD(nil, nil, a, b)
		a.Mul(a.Quo(a, common), b)
		if all = new(big.Rat).SetFrac(a, new(big.Int).Mul(all.Denom(), r.Denom())); all.Num().BitLen() > 16*maxNumber {
			return nil, p.fail(ErrLimit, "the common multiple is too long")
		}
	}
	return all, nil
}

// pick is a multiple of the step within the limits.
func pick(low, high limit, step *big.Rat, s spot) (any, error) {
	one, hundred := big.NewRat(1, 1), big.NewRat(100, 1)
	reach := new(big.Rat).Mul(step, hundred)
	usual, last := limit{at: one}, limit{at: hundred}
	if low.at != nil && low.at.Cmp(one) >= 0 {
		usual = low
	}
	if high.at != nil && high.at.Cmp(hundred) <= 0 {
		last = high
	}
	windows := [][2]limit{{usual, last}}
	if high.at != nil && high.at.Cmp(one) <= 0 { // a share, or less than nothing
		windows = nil
	}
	switch {
	case low.at != nil:
		end := limit{at: reach.Add(low.at, reach)}
		if high.at != nil && high.at.Cmp(end.at) < 0 {
			end = high
		}
		windows = append(windows, [2]limit{low, end})
	case high.at != nil:
		windows = append(windows, [2]limit{{at: reach.Sub(high.at, reach)}, high})
	default:
		windows = append(windows, [2]limit{{at: step}, {at: reach}})
	}
	for _, window := range windows {
		first, n := multiples(window[0], window[1], step)
		if n < 1 {
			continue
		}
		first.Add(first, big.NewInt(int64(s.draw("number", n))))
		return render(new(big.Rat).Mul(step, new(big.Rat).SetInt(first))), nil
	}
	return nil, s.where.fail(ErrUnfit, "no multiple of %s is between its limits", render(step))
}

// multiples of a step within two limits: the first, in steps, and how many of them, at most a million.
func multiples(low, high limit, step *big.Rat) (*big.Int, int) {
	edge := func(l limit, up bool) *big.Int {
		q := new(big.Rat).Quo(l.at, step)
		n, rest := new(big.Int).DivMod(q.Num(), q.Denom(), new(big.Int)) // rounds down
		switch {
		case up && (rest.Sign() > 0 || l.open):
			n.Add(n, big.NewInt(1))
		case !up && rest.Sign() == 0 && l.open:
			n.Sub(n, big.NewInt(1))
		}
		return n
	}
	first := edge(low, true)
	n := new(big.Int).Sub(edge(high, false), first)
	if n.Sign() < 0 {
		return first, 0
	}
	if !n.IsInt64() || n.Int64() >= 1_000_000 {
		return first, 1_000_000
	}
	return first, int(n.Int64()) + 1
}

// render writes all digits and no exponent: 12, 0.25.
func render(r *big.Rat) json.Number {
	digits, _ := r.FloatPrec()
	return json.Number(r.FloatString(digits))
}
