package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrDeadlock is wrapped by what Run returns when nothing is scheduled and coroutines are parked.
var ErrDeadlock = errors.New("sim: deadlock")

// maxNamed keeps the message readable when a thousand tasks wait for the same thing.
const maxNamed = 5

// deadlock is nil if nobody waits; else it names who, in the order of their numbers. A context with a deadline would have
// an event, so all of them wait for a cancel.
func (w *World) deadlock() error {
	var parked []*coroutine
	for _, co := range w.coroutines {
		if co.parked && co.group != nil && !co.group.dead {
			parked = append(parked, co)
		}
	}
	if len(parked) == 0 {
		return nil
	}
	slices.SortFunc(parked, func(a, b *coroutine) int { return int(a.id) - int(b.id) })
	var names strings.Builder
	for _, co := range parked[:min(len(parked), maxNamed)] {
		fmt.Fprintf(&names, "\n  task %d, coroutine %d, since %v, on a context without a deadline that nobody cancels",
			co.id>>taskShift, co.id>>aidShift%maxCoroutines, time.Duration(co.since))
	}
	if more := len(parked) - maxNamed; more > 0 {
		fmt.Fprintf(&names, "\n  and %d more", more)
	}
	return fmt.Errorf("%w at %v: nothing is scheduled and %d parked forever:%s", ErrDeadlock, w.Now(), len(parked), names.String())
}
