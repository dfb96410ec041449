package resilience

import (
	"encoding/binary"
	"math/bits"
)

// maxSteps is what an ID has room for.
const maxSteps = 1<<16 - 1

// Steps is a set of step numbers, from 1. Nil is empty.
type Steps []uint64

// Has reports whether step n is in the set.
func (s Steps) Has(n uint16) bool {
	i := int(n-1) / 64
	return i < len(s) && s[i]>>((n-1)%64)&1 == 1
}

// Add puts step n into the set.
func (s *Steps) Add(n uint16) {
	i := int(n-1) / 64
	for len(*s) <= i {
		*s = append(*s, 0)
	}
	(*s)[i] |= 1 << ((n - 1) % 64)
}

// Remove takes step n out of the set.
func (s Steps) Remove(n uint16) {
	if s.Has(n) {
		s[(n-1)/64] &^= 1 << ((n - 1) % 64)
	}
}

// Len is how many steps are in the set.
func (s Steps) Len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// first is the first step that is not in the set.
func (s Steps) first() uint16 {
	for i, w := range s {
		if w != ^uint64(0) {
			return uint16(64*i + bits.TrailingZeros64(^w) + 1)
		}
	}
	return uint16(64*len(s) + 1)
}

// seal appends the set to b.
func (s Steps) seal(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	for _, w := range s {
		b = binary.AppendUvarint(b, w)
	}
	return b
}

// drop takes the steps of another set out of this one.
func (s Steps) drop(o Steps) {
	for i := range min(len(s), len(o)) {
		s[i] &^= o[i]
	}
}

// join puts the steps of another set into this one.
func (s *Steps) join(o Steps) {
	for i, w := range o {
		if i == len(*s) {
			*s = append(*s, 0)
		}
		(*s)[i] |= w
	}
}
