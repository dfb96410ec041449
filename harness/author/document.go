package author

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// An object keeps its document's order, which a map forgets. Beside it a document is made of []any, string, json.Number,
// bool and nil.
type object struct {
	keys []string
	vals map[string]any
}

func (o *object) set(key string, v any) {
	if o.vals == nil {
		o.vals = map[string]any{}
	}
	if _, ok := o.vals[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.vals[key] = v
}

func (o *object) has(key string) bool {
	_, ok := o.vals[key]
	return ok
}

// MarshalJSON writes the keys in their order.
func (o *object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, part := range []any{k, o.vals[k]} {
			text, err := encode(part)
			if err != nil {
				return nil, err
			}
			if j > 0 {
				b.WriteByte(':')
			}
			b.Write(text)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func parse(text []byte) (any, error) {
	if len(text) > maxSchema {
		return nil, (&place{}).fail(ErrLimit, "it has %d bytes, of %d", len(text), maxSchema)
	}
	if !json.Valid(text) {
		return nil, (&place{}).fail(ErrSchema, "not JSON")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return read(d, &place{}, 4*maxDepth)
}

// read takes the next value of a text that is known to be JSON.
func read(d *json.Decoder, p *place, depth int) (any, error) {
	if depth == 0 {
		return nil, p.fail(ErrLimit, "nested too deeply")
	}
	t, err := d.Token()
	if err != nil {
		return nil, p.fail(ErrSchema, "%v", err)
	}
	switch t {
	case json.Delim('{'):
		o := &object{}
		for d.More() {
			key, _ := d.Token()
			name, _ := key.(string)
			v, err := read(d, p.at(name, nil), depth-1)
			if err != nil {
				return nil, err
			}
			o.set(name, v)
		}
		_, err = d.Token()
		return o, err
	case json.Delim('['):
		a := []any{}
		for d.More() {
			v, err := read(d, p.at(strconv.Itoa(len(a)), nil), depth-1)
			if err != nil {
				return nil, err
			}
			a = append(a, v)
		}
		_, err = d.Token()
		return a, err
	}
	if n, ok := t.(json.Number); ok && !bounded(n) {
		return nil, p.fail(ErrLimit, "a number beyond 10^±%d, or as long", maxNumber)
	}
	return t, nil
}

// bounded keeps numbers to what exact arithmetic can take: 1e999999999 is ten bytes here and a gigabyte there.
func bounded(n json.Number) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToLower(string(n)), "e")
	e := 0
	if ok {
		var err error
		if e, err = strconv.Atoi(exponent); err != nil {
			return false
		}
	}
	return len(mantissa) <= maxNumber && -maxNumber <= e && e <= maxNumber
}

// rat is a number, exactly; nil: it is none.
func rat(v any) *big.Rat {
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	r, _ := new(big.Rat).SetString(string(n))
	return r
}

// rat is the same, parsed once; long numbers are dear, and paid for each time something is done with them.
func (w *writer) rat(v any) *big.Rat {
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	r, ok := w.rats[n]
	if !ok {
		r = rat(n)
		w.rats[n] = r
	}
	w.spend(heavy(r))
	return r
}

// heavy is how much work it is to compute with a number: nothing, if it is as long as most are.
func heavy(r *big.Rat) int { return (r.Num().BitLen() + r.Denom().BitLen()) / 48 }

// weight is about how many bytes a value takes.
func weight(v any) int {
	n := 4
	switch v := v.(type) {
	case *object:
		for _, k := range v.keys {
			n += len(k) + weight(v.vals[k])
		}
	case []any:
		for _, e := range v {
			n += weight(e)
		}
	case string:
		n += len(v)
	case json.Number:
		n += len(v)
	}
	return n
}
