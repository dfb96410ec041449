package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress is a bar with the time left, on a terminal only.
type progress struct{ bar *progressbar.ProgressBar }

// newProgress shows a bar over n cells on w; off makes one that shows nothing.
func newProgress(w io.Writer, n int, off bool) *progress {
	if off {
		return &progress{}
	}
	return &progress{progressbar.NewOptions(n,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription("cells"),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetElapsedTime(true),
	)}
}

func (p *progress) done(n int) {
	if p.bar != nil {
		_ = p.bar.Set(n)
	}
}

// end takes the bar off the screen.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

// stopwatch measures what people wait for; its readings go to standard error only.
func stopwatch() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}
