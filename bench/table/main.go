// Command table makes one table of what the acceptance tests print: it reads the output of go test -json, and writes what
// was asked, what was measured, and by which test. With -page it writes the page docs/performance.md instead, with the
// machine and the day of the measurement.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

func main() {
	page := flag.Bool("page", false, "write the page, with the machine and the day")
	flag.Parse()
	if err := write(os.Stdout, os.Stdin, *page); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func write(w io.Writer, r io.Reader, page bool) error {
	rows, err := read(r)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("no row in what was read; pipe the output of go test -json -accept into it")
	}
	if page {
		if slices.ContainsFunc(rows, func(r row) bool { return r.verdict == small }) {
			return fmt.Errorf("a page is made of full runs: give the tests -accept")
		}
		m, err := thisMachine()
		if err != nil {
			return err
		}
		fmt.Fprint(w, head(m, time.Now()))
	}
	for _, line := range table(rows) {
		fmt.Fprintln(w, line)
	}
	return nil
}
