package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// row is a line of the table: what a test printed, and which.
type row struct{ what, asked, measured, verdict, test string }

// small is the verdict of a row that was not measured at full size.
const small = "small run"

// line is what a row looks like in the output of a test, behind the file and line that printed it.
var line = regexp.MustCompile(`^\s+\w+_test\.go:\d+: \| (.+) \| (.+) \| (.+) \| (.+) \|$`)

// read takes the rows out of the output of go test -json, in their order. What a test says beside them is dropped, except
// that one which failed without a row of its own not being met is an error.
func read(r io.Reader) (rows []row, err error) {
	in := bufio.NewScanner(r)
	unmet := map[string]bool{}
	for in.Scan() {
		var e struct{ Action, Package, Test, Output string }
		if json.Unmarshal(in.Bytes(), &e) != nil {
			return nil, fmt.Errorf("not a line of go test -json: %s", in.Text())
		}
		test := e.Package + " " + e.Test
		if m := line.FindStringSubmatch(strings.TrimRight(e.Output, "\n")); m != nil {
			rows = append(rows, row{m[1], m[2], m[3], m[4], e.Test})
			unmet[test] = unmet[test] || m[4] == "NOT MET"
		}
		if e.Action == "fail" && e.Test != "" && !unmet[test] {
			return nil, fmt.Errorf("%s failed", test)
		}
	}
	return rows, in.Err()
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
