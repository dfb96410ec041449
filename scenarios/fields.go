package scenarios

import (
	"math"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Constructors of fields: one for each type of value, so that a table reads like the documentation it is.

func durationField[T any](key, doc, def string, to func(*T) *time.Duration) field[T] {
	return field[T]{key: key, doc: doc, def: def, shape: ref("duration"), read: func(d *decoder, v at, t *T) {
		if x, ok := d.duration(v); ok {
			*to(t) = x
		}
	}}
}

// positiveDurationField is a duration of which 0 would silently mean its default: off, or another length. off is what to
// do instead; "": leaving it out, for def.
func positiveDurationField[T any](key, doc, def, off string, to func(*T) *time.Duration) field[T] {
	if off == "" {
		off = "leave it out for " + def
	}
	return field[T]{key: key, doc: doc, def: def, shape: ref("positive_duration"), read: func(d *decoder, v at, t *T) {
		x, ok := d.duration(v)
		switch {
		case !ok:
		case x == 0:
			d.fail(v.node, v.path, quote(v.text)+" is not above 0", off)
		default:
			*to(t) = x
		}
	}}
}

func quantilesField[T any](key, doc, def string, to func(*T) *agentchaos.Quantiles) field[T] {
	return field[T]{key: key, doc: doc, def: def, shape: ref("quantiles"), read: func(d *decoder, v at, t *T) {
		if x, ok := d.quantiles(v); ok {
			*to(t) = x
		}
	}}
}

// rateField is a rate, as the mean gap between two; zero: 0/s is one too, and a gap of 0.
func rateField[T any](key, doc string, zero bool, to func(*T) *time.Duration) field[T] {
	return field[T]{key: key, doc: doc, shape: ref("rate"), read: func(d *decoder, v at, t *T) {
		if x, ok := d.rate(v, zero); ok {
			*to(t) = x
		}
	}}
}

func shareField[T any](key, doc, def string, to func(*T) *float64) field[T] {
	return field[T]{key: key, doc: doc, def: def, shape: ref("share"), read: func(d *decoder, v at, t *T) {
		if x, ok := d.share(v); ok {
			*to(t) = x
		}
	}}
}

func numberField[T any](key, doc, def string, low, high float64, to func(*T) *float64) field[T] {
	return field[T]{key: key, doc: doc, def: def, shape: shape{"type": "number", "minimum": low, "maximum": high}, read: func(d *decoder, v at, t *T) {
		if x, ok := d.number(v, low, high); ok {
			*to(t) = x
		}
	}}
}

// integer is what a whole number is decoded into.
type integer interface{ ~int | ~int64 | ~uint64 }

func wholeField[T any, N integer](key, doc, def string, low, high int64, to func(*T) *N) field[T] {
	return field[T]{key: key, doc: doc, def: def, shape: whole(low, high), read: func(d *decoder, v at, t *T) {
		if x, ok := d.whole(v, low, high); ok {
			*to(t) = N(x)
		}
	}}
}

func whole(low, high int64) shape {
	s := shape{"type": "integer", "minimum": low}
	if high < math.MaxInt64 {
		s["maximum"] = high
	}
	return s
}

func yesField[T any](key, doc, def string, to func(*T) *bool) field[T] {
	return field[T]{key: key, doc: doc, def: def, shape: shape{"type": "boolean"}, read: func(d *decoder, v at, t *T) {
		if x, ok := d.yes(v); ok {
			*to(t) = x
		}
	}}
}

func textField[T any](key, doc, def string, to func(*T) *string) field[T] {
	return field[T]{key: key, doc: doc, def: def, shape: shape{"type": "string"}, read: func(d *decoder, v at, t *T) {
		if d.want(v, scalarNode, "a text") {
			*to(t) = v.text
		}
	}}
}

// wordField is a word of a fixed list; set is called with its place in it.
func wordField[T any](key, doc, def string, words []string, set func(t *T, i int)) field[T] {
	return field[T]{key: key, doc: doc, def: def, shape: shape{"enum": words}, read: func(d *decoder, v at, t *T) {
		if i, ok := d.oneOf(v, "values of "+key, words...); ok {
			set(t, i)
		}
	}}
}

func sectionField[T, U any](key, def string, s *section[U], to func(*T) *U) field[T] {
	return field[T]{key: key, doc: s.doc, def: def, shape: s.shape(), read: func(d *decoder, v at, t *T) { s.read(d, v, to(t)) }}
}

func laterField[T any](key, doc, later string) field[T] {
	return field[T]{key: key, doc: doc, later: later}
}

func needed[T any](f field[T]) field[T] {
	f.need = true
	return f
}
