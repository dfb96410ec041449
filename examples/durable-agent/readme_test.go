package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadme runs the console block of the README: with one order in work its lines come in one order.
func TestReadme(t *testing.T) {
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```console\n(.*?)```").FindSubmatch(page)
	require.NotNil(t, block)
	dir := t.TempDir()
	commands := 0
	for _, part := range strings.Split(string(block[1]), "$ ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		flags, ok := strings.CutPrefix(command, "./durable-agent ")
		if !ok {
			continue
		}
		commands++
		lines, _ := live(t, dir, never, strings.Fields(flags)...)
		require.Equal(t, strings.TrimSpace(want), strings.Join(lines, "\n"), command)
	}
	require.Equal(t, 3, commands)
}
