package faults

import (
	"slices"
	"sort"
)

// moments is a list of times in order, of which the earliest are forgotten as time goes on.
type moments struct {
	at   []int64
	gone int // of at, from the left
}

func (m *moments) len() int { return len(m.at) - m.gone }

// forget lets those out that have come.
func (m *moments) forget(now int64) {
	for m.gone < len(m.at) && m.at[m.gone] <= now {
		m.gone++
	}
	if m.gone == len(m.at) {
		m.at, m.gone = m.at[:0], 0
	} else if m.gone > len(m.at)/2 { // a list that is never empty must not grow for ever
		m.at, m.gone = append(m.at[:0], m.at[m.gone:]...), 0
	}
}

// later is where those begin that come after t.
func (m *moments) later(t int64) int {
	if n := len(m.at); n == m.gone || m.at[n-1] <= t {
		return n // which is what is asked for most often
	}
	return m.gone + sort.Search(m.len(), func(i int) bool { return m.at[m.gone+i] > t })
}

// after is how many come after t.
func (m *moments) after(t int64) int { return len(m.at) - m.later(t) }

func (m *moments) add(t int64) { m.at = slices.Insert(m.at, m.later(t), t) }

func (m *moments) remove(t int64) {
	if i, ok := slices.BinarySearch(m.at[m.gone:], t); ok {
		m.at = slices.Delete(m.at, m.gone+i, m.gone+i+1)
	}
}
