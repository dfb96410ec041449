package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// machine is what a figure depends on, and nothing that says whose it is.
type machine struct {
	cpu, system, goVersion string
	cores                  int
}

func thisMachine() (machine, error) {
	m := machine{runtime.GOARCH, runtime.GOOS + "/" + runtime.GOARCH, runtime.Version(), runtime.NumCPU()}
	info, err := os.ReadFile("/proc/cpuinfo")
	if os.IsNotExist(err) {
		return m, nil // not Linux: the architecture has to do
	}
	if name := model(info); name != "" {
		m.cpu = name
	}
	return m, err
}

// model is the processor's name in the text of /proc/cpuinfo; "": it does not say.
func model(info []byte) string {
	for in := bufio.NewScanner(bytes.NewReader(info)); in.Scan(); {
		if key, value, ok := strings.Cut(in.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// head is the page above its table.
func head(m machine, day time.Time) string {
	return fmt.Sprintf(`# Performance

What was asked and what was measured, by `+"`make performance`"+` on %s. %s, %d cores, %s, %s.

Where a row compares, all of its sides are measured in the same run, in turn, several times, and the best turn of each counts,
so that a busy machine slows all of them alike. Speeds, times of a call and events of the clock are the best of several
measurements. The suite and memory rows are one run each; allocations are those of the last. Times are this machine's. How: `+"`go test -accept -v -run TEST`"+`, in `+"`./harness`"+` for
the engine, in `+"`./harness/serve`"+` for the server's delays, and in `+"`./bench`"+`, which is a module of its own, for what stands beside its peers: one
composition of fallback, retry, breaker and timeout, which a test there shows to make the same attempts and give the same answers in all
of them; and the command `+"`serve`"+` beside a net/http handler that returns the same bytes, each in a process of its own, with 16
connections from a third on the same processors.

`, day.Format(time.DateOnly), m.cpu, m.cores, m.goVersion, m.system)
}
