package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// row is a line of the table: what a test printed, and which.
type row struct{ what, asked, measured, verdict, test string }

// The verdicts that mean something here.
const (
	small  = "small run" // not measured at full size
	missed = "NOT MET"
)

// line is what a row looks like in the output of a test, behind the file and line that printed it.
var line = regexp.MustCompile(`^\s+\w+_test\.go:\d+: \| (.+) \| (.+) \| (.+) \| (.+) \|$`)

// event is a line of go test -json.
type event struct{ Action, Package, Test, Output, FailedBuild string }

// read takes the rows out of the output of go test -json, in their order. What a test says beside them is dropped. The error
// is everything else that went wrong: a test that failed without a row of its own that is not met, a package that does not
// build or was stopped, one of packages that has given no row.
func read(r io.Reader, packages []string) (rows []row, err error) {
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<24)
	var wrong []error
	explained, given := map[string]bool{}, map[string]bool{} // by test, and by package: a failure has its reason; there is a row
	build := ""
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			return nil, fmt.Errorf("not a line of go test -json: %s", in.Text())
		}
		test := e.Package + " " + e.Test
		if m := line.FindStringSubmatch(strings.TrimRight(e.Output, "\n")); m != nil {
			rows = append(rows, row{m[1], m[2], m[3], m[4], e.Test})
			given[e.Package] = true
			explained[test] = explained[test] || m[4] == missed
		}
		switch {
		case e.Action == "build-output":
			build += e.Output
		case e.Action == "fail" && e.Test != "":
			if !explained[test] {
				wrong = append(wrong, fmt.Errorf("%s failed", test))
			}
			explained[e.Package] = true
		case e.Action == "fail" && e.FailedBuild != "":
			wrong = append(wrong, fmt.Errorf("%s does not build:\n%s", e.Package, build))
		case e.Action == "fail" && !explained[e.Package]:
			wrong = append(wrong, fmt.Errorf("%s failed, and none of its tests did: it was stopped", e.Package))
		}
	}
	for _, p := range packages {
		if !given[p] {
			wrong = append(wrong, fmt.Errorf("%s has given no row", p))
		}
	}
	return rows, errors.Join(append(wrong, in.Err())...)
}

// table is the rows as Markdown, in columns.
func table(rows []row) (lines []string) {
	cells := [][]string{{"figure", "asked", "measured", "", "how"}, nil}
	for _, r := range rows {
		cells = append(cells, []string{r.what, r.asked, r.measured, r.verdict, r.test})
	}
	width := make([]int, len(cells[0]))
	for _, c := range cells {
		for i := range c {
			width[i] = max(width[i], len([]rune(c[i])))
		}
	}
	for _, c := range cells {
		var b strings.Builder
		for i, n := range width {
			if c == nil {
				b.WriteString("|" + strings.Repeat("-", n+2))
			} else {
				b.WriteString("| " + c[i] + strings.Repeat(" ", n-len([]rune(c[i]))+1))
			}
		}
		lines = append(lines, b.String()+"|")
	}
	return lines
}
