package faults

import (
	"fmt"
	"time"
)

// When says which attempts a fault strikes: those that meet all that is set. The zero value is always.
type When struct {
	Probability *float64      // 0 to 1, drawn per target and attempt; nil: not asked
	From        time.Duration // since the start of the run: From ≤ now
	Until       time.Duration // now < Until; 0: for ever
	After       int           // not the first After attempts on the target
	Every       int           // each Every-th attempt on the target; 0: all
	CallFirst   int           // the first CallFirst attempts of each call on the target; 0: all
	Bursts      Bursts
	First       int // asked last: the first First attempts on the target that met all the others; 0: all
}

// Bursts are healthy and faulty periods in turn, healthy first, exponentially distributed with these means. One process per
// rule is common to all the targets it matches. Zero: not asked.
type Bursts struct{ Up, Down time.Duration }

// shortestBurst bounds the work of following the periods over hours.
const shortestBurst = time.Millisecond

// Check reports what is wrong with it.
func (w When) Check() error {
	if p := w.Probability; p != nil && !(*p >= 0 && *p <= 1) {
		return fmt.Errorf("probability %v is not between 0 and 1", *p)
	}
	if w.From < 0 || w.Until < 0 || w.After < 0 || w.Every < 0 || w.CallFirst < 0 || w.First < 0 {
		return fmt.Errorf("nothing in when is negative")
	}
	if w.Until != 0 && w.Until <= w.From {
		return fmt.Errorf("until %v is not after from %v", w.Until, w.From)
	}
	if b := w.Bursts; b != (Bursts{}) && min(b.Up, b.Down) < shortestBurst {
		return fmt.Errorf("bursts need up and down, of at least %v each", shortestBurst)
	}
	return nil
}
