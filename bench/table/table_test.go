package main

import (
	"bytes"
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
	require.NoError(t, write(&b, strings.NewReader(output), false))
	require.Equal(t, `| figure  | asked        | measured |         | how         |
|---------|--------------|----------|---------|-------------|
| a clock | under 250 ns | 268 ns   | NOT MET | TestAcceptA |
| a peer  | half         | 0.31 ± 1 | met     | TestAcceptB |
`, b.String())
}

func TestPageSaysWhereAndWhen(t *testing.T) {
	page := head(machine{"A Processor", "linux/amd64", "go1.26", 2}, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
	require.Contains(t, page, "on 2026-11-24. A Processor, 2 cores, go1.26, linux/amd64.")
	require.Equal(t, "A Processor", model([]byte("processor\t: 0\nmodel name\t: A Processor\nmodel name\t: A Processor\n")))
	require.Empty(t, model([]byte("processor\t: 0\n")))
}

func TestNoTableOfNothing(t *testing.T) {
	failed, quick := strings.ReplaceAll(output, "NOT MET", "met"), strings.ReplaceAll(output, "| met |", "| small run |")
	for text, want := range map[string]string{"": "no row", "ok p": "not a line of go test -json", failed: "p TestAcceptA failed", quick: "full runs"} {
		require.ErrorContains(t, write(&bytes.Buffer{}, strings.NewReader(text), true), want)
	}
}
