package scenarios

import (
	"slices"
	"sort"
	"strings"
)

// Near is the one of names that was probably meant; "" if none is close.
func Near(word string, names []string) string {
	word = strings.ReplaceAll(strings.ToLower(word), "-", "_")
	best, at := "", len(word)/3+2
	for _, n := range names {
		if d := distance(word, strings.ReplaceAll(strings.ToLower(n), "-", "_"), at); d < at {
			best, at = n, d
		}
	}
	return best
}

// distance counts the insertions, deletions, changes and swaps of neighbours that make b of a (optimal string alignment).
// It gives up at limit: names come from a file and may be long.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	two, one, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one, row = one, row, two
	}
	return one[len(b)]
}

// hintAll is the name that was meant and, either way, all there are.
func hintAll(word, plural string, names []string) string {
	hint := hintFor(word, plural, names)
	if Near(word, names) != "" {
		hint += " the " + plural + " are " + strings.Join(slices.Sorted(slices.Values(names)), ", ")
	}
	return hint
}

// hintFor is what to say to a word that is none of names: the one that was meant, or all there are.
func hintFor(word, plural string, names []string) string {
	if n := Near(word, names); n != "" {
		return `did you mean "` + n + `"?`
	}
	if len(names) == 0 {
		return "there are no " + plural
	}
	names = append([]string(nil), names...)
	sort.Strings(names)
	return "the " + plural + " are " + strings.Join(names, ", ")
}
