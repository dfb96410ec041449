package scenarios_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos/scenarios"
)

// endlessReader gives YAML for ever and counts how much of it was wanted.
type endlessReader struct{ given int }

func (r *endlessReader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "# \n"[(r.given+i)%3]
	}
	r.given += len(p)
	return len(p), nil
}

func TestTooLarge(t *testing.T) {
	r := &endlessReader{}
	_, err := scenarios.Read("f", r, scenarios.Options{})
	require.EqualError(t, err, "f:1:1: the file is larger than 1 MiB")
	require.Less(t, r.given, 4<<20, "it is not read to the end")
	_, err = scenarios.Read("f", io.MultiReader(strings.NewReader("version: 1\n"), failing{}), scenarios.Options{})
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// What would take the parser too long, or its stack too deep, is refused before it is parsed.
func TestBounds(t *testing.T) {
	var keys, chain strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&keys, "x-%d:\n", i)
	}
	chain.WriteString("policies:\n  p0: {models: [openai/gpt-4o]}\n")
	for i := 1; i < 100; i++ {
		fmt.Fprintf(&chain, "  p%d: {extends: p%d}\n", i, i-1)
	}
	for want, body := range map[string]string{
		"levels of nesting":              "x-a: " + strings.Repeat("[", 100_000),
		"more than 60 levels":            "x-a: " + strings.Repeat("{a: ", 61) + strings.Repeat("}", 61),
		"60 levels of nesting":           "x-a:\n  " + strings.Repeat("- ", 10_000) + "x",
		"has more than 40000 words":      keys.String(),
		"60 entries extend one another":  "policies:\n  a0: {extends: a0x}\n" + reversed(&chain),
		"stand for more than 100000 val": "x-a: &a [" + strings.Repeat("1, ", 5000) + "]\nx-b: [" + strings.Repeat("*a, ", 30) + "]",
	} {
		ps := problems(t, "version: 1\n"+body, scenarios.Options{})
		require.Contains(t, ps.Error(), want)
	}
}

// reversed is a chain of entries with the last first, so that it is followed to its end at once.
func reversed(b *strings.Builder) string {
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")[1:]
	var out []string
	for i := len(lines) - 1; i >= 0; i-- {
		out = append(out, "  "+strings.TrimSpace(lines[i]))
	}
	return strings.Join(out, "\n") + "\n"
}

// Thousands of entries that extend a large one are a bomb too.
func TestExtendsBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\npolicies:\n  base: {models: [openai/gpt-4o]")
	for i := range 3000 {
		fmt.Fprintf(&b, ", x-%d: 1", i)
	}
	b.WriteString("}\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "  p%d: {extends: base}\n", i)
	}
	require.Contains(t, problems(t, b.String(), scenarios.Options{}).Error(), "extend others stand for more than 100000 values")
}

func TestManyProblems(t *testing.T) {
	ps := make(scenarios.Problems, 203)
	for i := range ps {
		ps[i] = scenarios.Problem{File: "f", Line: i + 1, Column: 1, Message: "m"}
	}
	require.Equal(t, 201, len(strings.Split(ps.Error(), "\n")))
	require.True(t, strings.HasSuffix(ps.Error(), "f:200:1: m\nand 3 more"))
}
