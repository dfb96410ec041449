// Package acceptance is what the acceptance tests of all packages share: the flag that runs them at the size that was asked for, and the
// line that each of them prints for the table.
package acceptance

import (
	"flag"
	"testing"
)

// Full is the flag -accept: acceptance tests run at full size, and their figures must hold. Without it they run small, and nothing that a
// slow machine could fail is asserted.
var Full = flag.Bool("accept", false, "run the acceptance tests at full size, and hold their figures")

// Size is full under -accept, else small.
func Size[T any](full, small T) T {
	if *Full {
		return full
	}
	return small
}

// Row prints a line of the table; in full size the figure must hold.
func Row(t testing.TB, what, asked, measured string, holds bool) {
	t.Helper()
	verdict := "small run"
	switch {
	case *Full && holds:
		verdict = "met"
	case *Full:
		verdict = "NOT MET"
	}
	t.Logf("| %s | %s | %s | %s |", what, asked, measured, verdict)
	if *Full && !holds {
		t.Errorf("%s: asked %s, measured %s", what, asked, measured)
	}
}

// Show prints a line of the table that nothing was asked of.
func Show(t testing.TB, what, measured string) {
	t.Helper()
	t.Logf("| %s | – | %s | shown |", what, measured)
}
