package agentchaos

import "math"

// The functions of this file give the same bits on every processor: math.Log and math.Exp have assembly of their own on
// some, and a product that is added may be fused unless float64(…) rounds it. Frexp, Ldexp and the division are exact by
// IEEE 754.

const (
	ln2Hi = 6.93147180369123816490e-01 // its last bits are zero, so that k·ln2Hi is exact
	ln2Lo = 1.90821492927058770002e-10
)

// lnPortable is the natural logarithm of x > 0, by the series of atanh on [1/√2, √2).
func lnPortable(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	s := (m - 1) / (m + 1)
	s2 := float64(s * s)
	sum := 0.0
	for n := 23; n >= 1; n -= 2 {
		sum = float64(sum*s2) + 1/float64(n)
	}
	return float64(float64(e)*ln2Hi) + (float64(2*s*sum) + float64(float64(e)*ln2Lo))
}

// log1mPortable is ln(1-p) for 0 ≤ p ≤ 1/2, exact also where p is tiny.
func log1mPortable(p float64) float64 {
	s := -p / (2 - p)
	s2 := float64(s * s)
	sum := 0.0
	for n := 41; n >= 1; n -= 2 {
		sum = float64(sum*s2) + 1/float64(n)
	}
	return float64(2 * s * sum)
}

// expPortable is e^x; far below zero it is 0.
func expPortable(x float64) float64 {
	if x < -740 {
		return 0
	}
	k := math.Floor(float64(x/math.Ln2) + .5)
	r := float64(x-float64(k*ln2Hi)) - float64(k*ln2Lo)
	sum := 1.0
	for n := 18; n >= 1; n-- {
		sum = 1 + float64(sum*r)/float64(n)
	}
	return math.Ldexp(sum, int(k))
}

// lnGammaPortable is ln Γ(x) for x > 0, by Stirling's series above 12.
func lnGammaPortable(x float64) float64 {
	shift := 0.0
	for ; x < 12; x++ {
		shift += lnPortable(x)
	}
	const half = .918938533204672741780329736406 // ln(2π)/2
	y := 1 / float64(x*x)
	series := 0.0
	for _, c := range [...]float64{-691. / 360360, 1. / 1188, -1. / 1680, 1. / 1260, -1. / 360, 1. / 12} {
		series = float64(series*y) + c
	}
	return float64((x-.5)*lnPortable(x)) - x + half + series/x - shift
}

// gammaLaw is the gamma distribution of shape k and scale 1. Quantiles are found in ln x, where both tails are nearly
// straight: for k = 0.01 half of the mass lies below 1e-30.
type gammaLaw struct{ k, lnGamma float64 }

func newGammaLaw(k float64) gammaLaw { return gammaLaw{k, lnGammaPortable(k)} }

// fill finds x with prob(x) = tail(i) for every i, in units of the mean, from the median outwards, each from the last.
func (g gammaLaw) fill(q []float64, prob func(t float64) (lnP, slope float64)) {
	t := lnPortable(g.k)
	for i := len(q) - 1; i >= 0; i-- {
		t = solve(prob, lnPortable(tail(i)), t)
		q[i] = expPortable(t) / g.k
	}
}

// solve is Newton's method on the logarithms, with steps of at most 2.
func solve(f func(t float64) (y, slope float64), y, t float64) float64 {
	for range 60 {
		v, slope := f(t)
		step := (y - v) / slope
		if !(step > -2) {
			step = -2
		} else if step > 2 {
			step = 2
		}
		t += step
		if math.Abs(step) < 1e-13*max(1, math.Abs(t)) {
			break
		}
	}
	return t
}

// density is ln of x·f(x) at x = e^t.
func (g gammaLaw) density(t, x float64) float64 { return float64(g.k*t) - x - g.lnGamma }

// lower is ln P(k, e^t) and its slope in t.
func (g gammaLaw) lower(t float64) (lnP, slope float64) {
	x := expPortable(t)
	d := g.density(t, x)
	if x < g.k+1 {
		lnP = d + lnPortable(g.series(x))
	} else {
		lnP = log1mAny(expPortable(d + lnPortable(g.fraction(x))))
	}
	return lnP, expPortable(d - lnP)
}

// upper is ln Q(k, e^t) and its slope in t.
func (g gammaLaw) upper(t float64) (lnQ, slope float64) {
	x := expPortable(t)
	d := g.density(t, x)
	if x < g.k+1 {
		lnQ = log1mAny(expPortable(d + lnPortable(g.series(x))))
	} else {
		lnQ = d + lnPortable(g.fraction(x))
	}
	return lnQ, -expPortable(d - lnQ)
}

// log1mAny is ln(1-p) for 0 ≤ p ≤ 1.
func log1mAny(p float64) float64 {
	if p <= .5 {
		return log1mPortable(p)
	}
	return lnPortable(max(1-p, 1e-300))
}

// series is Σ xⁿ/(k(k+1)…(k+n)): P without its density.
func (g gammaLaw) series(x float64) float64 {
	term := 1 / g.k
	sum := term
	for a := g.k + 1; term > sum*1e-17; a++ {
		term = float64(term * float64(x/a))
		sum += term
	}
	return sum
}

// fraction is the continued fraction of Q without its density, by Lentz's method (Numerical Recipes, 6.2).
func (g gammaLaw) fraction(x float64) float64 {
	b := x + 1 - g.k
	c, d := 1e300, 1/b
	h := d
	for i := 1.0; i < 100_000; i++ {
		an := float64(i * (g.k - i))
		b += 2
		d = 1 / (float64(an*d) + b)
		c = b + an/c
		change := float64(c * d)
		h *= change
		if math.Abs(change-1) < 1e-15 {
			break
		}
	}
	return h
}
