// Command table makes one table of what the acceptance tests print: it reads the output of go test -json, and writes what
// was asked, what was measured, and by which test. With -page it writes a page instead, docs/performance.md, with the machine
// and the day of the measurement. Its arguments are packages that must have given a row.
//
// It exits with 1 when something failed that is no row, and then there is no page; and, after all is written, when a row is
// NOT MET.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

func main() {
	page := flag.String("page", "", "write the page `FILE`, with the machine and the day, in place of the table")
	flag.Parse()
	if err := write(os.Stdout, os.Stdin, *page, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func write(w io.Writer, r io.Reader, page string, packages []string) error {
	rows, err := read(r, packages)
	if len(rows) == 0 {
		return errors.Join(err, errors.New("no row in what was read; pipe the output of go test -json -accept into it"))
	}
	text := strings.Join(table(rows), "\n") + "\n"
	if page == "" {
		fmt.Fprint(w, text)
	} else if err == nil {
		err = writePage(page, rows, text)
	}
	return errors.Join(err, unmet(rows))
}

func writePage(name string, rows []row, table string) error {
	if slices.ContainsFunc(rows, func(r row) bool { return r.verdict == small }) {
		return fmt.Errorf("a page is made of full runs: give the tests -accept")
	}
	m, err := thisMachine()
	if err != nil {
		return err
	}
	return os.WriteFile(name, []byte(head(m, time.Now())+table), 0o666)
}

// unmet names the rows that are not met; nil: there are none.
func unmet(rows []row) error {
	var names []string
	for _, r := range rows {
		if r.verdict == missed {
			names = append(names, r.what)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("NOT MET: %s", strings.Join(names, "; "))
}
