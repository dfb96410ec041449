package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const output = `{"Action":"run","Package":"p","Test":"TestAcceptA"}
{"Action":"output","Package":"p","Test":"TestAcceptA","Output":"=== RUN   TestAcceptA\n"}
{"Action":"output","Package":"p","Test":"TestAcceptA","Output":"    accept_test.go:31: | a clock | under 250 ns | 268 ns | NOT MET |\n"}
{"Action":"output","Package":"p","Test":"TestAcceptA","Output":"    accept_test.go:33: a clock: asked under 250 ns, measured 268 ns\n"}
{"Action":"fail","Package":"p","Test":"TestAcceptA"}
{"Action":"output","Package":"q","Test":"TestAcceptB","Output":"    accept_test.go:31: | a peer | half | 0.31 ± 1 | met |\n"}
{"Action":"fail","Package":"p"}
`

func TestTable(t *testing.T) {
	var b bytes.Buffer
	require.EqualError(t, write(&b, strings.NewReader(output), "", []string{"p", "q"}), "NOT MET: a clock", "after the table")
	require.Equal(t, `| figure  | asked        | measured |         | how         |
|---------|--------------|----------|---------|-------------|
| a clock | under 250 ns | 268 ns   | NOT MET | TestAcceptA |
| a peer  | half         | 0.31 ± 1 | met     | TestAcceptB |
`, b.String())
}

func TestPageIsWrittenWhateverIsMet(t *testing.T) {
	name := filepath.Join(t.TempDir(), "page.md")
	require.EqualError(t, write(io.Discard, strings.NewReader(output), name, nil), "NOT MET: a clock")
	page, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Contains(t, string(page), "# Performance")
	require.Contains(t, string(page), "| NOT MET |")
	require.NoError(t, write(io.Discard, strings.NewReader(strings.Split(output, "\n")[5]), name, nil))
}

func TestPageSaysWhereAndWhen(t *testing.T) {
	page := head(machine{"A Processor", "linux/amd64", "go1.26", 2}, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
	require.Contains(t, page, "on 2026-11-24. A Processor, 2 cores, go1.26, linux/amd64.")
	require.Equal(t, "A Processor", model([]byte("processor\t: 0\nmodel name\t: A Processor\nmodel name\t: A Processor\n")))
	require.Empty(t, model([]byte("processor\t: 0\n")))
}

// Whatever failed and is no row is said, beside the table, and leaves the page as it was.
func TestFailuresAreSaid(t *testing.T) {
	failed, quick := strings.ReplaceAll(output, "NOT MET", "met"), strings.ReplaceAll(output, "| met |", "| small run |")
	unbuilt := output + `{"ImportPath":"r","Action":"build-output","Output":"r.go:3:1: syntax error\n"}
{"ImportPath":"r","Action":"build-fail"}
{"Action":"fail","Package":"r","FailedBuild":"r"}
`
	for _, c := range []struct {
		text, want string
		packages   []string
	}{
		{"", "no row", nil},
		{"ok p", "not a line of go test -json", nil},
		{failed, "p TestAcceptA failed", nil},
		{quick, "full runs", nil},
		{unbuilt, "r does not build:\nr.go:3:1: syntax error", nil},
		{output + `{"Action":"fail","Package":"q"}`, "q failed, and none of its tests did", nil},
		{output, "bench has given no row", []string{"p", "bench"}},
	} {
		name := filepath.Join(t.TempDir(), "page.md")
		require.ErrorContains(t, write(io.Discard, strings.NewReader(c.text), name, c.packages), c.want)
		require.NoFileExists(t, name, c.want)
	}
}
