package faults

import (
	"fmt"
	"strconv"
	"time"
)

// half is where an answer is cut unless At says otherwise: nil is half-way, since 0 means before the first token.
const half = 500

// perMille is a share of the output in thousandths.
func perMille(at *float64) int64 {
	if at == nil {
		return half
	}
	return int64(float64(*at*1000) + .5)
}

// cutText is perMille for people.
func cutText(at *float64) string {
	if at == nil {
		return "half of the text"
	}
	return strconv.FormatFloat(float64(perMille(at))/10, 'g', -1, 64) + "% of the text"
}

func checkAt(at *float64) error {
	if at != nil && !(*at >= 0 && *at <= 1) {
		return fmt.Errorf("at %v is not between 0 and 1", *at)
	}
	return nil
}

// hangs is for how long a silent connection stays open unless Hang says otherwise.
const hangs = 10 * time.Minute

func hang(d time.Duration) time.Duration {
	if d == 0 {
		return hangs
	}
	return d
}

func checkPositive(name string, d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("%s %v is negative", name, d)
	}
	return nil
}
